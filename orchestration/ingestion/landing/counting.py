"""Which loads count: what is in landing now decides, in every run, and what a person withdrew.

A load whose content lies in landing counts. One whose file was removed is withdrawn. One whose file
was replaced is superseded by the new version, but goes on counting as stale while that version
cannot be read. Where landing is emptied after each run, loads whose files are gone go on counting.
Loads that a person withdrew or restored are a list in the home folder that only grows.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Identity
from orchestration.ingestion.landing.files import full_names
from orchestration.ingestion.ledger import (
    CountingStatus,
    LedgerProblem,
    LedgerRow,
    append,
    read_ledger,
)
from orchestration.storage import durable

GONE = "It is no longer in landing."
UNCLAIMED = "It lies in landing, and no contract of its programme names it any more."
UNREADABLE = "Its newer version could not be read"
SHORTEST_HASH = 8


class CountingDecision(NamedTuple):
    """The status of a load, why, and since when if not since this run."""

    status: CountingStatus
    reason: str | None = None
    since: date | None = None


@dataclass(frozen=True)
class LandingView:
    """What lies in landing: the content under each name, and names whose content is unknown.

    `unread` gives the reason for each file that could not be hashed or is claimed twice;
    `unclaimed` are files that no contract names. Only loads of `programmes` are decided.
    """

    programmes: frozenset[str] = frozenset()
    at: Mapping[str, Identity] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    unclaimed: frozenset[str] = frozenset()
    is_emptied: bool = False


def decide(
    rows: Sequence[LedgerRow],
    view: LandingView,
    contracts: Sequence[TableContract],
    by_hand: Mapping[Identity, str],
) -> dict[Identity, CountingDecision]:
    """The status of every load of the programmes in this landing folder.

    `by_hand` gives the reason for each load that a person withdrew.
    """
    ours = [row for row in rows if row.programme_id in view.programmes]
    known = {row.identity: row for row in ours}
    here = set(view.at.values())
    decided: dict[Identity, CountingDecision] = {}
    for row in ours:
        if row.identity in by_hand:
            decided[row.identity] = CountingDecision("withdrawn", by_hand[row.identity])
        elif row.identity in here:
            is_refused = row.load_status == "refused"
            decided[row.identity] = CountingDecision("refused" if is_refused else "counts")
        else:
            decided[row.identity] = _not_here(row, known, view)
    return decided | _superseded(ours, decided, contracts, view)


def _not_here(
    row: LedgerRow, known: Mapping[Identity, LedgerRow], view: LandingView
) -> CountingDecision:
    """The status of a load whose content is no longer in landing."""
    name = row.file_name
    if row.load_status == "refused":
        return (
            CountingDecision("refused") if view.is_emptied else CountingDecision("withdrawn", GONE)
        )
    newer = known.get(view.at[name]) if name in view.at else None
    if newer is not None and newer.load_status == "accepted":
        return CountingDecision("counts") if view.is_emptied else _replaced_by(newer)
    if name in view.at or name in view.unread:
        return _stale(row, newer, view)
    if view.is_emptied:
        return CountingDecision("counts")
    return CountingDecision("withdrawn", UNCLAIMED if name in view.unclaimed else GONE)


def _stale(row: LedgerRow, newer: LedgerRow | None, view: LandingView) -> CountingDecision:
    """A load that counted when an unreadable newer version came goes on counting; no other does."""
    if not row.is_counted:
        return CountingDecision(row.counting_status, row.counting_reason)
    why = newer.reason if newer else view.unread.get(row.file_name)
    return CountingDecision("stale", f"{UNREADABLE}: {why}" if why else f"{UNREADABLE}.")


def _replaced_by(newer: LedgerRow) -> CountingDecision:
    return CountingDecision(
        "superseded", f"{newer.file_name} ({newer.file_hash[:12]}) took its place."
    )


def _superseded(
    rows: Iterable[LedgerRow],
    decided: Mapping[Identity, CountingDecision],
    contracts: Sequence[TableContract],
    view: LandingView,
) -> dict[Identity, CountingDecision]:
    """Loads that a later arrival of the same delivery replaces whole.

    Where a table has a key, that happens only if its contract says that a delivery is complete.
    """
    tables = {(contract.source, contract.name): contract for contract in contracts}
    latest: dict[tuple[str, ...], LedgerRow] = {}
    found = {}
    for row in sorted(rows, key=lambda each: each.arrival):
        contract = tables.get((row.source_name, row.table_name))
        is_counted = decided[row.identity].status in ("counts", "stale")
        if contract is None or not is_counted or (contract.key and not _is_complete(contract)):
            continue
        delivery = (*row.identity[:3], same_delivery(row, contract, is_emptied=view.is_emptied))
        if earlier := latest.get(delivery):
            found[earlier.identity] = _replaced_by(row)
        latest[delivery] = row
    return found


def _is_complete(contract: TableContract) -> bool:
    """Whether a contract says that a later delivery replaces the whole of an earlier one."""
    return contract.meta.same_delivery is not None or contract.meta.replaces == "table"


def same_delivery(row: LedgerRow, contract: TableContract, *, is_emptied: bool) -> str:
    """A text shared by the loads of a table of which the later replaces the whole earlier one.

    Without a rule in the contract each content is a delivery of its own; where landing is emptied,
    a file replaces the earlier one of the same name.
    """
    if contract.meta.replaces == "table":
        return ""
    rule = contract.meta.same_delivery
    if rule is not None and rule.name_pattern is not None:
        named = re.search(rule.name_pattern, row.file_name.rsplit("/", 1)[-1])
        if named:
            return named.group()
    is_by_name = is_emptied and rule is None and contract.meta.replaces is None
    return row.file_name if is_by_name else row.file_hash


def changes(
    rows: Iterable[LedgerRow], decided: Mapping[Identity, CountingDecision]
) -> list[tuple[LedgerRow, CountingDecision]]:
    """The loads whose status has to change."""
    return [
        (row, decision)
        for row in rows
        if (decision := decided.get(row.identity)) is not None
        and (
            decision[:2] != (row.counting_status, row.counting_reason)
            or decision.since not in (None, row.counting_since)
        )
    ]


def settle(
    rows: Sequence[LedgerRow], decided: Mapping[Identity, CountingDecision], as_of: date
) -> list[LedgerRow]:
    """Write each changed status to the ledger, dated; returns the loads that changed.

    Raises LedgerProblem when a load is to count and its rows are lost.
    """
    lost = [
        row.file_name
        for row in rows
        if row.load_status == "accepted"
        and (found := decided.get(row.identity))
        and found.status in ("counts", "stale")
        and not row.is_kept
    ]
    if lost:
        raise LedgerProblem(
            f"The rows of {', '.join(sorted(lost))} are no longer in raw, and the file is not in"
            " landing to be read again. Deliver it again, or take it out with `bodyworn withdraw`."
        )
    changed = []
    for row, (status, reason, since) in changes(rows, decided):
        is_dated_anew = status != row.counting_status
        new = replace(
            row,
            counting_status=status,
            counting_since=since or (as_of if is_dated_anew else row.counting_since),
            counting_reason=reason,
        )
        append(new)
        if is_dated_anew:
            changed.append(new)
    return changed


class NothingToWithdraw(ValueError):
    """The name fits no load, or more than one content; the message says what to name."""


@dataclass(frozen=True)
class FileWithdrawal:
    """A decision of a person about one load, and the reason given."""

    programme_id: str
    source_name: str
    table_name: str
    file_hash: str
    file_name: str
    action: Literal["withdrawn", "counted again"]
    why: str
    on: str

    @property
    def identity(self) -> Identity:
        """The load it is about."""
        return self.programme_id, self.source_name, self.table_name, self.file_hash


def _withdrawals_file() -> Path:
    return paths.ledger() / "withdrawals.json"


def read_withdrawals() -> list[FileWithdrawal]:
    """Every decision, oldest first."""
    if not _withdrawals_file().is_file():
        return []
    return [
        FileWithdrawal(**each)
        for each in json.loads(_withdrawals_file().read_text(encoding="utf-8"))
    ]


def withdrawn_by_hand() -> dict[Identity, str]:
    """The reason for each load that is withdrawn at present by a person's decision."""
    last = {each.identity: each for each in read_withdrawals()}
    return {who: each.why for who, each in last.items() if each.action == "withdrawn"}


