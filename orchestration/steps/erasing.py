"""What a run does about people to erase: before it loads, and after it released.

Every run checks, whoever started it: an erasure that was killed is finished by the next run, and a
home restored from a backup is cleared of people who were erased since.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from orchestration import paths
from orchestration.ingestion.erasures import suppression_list
from orchestration.ingestion.erasures.purge_raw import purge
from orchestration.ingestion.erasures.suppression_list import erased_people
from orchestration.release.purge import purge_superseded
from orchestration.steps.progress import say
from orchestration.steps.run_inputs import RunInputs
from orchestration.storage import durable

MADE_AGAIN = ("derived", "warehouse", "dbt")
"""What the run makes again: a table that is merely overwritten may keep old rows in its file."""


def begin(inputs: RunInputs) -> dict[str, int]:
    """Remove people to be erased from what was loaded; returns the entries to be finished.

    Files in landing are loaded again by the run itself. Without anybody to erase, nothing is done.
    """
    entries = suppression_list.unfinished_erasures(inputs.scope)
    if not entries or inputs.replay is not None:
        return {}
    say("Erasing records")
    people = {name: erased_people(name) for name in entries}
    again = {delivery.identity for delivery in inputs.scan.deliveries}
    purge(people, inputs.contracts, again)
    for name in MADE_AGAIN:
        for path in (paths.home() / name).glob("[!.]*"):
            if path == paths.parsed():
                continue  # Only models, which a Dagster run has read already.
            durable.remove_tree(path) if path.is_dir() else durable.remove(path)
    return entries


def end(entries: Mapping[str, int]) -> None:
    """Purge earlier releases, and put on record that the erasure is finished.

    Raises StillNeeded where an earlier release still serves figures.
    """
    if entries:
        purge_superseded(paths.releases(), entries, datetime.now(UTC).date().isoformat())
        suppression_list.finish_erasures(dict(entries))
