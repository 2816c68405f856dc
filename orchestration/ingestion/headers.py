"""Which delivered column is which declared one; a missing or renamed one refuses the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from orchestration.ingestion.contract import ColumnContract, TableContract
from orchestration.ingestion.outcome import Refused

# Headers this alike are likely one column under two names.
ALIKE = 0.5


@dataclass(frozen=True)
class Columns:
    """Declared columns by their place in the file; `wide` are those an unpivot turns into rows."""

    places: dict[str, int]
    wide: dict[str, int]
    added: list[str]


def match_columns(headers: Sequence[str], contract: TableContract, today: date) -> Columns:
    """Find every declared column; raises Refused, with the line to add when one was renamed."""
    places: dict[str, int] = {}
    missing: list[ColumnContract] = []
    for column in contract.delivered:
        present = [name for name in column.headers if name in headers]
        if present:
            places[column.name] = _only_place(headers, present[0])
        elif not column.meta.optional:
            missing.append(column)
    wide = _wide(headers, contract)
    claimed = {*places.values(), *wide.values()}
    added = [name for at, name in enumerate(headers) if at not in claimed]
    if missing:
        raise Refused(_missing(missing, added, contract, today, seen=bool(places)))
    if contract.meta.unpivot and not wide:
        raise Refused("None of the columns that the contract turns into rows is there.")
    return Columns(places, wide, added)


def _only_place(headers: Sequence[str], name: str) -> int:
    if headers.count(name) > 1:
        raise Refused(f"The column {name} stands twice in the file.")
    return headers.index(name)


def _wide(headers: Sequence[str], contract: TableContract) -> dict[str, int]:
    unpivot = contract.meta.unpivot
    if unpivot is None:
        return {}
    pattern = re.compile(unpivot.columns)
    return {
        name: _only_place(headers, name) for name in headers if pattern.fullmatch(name) is not None
    }


def _missing(
    missing: list[ColumnContract],
    added: list[str],
    contract: TableContract,
    today: date,
    *,
    seen: bool,
) -> str:
    """The sentence of a refusal. Headers are shown only where the line is a header at all."""
    names = ", ".join(column.header for column in missing)
    if not seen:
        return (
            f"None of the columns of {contract.label} is there ({names}): is the first line the"
            " header, and are separator and encoding as the contract states?"
        )
    sentences = [f"Missing columns: {names}."]
    for column in missing:
        guess = _renamed(column, added, alone=len(missing) == 1)
        if guess:
            line = column.alias_line(guess, today)
            sentences.append(
                f"If {column.header} is now called {guess}, add this line to the meta of"
                f" {column.name} in the contract of {contract.label}: {line}"
            )
    return " ".join(sentences)


def _renamed(column: ColumnContract, added: list[str], *, alone: bool) -> str | None:
    if alone and len(added) == 1:
        return added[0]
    folded = {name.casefold(): name for name in added}
    for name in column.headers:
        close = get_close_matches(name.casefold(), folded, n=1, cutoff=ALIKE)
        if close:
            return folded[close[0]]
    return None
