"""The spellings of a programme's areas as types of the engine, which look a name up at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.programmes.areas import folded
from orchestration.storage.sql import literal

AS_WRITTEN, FOLDED = "area_spellings", "folded_area_spellings"
# As `folded` does it, with every sign that Unicode takes for a blank.
BLANKS = r"[\s\p{Z}]+"


@dataclass(frozen=True)
class AreaNames:
    """The spelling that each folded one stands for, in the order of the type FOLDED."""

    spellings: tuple[str, ...]

    def spelling(self, text: str) -> str:
        """SQL for the spelling of the area that a text names, null where there is none.

        One that is written as in the programme stays as it is. No join and no `in`: after a join
        rows no longer stand in the order of the file, by which records are numbered.
        """
        fold = f"lower(trim(regexp_replace({text}, '{BLANKS}', ' ', 'g')))"
        listed = f"[{', '.join(map(literal, self.spellings))}]"
        place = f"enum_code(try_cast({fold} as {FOLDED})) + 1"
        return f"coalesce(try_cast({text} as {AS_WRITTEN})::varchar, {listed}[{place}])"


def create_area_names(con: duckdb.DuckDBPyConnection, spellings: Sequence[str]) -> AreaNames | None:
    """Create the types; None, and nothing is checked, where no programme's areas are given."""
    if not spellings:
        return None
    by_fold: dict[str, str] = {}
    for spelling in spellings:
        by_fold.setdefault(folded(spelling), spelling)
    for name, values in ((AS_WRITTEN, spellings), (FOLDED, by_fold)):
        listed = ", ".join(map(literal, dict.fromkeys(values)))
        con.execute(f"create type {name} as enum ({listed})")
    return AreaNames(tuple(by_fold.values()))
