"""The checks of one column as SQL: text in, a typed value and a reason code out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from orchestration.ingestion.contracts.column import DATED, NUMBERS, ColumnContract, other_order
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.validation.words import (
    AreaNames,
    enumeration,
    found,
    is_blank,
)
from orchestration.programmes.areas import folded
from orchestration.storage.sql import literal


class Code(IntEnum):
    """What is wrong with a value. Codes up to OTHER_ORDER mean that it could not be read at all."""

    SOUND = 0
    WRONG_TYPE = 1
    NO_SUCH_DATE = 2
    UNDECLARED_OFFSET = 3
    TEXT_AFTER_TIME = 4
    OTHER_ORDER = 5
    MISSING_REQUIRED = 6
    DATE_OUTSIDE_LIMITS = 7
    BELOW_MINIMUM = 8
    ABOVE_MAXIMUM = 9
    ENDS_BEFORE_START = 10
    UNKNOWN_AREA = 11
    TOO_MANY_DIGITS = 12
    MISSING_OFFSET = 13


REASONS = {
    code: "impossible_date"
    if code in (Code.NO_SUCH_DATE, Code.DATE_OUTSIDE_LIMITS, Code.OTHER_ORDER)
    else code.name.lower()
    for code in Code
    if code
}
# The values that could not be read show whether a column was delivered as another type.
UNREAD = Code.OTHER_ORDER
# A text can always be read, so its first code is free and means that the text is too long.
TOO_LONG = 1
# A long number as a spreadsheet writes it: its last digits are lost, and many ids become one.
ROUNDED = 2
# A character without a meaning: a text may hold line ends and tabs, an id may not.
CONTROL = 3
IN_TEXT = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
IN_ID = r"[\x00-\x1f\x7f-\x{9f}\x{fffd}]"
ROUNDED_LIKE = r"\d(\.\d+)?[Ee]\+\d+"
CODE_BITS = 4
UNMAPPED = "unmapped"
# How a date without an end is stored: later than any real date.
NO_END = date(9999, 12, 31)
WHOLE = r"\s*[+-]?\d+(\.0*)?\s*"
DATE_LIKE = r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
# No clock is more than fourteen hours away from UTC, but the engine accepts any number.
OFFSET = r"(Z|z|[+-](0\d|1[0-4])(:?[0-5]\d)?|[A-Za-z_]+/[A-Za-z_/]+)\s*"
# The engine takes a word after a time for the name of a time zone and drops it, PM as well as BST:
# a value must look like a date and a time from its first character to its last.
YEAR_FIRST = r"^\s*\d{4,6}[-/ ]"
DAY = r"\d{4,6}[-/ ]\d{1,2}[-/ ]\d{1,2}"
CLOCK = r"\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?"
WHOLLY = {
    "date": rf"\s*{DAY}([T ]{CLOCK})?\s*",
    "timestamp": rf"\s*{DAY}([T ]{CLOCK})?\s*",
    "time": rf"\s*({DAY}[T ])?{CLOCK}\s*",
}
# ISO 8601 lets 24:00 end a day, and the engine reads it as the next day: the event would count for
# another date than the one that is written.
TWENTY_FOUR = r"\d[T ]24:"
# A cell with only a time has the day before a workbook's first day, and a length of 36 hours a
# later one: the hour of the day is not the length.
SPAN_OF_DAYS = r"^1900-"
# A double holds every whole number below this one, and only some above it.
EXACT_IN_DOUBLE = 2**53
# A double reproduces every number of this many digits: no two of them share a double.
SCIENTIFIC = r"\s*[+-]?\d{0,7}\.?\d{0,8}[eE][+-]?\d+\s*"
# After its fifteenth digit a double holds only rounding error.
COMPUTED = 1e-15
# Punctuation and zeros mean nobody, whatever their number.
MARKS = r"[-_.?*#/0\s]+|[Xx]{2,}"
# Characters around a word and within it: [REDACTED], #N/A, ID-WITHHELD, UNK.
AROUND = r"[\s#*\[\](){}<>.:\x{a0}]+"
WITHIN = r"[\s_\x{a0}-]+"


@dataclass(frozen=True)
class ColumnCheck:
    """One column's SQL: how its text is read, what is wrong with it, and what is stored.

    `code` is None where nothing can be wrong; it fits into `bits`.
    """

    value: str
    code: str | None
    kept: str
    bits: int = CODE_BITS


def check_of(
    column: ColumnContract,
    as_of: date,
    reader: FileReader,
    *,
    key: bool,
    t: str,
    v: str,
    others: Mapping[str, str],
    areas: AreaNames | None = None,
) -> ColumnCheck:
    """The check of a column whose text is named `t` and whose value is to be named `v`.

    Text that comes from typed cells may be in the engine's notation instead of the declared
    formats. Key columns are required. Dates after `as_of` are impossible. `others` are the names of
    the other values of the row. An area is stored as one of the spellings of `areas`; any other is
    unknown.
    """
    required = Code.MISSING_REQUIRED if column.meta.required or key else Code.SOUND
    nothing = f"{t} is null"
    if required and column.nobody:
        nothing += f" or {nobody(column, t)}"
    tests = [*_plain(column, as_of, t, v), f"when {nothing} then {required}"]
    tests += [*_unread(column, t, v, required), *_length(column, t), *_rounded(column, t)]
    tests += _controls(column, t) if reader.has_controls else []
    if column.meta.area and areas:
        tests.append(f"when {v} is null and {t} is not null then {Code.UNKNOWN_AREA}")
        unknown = f"case {' '.join(tests)} else 0 end"
        return ColumnCheck(areas.spelling(t), unknown, f"coalesce({v}, {t})", CODE_BITS)
    tests += [*_limits(column, as_of, v), *_ends(column, v, others)]
    trivial = len(tests) == 1 and not required
    code = None if trivial else f"case {' '.join(tests)} else 0 end"
    is_one = column.family == "string" and not (required or column.is_id or reader.has_controls)
    bits = 1 if is_one else CODE_BITS
    return ColumnCheck(_value(column, t, typed=reader.is_typed), code, _kept(column, v), bits)


def reasons_of(column: ColumnContract) -> dict[int, str]:
    """The reasons of a column by code."""
    reasons = {int(code): name for code, name in REASONS.items()}
    own = {TOO_LONG: "text_too_long", ROUNDED: "rounded_number", CONTROL: "control_character"}
    return reasons | own if column.family == "string" else reasons


def nobody(column: ColumnContract, value: str) -> str:
    """The condition that a text means no person, by the column's list and by its form."""
    words = "|".join(WITHIN.join(map(re.escape, text.split())) for text in column.nobody)
    among = f"({AROUND})?({words})({AROUND})?|{MARKS}" if words else MARKS
    bare = f"upper(trim({value}, ' \t\u00a0'))"
    return f"regexp_full_match({bare}, {literal(among)})"