def record_withdrawal(name: str, why: str, on: str, *, undo: bool = False) -> list[FileWithdrawal]:
    """Record that the loads of a file are withdrawn, or with `undo` that they count again.

    `name` is the path below landing, the file's name alone, or the start of its SHA-256. Raises
    NothingToWithdraw when it fits no load or different contents.
    """
    found = _named(name, read_ledger())
    gone = withdrawn_by_hand()
    found = [row for row in found if (row.identity in gone) == undo]
    if not found:
        state = "withdrawn by hand" if undo else "loaded and not withdrawn already"
        raise NothingToWithdraw(
            f"No file {name} is {state}. Name it as in the ledger (its path below landing), or by"
            f" {SHORTEST_HASH} or more characters of its SHA-256."
        )
    if len({row.file_hash for row in found}) > 1:
        versions = "; ".join(f"{row.file_name} {row.file_hash[:12]}" for row in found)
        raise NothingToWithdraw(f"{name} means several files ({versions}): name one by its hash.")
    action: Literal["withdrawn", "counted again"] = "counted again" if undo else "withdrawn"
    new = [FileWithdrawal(*row.identity, row.file_name, action, why, on) for row in found]
    durable.write_json(_withdrawals_file(), [asdict(each) for each in [*read_withdrawals(), *new]])
    return new


def _named(name: str, rows: Sequence[LedgerRow]) -> list[LedgerRow]:
    """The accepted loads that a name fits; a whole path takes precedence over a file's name alone.

    A name may be written as the file was delivered or as it is shown.
    """
    accepted = [row for row in rows if row.load_status == "accepted"]
    full = full_names()
    names = {row.file_name: {row.file_name, full.get(row.file_name, "")} for row in accepted}
    if exact := [row for row in accepted if name in names[row.file_name]]:
        return exact
    is_hash = len(name) >= SHORTEST_HASH and set(name) <= set("0123456789abcdef")
    return [
        row
        for row in accepted
        if name in {each.rsplit("/", 1)[-1] for each in names[row.file_name]}
        or (is_hash and row.file_hash.startswith(name))
    ]
