"""Words that stand for something, as types of the engine, which look a word up at once.

They are the spellings of a programme's areas, and words that a contract turns into codes.
"""

from collections.abc import Iterable, Sequence
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
        as_written = f"try_cast({text} as {AS_WRITTEN})::varchar"
        return f"coalesce({as_written}, {found(text, FOLDED, self.spellings)})"


def found(text: str, words: str, meanings: Iterable[str]) -> str:
    """SQL for what a text stands for: `words` is a type of folded words, in the order of these."""
    fold = f"lower(trim(regexp_replace({text}, '{BLANKS}', ' ', 'g')))"
    listed = f"[{', '.join(map(literal, meanings))}]"
    return f"{listed}[enum_code(try_cast({fold} as {words})) + 1]"


def enumeration(name: str, values: Iterable[str]) -> str:
    """The statement that creates a type of some words."""
    return f"create type {name} as enum ({', '.join(map(literal, dict.fromkeys(values)))})"


def create_area_names(con: duckdb.DuckDBPyConnection, spellings: Sequence[str]) -> AreaNames | None:
    """Create the types; None, and nothing is checked, where no programme's areas are given."""
    if not spellings:
        return None
    by_fold: dict[str, str] = {}
    for spelling in spellings:
        by_fold.setdefault(folded(spelling), spelling)
    con.execute(enumeration(AS_WRITTEN, spellings))
    con.execute(enumeration(FOLDED, by_fold))
    return AreaNames(tuple(by_fold.values()))