def _plain(column: ColumnContract, as_of: date, t: str, v: str) -> list[str]:
    """The usual case first, which spares nearly every row the tests for the odd ones."""
    meta = column.meta
    if meta.formats or column.family not in DATED or meta.ends or meta.offset == "utc":
        return []
    first, after = _window(column, as_of)
    inside = f"{v} >= {column.family} '{first}' and {v} < {column.family} '{after}'"
    usual = f"strlen({t}) = 10"
    if column.family == "timestamp":
        # A text equal to what the engine would print for the value was read to its last character;
        # two texts are compared faster than one is parsed.
        usual = f"({v}::string = {t} or {_usual(t)})"
    return [f"when {usual} and {inside} then 0"]


def _usual(t: str) -> str:
    """A time of 19 characters with its colons in place has no room for anything else."""
    return (
        f"strlen({t}) = 19 and {t}[14] = ':' and {t}[17] = ':' and ascii({t}[19]) between 48 and 57"
        f" and {t}[12:13] <> '24'"
    )


def _window(column: ColumnContract, as_of: date) -> tuple[date, date]:
    """The first possible day, and the first day that is no longer possible."""
    if column.meta.no_end:
        return column.meta.not_before, NO_END
    return column.meta.not_before, (column.meta.not_after or as_of) + timedelta(days=1)


