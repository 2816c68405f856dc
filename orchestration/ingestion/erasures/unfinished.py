"""How far erasures have come in this home: up to which entry of the list they are finished.

The list lies beside the keys, this record with the data. A home that is restored from an older
backup therefore knows that it still holds people who were erased since then.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.erasures.suppression_list import erased_people
from orchestration.storage import durable


def _file() -> Path:
    return paths.ledger() / "erasures_finished.json"


def finished(programme: str) -> int:
    """Up to which entry the erasures of a programme are finished."""
    return _finished().get(programme, 0)


def _finished() -> dict[str, int]:
    if not _file().is_file():
        return {}
    found = json.loads(_file().read_text(encoding="utf-8"))
    return {str(name): int(count) for name, count in found.items()}


def unfinished(programmes: Iterable[str]) -> dict[str, int]:
    """Programmes that still have people to erase, with the number of entries on their lists.

    Raises ErasureProblem where the list was changed, or ends before what was finished.
    """
    done = _finished()
    lists = {name: erased_people(name, known=done.get(name, 0)).count for name in programmes}
    return {name: count for name, count in lists.items() if count > done.get(name, 0)}


def reopen(programme: str, entry: int) -> None:
    """Record that the person of an entry, and of later ones, is still to be erased."""
    if _finished().get(programme, 0) >= entry:
        finish({programme: entry - 1})


def finish(entries: dict[str, int]) -> None:
    """Record that programmes hold nobody on their lists, up to an entry."""
    if entries:
        durable.write_json(_file(), _finished() | entries)
