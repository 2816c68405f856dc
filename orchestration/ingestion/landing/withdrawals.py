"""Loads that a person withdrew or restored: a list in the home folder that only grows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from orchestration import paths
from orchestration.ingestion.delivery import Identity
from orchestration.ingestion.landing.shown_names import full_names
from orchestration.ingestion.ledger import LedgerRow, read_ledger
from orchestration.storage import durable

SHORTEST_HASH = 8


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


def _file() -> Path:
    return paths.ledger() / "withdrawals.json"


def read_withdrawals() -> list[FileWithdrawal]:
    """Every decision, oldest first."""
    if not _file().is_file():
        return []
    return [FileWithdrawal(**each) for each in json.loads(_file().read_text(encoding="utf-8"))]


def withdrawn_by_hand() -> dict[Identity, str]:
    """The reason for each load that is withdrawn at present by a person's decision."""
    last = {each.identity: each for each in read_withdrawals()}
    return {who: each.why for who, each in last.items() if each.action == "withdrawn"}


def decide_on(name: str, why: str, on: str, *, undo: bool = False) -> list[FileWithdrawal]:
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
    durable.write_json(_file(), [asdict(each) for each in [*read_withdrawals(), *new]])
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