def _value(column: ColumnContract, t: str, *, typed: bool) -> str:
    meta, family = column.meta, column.family
    if family == "string":
        return t
    if meta.formats:
        value, cell = cell_or_text(column, t)
        if typed:
            value = f"coalesce({value}, {cell})"
    elif meta.offset == "utc":
        value = f"try_cast({t} as timestamptz) at time zone 'UTC'"
    else:
        value = f"try_cast({t} as {column.data_type})"
    if not meta.no_end:
        return value
    # A pattern and not `in`: the engine turns a long list into a join, and after a join rows no
    # longer have the order of the file, by which records are numbered.
    words = [word.strip().lower() for word in meta.no_end]
    pattern = literal("|".join(map(re.escape, words)))
    # Nearly every value begins with a digit; where no word does, such values need not be compared.
    digit = f"when ascii({t}) between 48 and 57 then {value} "
    dated = "" if any(word[:1].isdigit() for word in words) else digit
    return (
        f"case {dated}when regexp_full_match(lower(trim({t})), {pattern}) then date '{NO_END}'"
        f" else {value} end"
    )


def cell_or_text(column: ColumnContract, t: str) -> tuple[str, str]:
    """SQL for the value of a text by the formats, or of a typed cell; null if it is neither."""
    family = column.family
    shape = f"regexp_full_match({t}, '{WHOLLY[family]}')"
    return (
        f"cast(try_strptime({t}, {_listed(column.meta.formats)}) as {family})",
        f"case when {shape} then try_cast({t} as {family}) end",
    )


def _listed(formats: list[str]) -> str:
    return f"[{', '.join(literal(text) for text in formats)}]"


def _unread(column: ColumnContract, t: str, v: str, required: Code) -> list[str]:
    """When a value cannot be read; the engine reads more than a sender may have meant.

    Blanks alone are no value; that is checked only where none was read.
    """
    family = column.family
    if family == "string":
        return []
    wrong = int(Code.WRONG_TYPE)
    like = f"when regexp_matches({t}, '{DATE_LIKE}') then {Code.NO_SUCH_DATE}"
    fault = f"{like if family in DATED else ''} else {wrong} end"
    unread = f"when {v} is null then case when {is_blank(t)} then {required} {fault}"
    # The engine reads 1.5 as 2, 0x1F as 31 and 1_000 as 1000.
    whole = f"when {v}::string <> {t} and not regexp_full_match({t}, '{WHOLE}') then {wrong}"
    # Words such as epoch and infinity are dates to the engine.
    digit = f"when ascii(ltrim({t})) not between 48 and 57 then {wrong}"
    no_end = [f"when {v} = date '{NO_END}' then {Code.SOUND}"] if column.meta.no_end else []
    extra = {
        "integer": [whole],
        "bigint": [whole],
        "double": [
            f"when not isfinite({v}) or contains({t}, '_') then {wrong}",
            *_digits(column, t, v),
        ],
        "decimal": [f"when contains({t}, '_') then {wrong}", *_digits(column, t, v)],
        "date": [*no_end, digit, *_after(column, t), *_time_of_day(column, t, v)],
        "timestamp": [digit, *_after(column, t)],
        # The engine accepts the time 24:00, which no other reader does.
        "time": [
            digit,
            f"when not contains({t}, ':') or {v} >= time '24:00:00' then {wrong}",
            f"when regexp_matches({t}, '{SPAN_OF_DAYS}') then {wrong}",
            *_after(column, t),
        ],
    }
    return [*_other_order(column, t, v), unread, *extra.get(family, [])]


