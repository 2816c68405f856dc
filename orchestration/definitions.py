"""All that Dagster shows and runs: the definitions in `defs/`, and the inputs they ask for."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg

from orchestration.steps.dagster_home import dagster_home
from orchestration.steps.lock import run_lock
from orchestration.steps.run_inputs import RunInputs, make_run_inputs
from orchestration.steps.settings import refuse_faulty, refuse_two_keys
from orchestration.storage.engine import refuse_engine_at_fault


class Inputs(dg.ConfigurableResource[RunInputs]):
    """Landing folder, as-of date and replay file; empty means this home's landing and today."""

    landing: str = ""
    as_of: str = ""
    replay: str = ""

    @contextmanager
    def yield_for_execution(self, _context: dg.InitResourceContext) -> Iterator[RunInputs]:
        """One `RunInputs` for the whole run, and no other run in this home meanwhile."""
        with run_lock():
            day = date.fromisoformat(self.as_of) if self.as_of else None
            inputs = make_run_inputs(self.landing, day, self.replay)
            refuse_faulty(inputs)
            refuse_two_keys(inputs)
            yield inputs


def assemble(inputs: Inputs | RunInputs) -> dg.Definitions:
    """All definitions over these inputs; steps run one after another in process."""
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(resources={"inputs": inputs}, executor=dg.in_process_executor),
    )


@dg.definitions
def definitions() -> dg.Definitions:
    """What `dg` and the Dagster services read: inputs are set where a run is launched.

    Raises EngineAtFault when the installed DuckDB is known to write wrong files.
    """
    refuse_engine_at_fault()
    dagster_home()
    return assemble(Inputs())
