"""Everything Dagster shows and runs: what the folder defs/ holds, in this process."""

from pathlib import Path

import dagster as dg

from orchestration.defs.resources import Inputs
from orchestration.steps.run_inputs import Landed
from orchestration.storage.engine import refuse_engine_at_fault


def assemble(inputs: Inputs | Landed) -> dg.Definitions:
    """All definitions over these inputs; steps run one after another in process."""
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(resources={"inputs": inputs}, executor=dg.in_process_executor),
    )


@dg.definitions
def definitions() -> dg.Definitions:
    """What `dg` and the Dagster services load: inputs are set where a run is launched.

    Raises EngineAtFault when the installed DuckDB is known to write wrong files.
    """
    refuse_engine_at_fault()
    return assemble(Inputs())
