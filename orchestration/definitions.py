"""All that Dagster shows and runs: the definitions in `defs/`, and the inputs they ask for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg

from orchestration.defs import raw
from orchestration.defs.automation import chosen
from orchestration.defs.publication import KEY as RELEASE
from orchestration.ingestion.contracts.table import TableContract
from orchestration.release.purge import StillNeeded
from orchestration.steps import erasing
from orchestration.steps.change_detection import check_releases
from orchestration.steps.dagster_home import dagster_home
from orchestration.steps.load_raw import read_ahead
from orchestration.steps.lock import run_lock
from orchestration.steps.run_inputs import RunInputs, make_run_inputs
from orchestration.steps.settings import refuse_faulty, refuse_two_keys
from orchestration.steps.status import NOT_ERASED
from orchestration.storage.engine import refuse_engine_at_fault


class Inputs(dg.ConfigurableResource[RunInputs]):
    """Landing folder, as-of date and replay file; empty means this home's landing and today."""

    landing: str = ""
    as_of: str = ""
    replay: str = ""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[RunInputs]:
        """One `RunInputs` for the whole run, and no other run in this home meanwhile.

        Releases are checked first. A run of everything also finishes erasures, as the command does.
        """
        with run_lock():
            check_releases()
            day = date.fromisoformat(self.as_of) if self.as_of else None
            inputs = make_run_inputs(self.landing, day, self.replay)
            refuse_faulty(inputs)
            refuse_two_keys(inputs)
            to_erase = erasing.begin(inputs) if _makes_everything(context, inputs) else {}
            with read_ahead(inputs, _loaded(context, inputs)):
                yield inputs
            _finish(context, to_erase)


def _loaded(context: dg.InitResourceContext, inputs: RunInputs) -> list[TableContract]:
    """The tables with something new that the run loads."""
    asked = context.run.asset_selection if context.run else None
    return [one for one in inputs.tables() if asked is None or raw.key(one) in asked]


def _makes_everything(context: dg.InitResourceContext, inputs: RunInputs) -> bool:
    """Whether the run loads everything new and makes everything that an erasure removes."""
    run = context.run
    if run is None or run.parent_run_id:
        return False  # A run that continues another one makes only what that one left.
    if run.asset_selection:
        return set(chosen(inputs)) <= run.asset_selection
    return not run.asset_check_selection


def _finish(context: dg.InitResourceContext, to_erase: Mapping[str, int]) -> None:
    """Purge earlier releases where this run released; where that has to wait, tag it with why."""
    run, instance = context.run, context.instance
    if not to_erase or run is None or instance is None:
        return
    made = instance.get_latest_materialization_event(RELEASE)
    if made is None or made.run_id != run.run_id:
        return
    try:
        erasing.end(to_erase)
    except StillNeeded as problem:
        instance.add_run_tags(run.run_id, {NOT_ERASED: str(problem)})


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
