"""What a contract says about one column: its type, its limits, and how it is kept private."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import combinations
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.programmes.areas import folded

NUMBERS = ("bigint", "integer", "double", "decimal")
DATED = ("date", "timestamp")
# The longest text where the contract sets no limit: for a remark, and for a number or name of
# something.
LONGEST_TEXT = 1000
LONGEST_ID = 100
TEXT = ("string",)
Kind = Literal["officer", "staff", "complainant", "defendant", "subject"]
Flag = Literal["zero", "midnight", "autumn_hour", "spring_hour", "swapped"]
# The types to which each flag and each way of coarsening applies.
FLAGGED = {
    "zero": NUMBERS,
    "midnight": ("timestamp",),
    "autumn_hour": ("timestamp",),
    "spring_hour": ("timestamp",),
    "swapped": DATED,
}
# What systems write where no person is known; compared in upper case and trimmed. Zeros or
# punctuation of any length mean nobody too: see `nobody` in column_checks.
NOBODY = (
    *("N/A", "NA", "N.A", "NONE", "NULL", "NIL", "NAN", "BLANK", "EMPTY", "ANON", "ANONYMOUS"),
    *("UNKNOWN", "UNKNOWN OFFICER", "UNK", "NOT KNOWN", "NOT STATED", "NOT RECORDED"),
    *("NOT PROVIDED", "NOT AVAILABLE", "NOT APPLICABLE", "NOT SUPPLIED", "UNASSIGNED"),
    *("WITHHELD", "ID WITHHELD", "NAME WITHHELD", "REDACTED", "TBC", "TBA", "TBD"),
    *("N/K", "NOT ASSIGNED", "NOT GIVEN", "NOT DISCLOSED", "NOT LISTED", "NONE RECORDED"),
    *("NO ID", "ID UNKNOWN", "NAME UNKNOWN", "OFFICER UNKNOWN", "NO OFFICER", "NOT ENTERED"),
)
# The parts of a format that the engine reads; %s and similar ones crash its reader.
DIRECTIVES = re.compile(r"%(-?[dmyHIMSj]|[aAbBYfgpzZ%])")
# Six numbers of which none could be taken for another: year, month, day, hour, minute, second.
EVERY_PART_DIFFERS = datetime(2001, 2, 3, 4, 5, 6)  # noqa: DTZ001
COARSENED = {
    "year": DATED,
    "month": DATED,
    "hour": ("timestamp", "time"),
    "age_band": ("integer", "bigint"),
    "place_code": ("string",),
}


class Strict(BaseModel):
    """A misspelt key is an error, because dbt on DuckDB does not warn of one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Alias(Strict):
    """Another header under which a column has arrived, and since when."""

    name: str
    since: date