def _digits(column: ColumnContract, t: str, v: str) -> list[str]:
    """A number with more digits than its type holds, which the engine would round silently.

    Digits beyond those of a double are cut, as in every other program. A whole number that a double
    cannot hold would become another number, and a number too close to zero would become zero.
    """
    many = f"then {Code.TOO_MANY_DIGITS}"
    is_gone = f"({v} = 0 and regexp_matches({t}, '^[^eE]*[1-9]'))"
    if column.family == "double":
        return [f"when abs({v}) >= {EXACT_IN_DOUBLE} or {is_gone} {many}"]
    plain = rf"\s*[+-]?\d*(\.\d{{0,{column.decimals}}}0*)?\s*"
    scientific = f"regexp_full_match({t}, '{SCIENTIFIC}') and {v}::double = try_cast({t} as double)"
    # A program that computed 2587.04 writes it as 2587.0399999999995.
    figures = f"strlen(ltrim(translate({t}, '+-. ', ''), '0')) between 16 and 17"
    is_near = f"abs({v}::double - try_cast({t} as double)) <= {COMPUTED} * abs({v}::double)"
    noise = f"not contains(lower({t}), 'e') and {figures} and {is_near}"
    is_exact = f"{v}::string = {t} or regexp_full_match({t}, '{plain}')"
    is_exact += f" or ({scientific}) or ({noise})"
    return [f"when {is_gone} or not ({is_exact}) {many}"]


def _other_order(column: ColumnContract, t: str, v: str) -> list[str]:
    swapped = [other_order(text) for text in column.meta.formats if other_order(text) != text]
    if not swapped:
        return []
    fits = f"try_strptime({t}, {_listed(swapped)}) is not null"
    return [f"when {v} is null and {fits} then {Code.OTHER_ORDER}"]


def _length(column: ColumnContract, t: str) -> list[str]:
    """A text longer than any column holds is a sign of columns that ran into each other.

    Bytes are counted first, which costs nothing. What is not stored as text needs no limit.
    """
    if column.family != "string" or not column.is_kept or column.meta.allowed:
        return []
    longest = column.max_length
    return [f"when strlen({t}) > {longest} and length({t}) > {longest} then {TOO_LONG}"]


def _rounded(column: ColumnContract, t: str) -> list[str]:
    if not column.is_id or not column.is_kept:
        return []
    return [f"when contains({t}, '+') and regexp_full_match({t}, '{ROUNDED_LIKE}') then {ROUNDED}"]


def _controls(column: ColumnContract, t: str) -> list[str]:
    """NUL and similar: some systems end a text there, others skip it, so ids may differ or agree.

    Values not stored as text, such as codes and areas, are matched with known words anyway.
    """
    if column.family != "string" or not column.is_kept or column.meta.allowed or column.meta.area:
        return []
    signs = IN_ID if column.is_id else IN_TEXT
    return [f"when regexp_matches({t}, '{signs}') then {CONTROL}"]


def _time_of_day(column: ColumnContract, t: str, v: str) -> list[str]:
    if column.meta.formats:
        return []
    is_timed = f"strlen({t}) > 10 and try_cast({t} as timestamp) <> {v}::timestamp"
    return [f"when {is_timed} then {Code.WRONG_TYPE}"]


def _after(column: ColumnContract, t: str) -> list[str]:
    """What follows a date or a time: an offset that is not declared, or a word.

    An offset changes what the clock says: it is dropped or applied only where declared. Where it is
    to be applied, a time without one is of an unknown clock, and no time of UTC.
    """
    if column.meta.formats or column.family not in WHOLLY:
        return []
    shape, tests = WHOLLY[column.family], []
    if column.meta.offset or column.family == "date":
        shape += f"({OFFSET})?"
    else:
        offset = f"regexp_matches({t}, '{CLOCK}\\s*{OFFSET}$')"
        tests = [f"when not ({_usual(t)}) and {offset} then {Code.UNDECLARED_OFFSET}"]
    word = f"not regexp_full_match({t}, '{shape}')"
    if column.family in DATED:
        end_of_day = f"not ({_usual(t)}) and regexp_matches({t}, '{TWENTY_FOUR}')"
        tests.append(f"when {end_of_day} then {Code.NO_SUCH_DATE}")
        # The engine reads 24-05-01 as the year 24, and nothing says which of the three is the year.
        short = f"not ({_usual(t)}) and not regexp_matches({t}, '{YEAR_FIRST}')"
        tests.append(f"when {short} then {Code.NO_SUCH_DATE}")
    tests.append(f"when not ({_usual(t)}) and {word} then {Code.TEXT_AFTER_TIME}")
    if column.meta.offset == "utc":
        applied = f"regexp_matches({t}, '{CLOCK}\\s*{OFFSET}$')"
        tests.append(f"when not {applied} then {Code.MISSING_OFFSET}")
    return tests


