"""Words with a fixed meaning, and blanks, which mean nothing.

Words are types of the engine, which looks them up at once: the spellings of a programme's areas,
and words that a contract turns into codes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.programmes.areas import folded
from orchestration.storage.sql import literal

AS_WRITTEN, FOLDED = "area_spellings", "folded_area_spellings"
# As `folded` does it, with every character that Unicode counts as a blank.
BLANKS = r"[\s\p{Z}]+"
# The same characters one by one, and those that have no width at all.
EVERY_BLANK = (
    " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
EVERY_BLANK += "".join(map(chr, range(0x2000, 0x200E)))
# Characters that do not show in an id: soft hyphens, joiners, marks of direction, variants of a
# glyph.
WITHOUT_WIDTH = r"[\p{Cf}\x{fe00}-\x{fe0f}]"
# Full-width letters and digits, dashes and blanks, and what a keyboard writes for them.
_WIDE = range(0xFF01, 0xFF5F)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SPACES = "\u00a0\u2007\u202f\u3000"
FOLDED_FROM = "".join(map(chr, _WIDE)) + _DASHES + _SPACES
FOLDED_TO = "".join(chr(sign - 0xFEE0) for sign in _WIDE) + "-" * len(_DASHES) + " " * len(_SPACES)


@dataclass(frozen=True)
class AreaNames:
    """The spelling for each folded one, in the order of the type FOLDED."""

    spellings: tuple[str, ...]

    def spelling(self, text: str) -> str:
        """SQL for the spelling of the area that a text names, null where it names none.

        An area spelt as in the programme stays as it is. No join and no `in`: after a join, rows no
        longer have the order of the file, by which records are numbered.
        """
        as_written = f"try_cast({text} as {AS_WRITTEN})::varchar"
        return f"coalesce({as_written}, {found(text, FOLDED, self.spellings)})"


def is_blank(text: str) -> str:
    """SQL for whether a text is empty or only blanks, of whatever kind: nothing was entered."""
    return f"trim({text}, {literal(EVERY_BLANK)}) = ''"


def given(text: str) -> str:
    """SQL for a delivered text; null where nothing was entered.

    Where files were joined end to end, a byte-order mark comes before a value and is removed. The
    first character is compared first, which costs little and decides nearly every value.
    """
    plain = f"{text} between '!' and '\x7e'"
    bare = f"ltrim({text}, '\ufeff')"
    return f"case when {plain} then {text} when not {is_blank(text)} then {bare} end"


def bare_id(text: str, *, is_plain: bool) -> str:
    """SQL for an id as all systems would write it; null where nothing was entered.

    Blanks around it, characters without width, the encoding of accents, full-width letters and
    typographic dashes do not make it another id. `is_plain` says that the file has no such
    character.
    """
    begins = f"({text} between '0' and '<~' or {text} between '>' and '~')"
    usual = f"{begins} and not suffix({text}, ' ')"
    bare = unwrapped(text)
    if not is_plain:
        usual += f" and strlen({text}) = length({text})"
        bare = f"regexp_replace({bare}, '{WITHOUT_WIDTH}', '', 'g')"
        bare = f"nfc_normalize(translate({bare}, {literal(FOLDED_FROM)}, {literal(FOLDED_TO)}))"
    bare = f"nullif(trim({bare}, {literal(EVERY_BLANK)}), '')"
    return f"case when {usual} then {text} else {bare} end"


def unwrapped(text: str) -> str:
    """SQL for an id without what spreadsheets put around it to keep it a text.

    That is ="0042", as exports for them write it, and an apostrophe before it.
    """
    return (
        f"case when starts_with({text}, '=\"') and suffix({text}, '\"') and length({text}) > 2"
        f" then {text}[3:-2] when starts_with({text}, chr(39)) then {text}[2:] else {text} end"
    )


def found(text: str, words: str, meanings: Iterable[str]) -> str:
    """SQL for the meaning of a text: `words` is a type of folded words, in the order of these."""
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