class ColumnMeta(Strict):
    """What a delivered column must hold."""

    header: str | None = None
    required: bool = False
    optional: bool = False
    area: bool = False
    aliases: list[Alias] = []
    privacy: Literal["none", "published", "identifier", "drop", "quasi"] = "none"
    kind: Kind | None = None
    coarsen: Literal["year", "month", "hour", "age_band", "place_code"] | None = None
    allowed: list[str] | None = None
    codes: dict[str, list[str]] = {}
    unmapped_limit: float = Field(default=0.01, ge=0, le=1)
    formats: list[str] = []
    offset: Literal["drop", "utc"] | None = None
    max_length: int | None = Field(default=None, ge=1)
    min: float | None = None
    max: float | None = None
    not_before: date = date(1950, 1, 1)
    not_after: date | None = None
    flags: list[Flag] = []
    nobody: list[str] | None = None
    no_end: list[str] = []
    length_of: tuple[str, str] | None = None
    soon_before: str | None = None
    ends: str | None = None
    next_day_hours: int | None = Field(default=None, ge=1, le=24)

    @model_validator(mode="before")
    @classmethod
    def codes_allowed(cls, given: Any) -> Any:
        """Where words are translated to codes, those codes are the allowed ones."""
        if isinstance(given, dict) and isinstance(given.get("codes"), dict):
            return {"allowed": list(given["codes"])} | given
        return given

    @model_validator(mode="after")
    def agree(self) -> Self:
        """Raise where two settings contradict each other."""
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        yield from (fault for is_at_fault, fault in self._pairs() if is_at_fault)
        # Without %p, half past eleven at night would be read as half past eleven in the morning.
        for text in self.formats:
            if ("%I" in text.replace("%-I", "%I")) != ("%p" in text):
                yield f"`{text}`: %I (hours to 12) and %p (AM or PM) go together"
            if "%" in DIRECTIVES.sub("", text):
                yield f"`{text}` holds a sign after % that stands for no part of a date"
            # The engine turns what has an offset to UTC, which other times of the file are not.
            has_offset = "%z" in text or "%Z" in text
            if has_offset and self.offset != "utc":
                yield f"`{text}`: %z and %Z need `offset: utc`, since such times are turned to UTC"
            if self.offset == "utc" and not has_offset:
                yield (
                    f"`{text}` has neither %z nor %Z: with `offset: utc` a time without an offset"
                    " would be taken for UTC, whatever clock it was read from"
                )
        for first, second in combinations(self.formats, 2):
            if example := read_both_ways(first, second):
                yield (
                    f"`{first}` and `{second}` read one date as two: state one of them, since both"
                    f" read {example}, each as another day or time"
                )

    def _pairs(self) -> Iterator[tuple[bool, str]]:
        """Pairs of settings, and whether they contradict each other."""
        is_identifier, is_quasi = self.privacy == "identifier", self.privacy == "quasi"
        least, most = self.min, self.max
        yield (
            is_identifier and self.kind is None,
            "`privacy: identifier` and `kind` go together",
        )
        is_of_person = is_identifier or self.privacy == "drop"
        yield (
            not is_of_person and self.kind is not None,
            "`kind` is of `privacy: identifier`, or of `drop` where a column names a person",
        )
        yield is_quasi != (self.coarsen is not None), "`privacy: quasi` and `coarsen` go together"
        yield self.required and self.optional, "a column is `required` or `optional`, not both"
        is_listed_twice = bool(self.codes) and self.allowed != list(self.codes)
        yield is_listed_twice, "`codes` says which codes are allowed: leave `allowed` out"
        words = [folded(word) for written in self.codes.values() for word in written]
        yield len(words) != len(set(words)), "one word stands for two `codes`"
        yield self.area and bool(self.allowed), "an `area` has no list of allowed codes"
        yield is_identifier and bool(self.allowed), "an identifier has no list of allowed codes"
        yield least is not None and most is not None and least > most, "`min` is above `max`"
        is_backwards = self.not_after is not None and self.not_after < self.not_before
        yield is_backwards, "`not_after` lies before `not_before`"
        no_limit = bool(self.no_end) and self.not_after is None
        yield no_limit, "`no_end` needs `not_after`, the last day that is an end at all"
        no_start = self.next_day_hours is not None and self.ends is None
        yield no_start, "`next_day_hours` needs `ends`, the column at which the span begins"


def other_order(text: str) -> str:
    """The format with day and month exchanged, where both are written as numbers."""
    if "%d" not in text or "%m" not in text:
        return text
    return text.replace("%d", "%%").replace("%m", "%d").replace("%%", "%m")


def read_both_ways(first: str, second: str) -> str | None:
    """A text that two formats read as two different times; None where there is no such text."""
    plain = [text.replace("%-", "%") for text in (first, second)]
    for one, other in (plain, plain[::-1]):
        text = EVERY_PART_DIFFERS.strftime(one)
        try:
            if datetime.strptime(text, one) != datetime.strptime(text, other):  # noqa: DTZ007
                return text
        except ValueError:
            continue
    return None


class ColumnConfig(Strict):
    """The `config` of a column."""

    meta: ColumnMeta = ColumnMeta()


