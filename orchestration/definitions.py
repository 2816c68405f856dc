"""Everything Dagster shows and runs: what the folder defs/ holds, in this process."""

from pathlib import Path

import dagster as dg

from orchestration.defs.resources import Inputs


@dg.definitions
def definitions() -> dg.Definitions:
    """The assets, checks, job, schedule and sensors; steps run one after another in process."""
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(resources={"inputs": Inputs()}, executor=dg.in_process_executor),
    )