def _limits(column: ColumnContract, as_of: date, v: str) -> list[str]:
    meta = column.meta
    tests = []
    if column.family in DATED:
        first, after = _window(column, as_of)
        outside = f"{v} < date '{first}' or {v} >= date '{after}'"
        tests.append(f"when {outside} then {Code.DATE_OUTSIDE_LIMITS}")
    if column.family in NUMBERS:
        if meta.min is not None:
            tests.append(f"when {v} < {meta.min!r} then {Code.BELOW_MINIMUM}")
        if meta.max is not None:
            tests.append(f"when {v} > {meta.max!r} then {Code.ABOVE_MAXIMUM}")
    return tests


def _ends(column: ColumnContract, v: str, others: Mapping[str, str]) -> list[str]:
    """A span that ends before it begins, unless it may end on the next day."""
    start = others.get(column.meta.ends or "")
    if start is None:
        return []
    before = f"{v} < {start}"
    if column.meta.next_day_hours:
        before += f" and not {next_day(column, v, start)}"
    return [f"when {before} then {Code.ENDS_BEFORE_START}"]


def next_day(column: ColumnContract, end: str, start: str) -> str:
    """The condition that a span written with one date ends on the next day, as the contract allows.

    It ends before it begins, on the same date, and is no longer than a shift can be.
    """
    hours = column.meta.next_day_hours
    return (
        f"({end} < {start} and {end}::date = {start}::date"
        f" and {end} + interval 1 day <= {start} + interval {hours} hour)"
    )


def _kept(column: ColumnContract, v: str) -> str:
    meta = column.meta
    if meta.allowed:
        kind = f"codes_{column.name}"
        unknown = f"case when {v} is not null then '{UNMAPPED}'::{kind} end"
        code = f"try_cast({v} as {kind})"
        if meta.codes:
            code += f", {found(v, f'words_{column.name}', _words(column).values())}::{kind}"
        return f"coalesce({code}, {unknown})"
    if meta.no_end:
        return f"case when {v} > date '{meta.not_after}' then date '{NO_END}' else {v} end"
    if meta.coarsen == "hour" and column.family == "time":
        return f"make_time(hour({v}), 0, 0)"
    coarse = {
        None: v,
        "year": f"date_trunc('year', {v})::{column.family}",
        "month": f"date_trunc('month', {v})::{column.family}",
        "hour": f"date_trunc('hour', {v})",
        "age_band": f"({v} - {v} % 10)::{column.family}",
        # The outward part of a postcode, or the first word of another code.
        "place_code": f"split_part(trim({v}), ' ', 1)",
    }
    return coarse[meta.coarsen]


def code_types(column: ColumnContract) -> Iterator[str]:
    """The statements that create the types of a column's codes and words, which `kept` uses."""
    if column.meta.allowed:
        yield enumeration(f"codes_{column.name}", [*column.meta.allowed, UNMAPPED])
    if column.meta.codes:
        yield enumeration(f"words_{column.name}", _words(column))


def _words(column: ColumnContract) -> dict[str, str]:
    """The code for each folded word, the code's own name included."""
    codes = column.meta.codes
    named = {folded(code): code for code in codes}
    return named | {folded(word): code for code, words in codes.items() for word in words}