class ColumnContract(Strict):
    """A column of a delivered table."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    data_type: str = Field(
        pattern=r"^(string|bigint|integer|double|date|timestamp|time|boolean|decimal\(\d+,\s*\d+\))$"
    )
    description: str
    config: ColumnConfig = ColumnConfig()
    data_tests: list[Any] = []

    @property
    def meta(self) -> ColumnMeta:
        """What the column must hold."""
        return self.config.meta

    @property
    def header(self) -> str:
        """The column's name in the file."""
        return self.meta.header or self.name

    @property
    def is_private(self) -> bool:
        """Whether values of the column stay out of every message."""
        return self.meta.privacy != "none"

    @property
    def timed_by(self) -> tuple[str, ...]:
        """The other time columns of the row that this one is compared with."""
        meta = self.meta
        return tuple(filter(None, (*(meta.length_of or ()), meta.soon_before, meta.ends)))

    @property
    def nobody(self) -> tuple[str, ...]:
        """Values that mean no person, in upper case; only identifiers have a list of their own."""
        usual = NOBODY if self.meta.privacy == "identifier" else ()
        listed = usual if self.meta.nobody is None else self.meta.nobody
        return tuple(dict.fromkeys(text.strip().upper() for text in listed))

    @property
    def is_kept(self) -> bool:
        """Whether the column reaches raw."""
        return self.meta.privacy != "drop"

    @property
    def privacy(self) -> str:
        """How the column is kept private: none, published, identifier, drop or quasi."""
        return self.meta.privacy

    @property
    def family(self) -> str:
        """The type without its precision: `decimal(6,1)` is a `decimal`."""
        return self.data_type.partition("(")[0]

    @property
    def decimals(self) -> int:
        """How many digits a decimal has after its point; 0 for other types."""
        return int(self.data_type.rstrip(")").rpartition(",")[2]) if "(" in self.data_type else 0

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that the column may have in a file, the current one first."""
        return (self.header, *(alias.name for alias in self.meta.aliases))

    @property
    def max_length(self) -> int:
        """How many characters a text may have; a row with a longer text is rejected."""
        return self.meta.max_length or (LONGEST_ID if self.is_id else LONGEST_TEXT)

    @property
    def is_id(self) -> bool:
        """Whether the text is a number or name of something, not prose."""
        is_named = self.meta.privacy == "identifier" or self.name.endswith("_id")
        return self.family == "string" and is_named

    def alias_line(self, found: str, since: date) -> str:
        """The line that lets the column be read under a new header, ready to paste."""
        aliases = [*((a.name, a.since) for a in self.meta.aliases), (found, since)]
        listed = ", ".join(
            f"{{name: {json.dumps(name, ensure_ascii=False)}, since: {day}}}"
            for name, day in aliases
        )
        return f"aliases: [{listed}]"

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Raise where the settings do not fit the type."""
        for fault in self._misfits():
            raise ValueError(f"{fault}, {self.name} is {self.data_type}")
        return self

    def _misfits(self) -> Iterator[str]:
        meta, family = self.meta, self.family
        is_limited = meta.min is not None or meta.max is not None
        needs = (
            (is_limited, NUMBERS, "`min` and `max` need a number"),
            (meta.privacy == "identifier", TEXT, "an identifier becomes a pseudonym, a string"),
            (meta.offset, ("timestamp",), "`offset` needs a timestamp"),
            (meta.formats, (*DATED, "time"), "`formats` need a date or a time"),
            (meta.area, TEXT, "`area` needs a string"),
            (meta.max_length, TEXT, "`max_length` needs a string"),
            (meta.allowed, TEXT, "`allowed` needs a string"),
            (meta.nobody is not None, TEXT, "`nobody` needs a string"),
            (meta.no_end, ("date",), "`no_end` needs a date"),
            (meta.length_of, NUMBERS, "`length_of` needs a number"),
            (meta.soon_before or meta.ends, ("timestamp",), "a time is compared with a timestamp"),
            *((True, FLAGGED[flag], f"the flag {flag} does not fit") for flag in meta.flags),
        )
        yield from (fault for is_set, fit, fault in needs if is_set and family not in fit)
        if meta.coarsen and family not in COARSENED[meta.coarsen]:
            yield f"`coarsen: {meta.coarsen}` does not fit"
