"""The outcome of every file in landing in a run; files that came during the run are named too."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from orchestration.ingestion.delivery import Identity, RefusedFile
from orchestration.ingestion.landing.files import GROWING
from orchestration.ingestion.landing.scan import LandingScan, scan
from orchestration.ingestion.ledger import LedgerRow, quarantine_file, read_ledger
from orchestration.ingestion.load import UNDER_HALF
from orchestration.steps.run_inputs import RunInputs

ARRIVED = "It came, or changed, while the run was under way: the next run reads it."
TAKEN_OUT = "It was taken out while the run was under way: the next run leaves it out."
NO_LONGER = ("superseded", "withdrawn")


@dataclass(frozen=True)
class FileReport:
    """The outcome of one file; with counts and the quarantine's path if it was read in this run.

    `outcome`: read, unchanged, refused, still being written, unclaimed, stale, superseded,
    withdrawn, arrived during the run, or taken out during the run.
    """

    file: str
    outcome: str
    reason: str | None = None
    records: int | None = None
    accepted: int | None = None
    rejected: int | None = None
    quarantine: str | None = None
    is_much_smaller: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For a program to read; unknown values are left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, False)}


def statuses() -> dict[Identity, str]:
    """Whether each load counts, as the ledger says now: to be called before a run."""
    return {row.identity: row.counting_status for row in read_ledger()}


def account_for(inputs: RunInputs, before: Mapping[Identity, str]) -> list[FileReport]:
    """Every file in landing once, and every load that changed, after a run; by name.

    `before` is the result of `statuses` when the run began. Landing is listed once more, so that a
    file that came meanwhile is named and not mistaken for a loaded one.
    """
    began = inputs.scan
    ended = scan(inputs.landing, inputs.delivering, inputs.contracts, replay=inputs.replay)
    rows = {row.identity: row for row in read_ledger()}
    moved = dict(_moved_meanwhile(began, ended))
    found = {one.file: one for one in _found(began, rows) if one.file not in moved}
    there = [FileReport(name, *outcome) for name, outcome in moved.items()]
    gone = [
        one
        for one in _no_longer_as_it_was(rows.values(), before, inputs.scope)
        if one.outcome in (*NO_LONGER, "stale")
    ]
    return sorted([*found.values(), *there, *gone], key=lambda one: (one.file, one.outcome))


def _found(began: LandingScan, rows: Mapping[Identity, LedgerRow]) -> Iterator[FileReport]:
    for unread in began.refused:
        yield _refused(unread)
    for name in began.unclaimed:
        yield FileReport(name, "unclaimed", "It fits no contract of its programme.")
    for delivery in began.known:
        row = rows.get(delivery.identity)
        if row is None or row.load_status != "refused":
            yield FileReport(delivery.name, "unchanged")
    for name, same in began.repeated.items():
        yield FileReport(name, "unchanged", f"It has the same content as {same}.")
    for delivery in began.deliveries:
        row = rows.get(delivery.identity)
        if row is None:
            yield FileReport(delivery.name, "still being written", GROWING)
        else:
            yield _read(delivery.name, row)


def _refused(unread: RefusedFile) -> FileReport:
    outcome = "still being written" if unread.sentence == GROWING else "refused"
    return FileReport(unread.name, outcome, unread.sentence)


def _read(name: str, row: LedgerRow) -> FileReport:
    quarantine = quarantine_file(*row.identity)
    return FileReport(
        name,
        "refused" if row.load_status == "refused" else "read",
        row.reason,
        row.records,
        row.accepted,
        row.rejected,
        str(quarantine) if quarantine.exists() else None,
        UNDER_HALF in row.flagged,
    )


def _contents(found: LandingScan) -> dict[str, object]:
    """Each name in landing with what shows that it is still the same file."""
    names: dict[str, object] = dict.fromkeys(found.unclaimed)
    names |= dict.fromkeys(found.view.unread)
    return names | dict(found.view.at)


def _moved_meanwhile(
    began: LandingScan, ended: LandingScan
) -> Iterator[tuple[str, tuple[str, str]]]:
    was, now = _contents(began), _contents(ended)
    for name in now:
        if name not in was or (was[name] is not None and now[name] != was[name]):
            yield name, ("arrived during the run", ARRIVED)
    for name in was:
        if name not in now:
            yield name, ("taken out during the run", TAKEN_OUT)


def _no_longer_as_it_was(
    rows: Iterable[LedgerRow], before: Mapping[Identity, str], scope: Sequence[str]
) -> Iterator[FileReport]:
    """Loads that stopped counting in this run, and every one that goes on counting as stale."""
    for row in rows:
        was = before.get(row.identity)
        is_new = was is not None and was != row.counting_status
        if row.programme_id in scope and (is_new or row.counting_status == "stale"):
            yield FileReport(row.file_name, row.counting_status, row.counting_reason)


def to_mend(files: Iterable[FileReport]) -> list[dict[str, str]]:
    """Files of landing that are refused or still being written, with the reason."""
    return [
        {"file": one.file, "reason": one.reason or ""}
        for one in files
        if one.outcome in ("refused", "still being written")
    ]


def left_for_the_next(files: Iterable[FileReport]) -> list[dict[str, str]]:
    """Files that came or went while the run was under way."""
    return [
        {"file": one.file, "reason": one.reason or ""}
        for one in files
        if one.outcome.endswith("during the run")
    ]


def counted(files: Iterable[FileReport]) -> dict[str, int]:
    """How many files there are of each outcome, the most frequent first."""
    return dict(Counter(one.outcome for one in files).most_common())
