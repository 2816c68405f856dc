"""The checks of one column as SQL: text in, a typed value and a reason code out."""

from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.ingestion.contracts.column import DATED, NUMBERS, ColumnContract
from orchestration.storage.sql import literal

# Reason codes by number; 0 is none. The first three say that a value could not be read at all,
# which decides whether the column was delivered as another type.
REASONS = (
    "",
    "wrong_type",
    "impossible_date",
    "undeclared_offset",
    "missing_required",
    "impossible_date",
    "below_minimum",
    "above_maximum",
)
UNREAD = 3
# A text can always be read, so that the first code is free to say that it is too long.
TOO_LONG = 1
CODE_BITS = 3
UNMAPPED = "unmapped"
WHOLE = r"\s*[+-]?\d+(\.0*)?\s*"
DATE_LIKE = r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
OFFSET = r"(Z|z|[+-]\d{2}(:?\d{2})?|[A-Za-z_]+/[A-Za-z_/]+)\s*$"


@dataclass(frozen=True)
class ColumnCheck:
    """One column's SQL: how its text is read, what is wrong with it, and what is stored of it.

    `code` is None where nothing can be wrong; it fits into `bits`.
    """

    value: str
    code: str | None
    kept: str
    bits: int = CODE_BITS


def check_of(
    column: ColumnContract, as_of: date, *, key: bool, typed: bool, t: str, v: str
) -> ColumnCheck:
    """The check of a column whose text is named `t` and whose value is to be named `v`.

    `typed` text may stand in the engine's notation instead of the declared formats. Key columns are
    required. Dates after `as_of` are impossible.
    """
    required = 4 if column.meta.required or key else 0
    tests = [*_plain(column, as_of, t, v), f"when {t} is null then {required}"]
    tests += [*_unread(column, t, v), *_length(column, t), *_limits(column, as_of, v)]
    trivial = len(tests) == 1 and not required
    code = None if trivial else f"case {' '.join(tests)} else 0 end"
    bits = 1 if column.family == "string" and not required else CODE_BITS
    return ColumnCheck(_value(column, t, typed=typed), code, _kept(column, v), bits)


def reasons_of(column: ColumnContract) -> dict[int, str]:
    """The reasons of a column by their code."""
    reasons = dict(enumerate(REASONS))
    return reasons | {TOO_LONG: "text_too_long"} if column.family == "string" else reasons


def _plain(column: ColumnContract, as_of: date, t: str, v: str) -> list[str]:
    """The usual case first, which spares nearly every row the tests for the odd ones.

    A time whose seconds are not zero and that fills 19 characters has no room for an offset.
    """
    if column.meta.formats or column.family not in DATED:
        return []
    first, after = _window(column, as_of)
    inside = f"{v} >= {column.family} '{first}' and {v} < {column.family} '{after}'"
    whole = f"strlen({t}) = 19 and second({v}) <> 0"
    usual = whole if column.family == "timestamp" else f"strlen({t}) = 10"
    return [f"when {usual} and {inside} then 0"]


def _window(column: ColumnContract, as_of: date) -> tuple[date, date]:
    """The first day that is possible and the first that is not any more."""
    return column.meta.not_before, (column.meta.not_after or as_of) + timedelta(days=1)


def _value(column: ColumnContract, t: str, *, typed: bool) -> str:
    meta, family = column.meta, column.family
    if family == "string":
        return t
    if meta.formats:
        formats = ", ".join(literal(text) for text in meta.formats)
        stated = f"cast(try_strptime({t}, [{formats}]) as {family})"
        return f"coalesce({stated}, try_cast({t} as {family}))" if typed else stated
    if meta.offset == "utc":
        return f"try_cast({t} as timestamptz) at time zone 'UTC'"
    return f"try_cast({t} as {column.data_type})"


def _unread(column: ColumnContract, t: str, v: str) -> list[str]:
    """When a value cannot be read; the engine reads more than a sender may have meant."""
    family = column.family
    if family == "string":
        return []
    like = f"case when regexp_matches({t}, '{DATE_LIKE}') then 2 else 1 end"
    unread = f"when {v} is null then {like if family in DATED else 1}"
    # Reads 1.5 as 2, 0x1F as 31 and 1_000 as 1000.
    whole = f"when {v}::string <> {t} and not regexp_full_match({t}, '{WHOLE}') then 1"
    # Words such as epoch and infinity are dates to the engine.
    digit = f"when ascii(ltrim({t})) not between 48 and 57 then 1"
    extra = {
        "integer": [whole],
        "bigint": [whole],
        "double": [f"when not isfinite({v}) or contains({t}, '_') then 1"],
        "decimal": [f"when contains({t}, '_') then 1"],
        "date": [digit, *_time_of_day(column, t, v)],
        "timestamp": [digit, *_offset(column, t)],
        "time": [digit, f"when not contains({t}, ':') then 1"],
    }
    return [unread, *extra.get(family, [])]


def _length(column: ColumnContract, t: str) -> list[str]:
    """A text that no column holds is a sign of columns that ran into each other.

    Bytes are counted first, which costs nothing. What is not stored as text needs no limit.
    """
    if column.family != "string" or not column.is_kept or column.meta.allowed:
        return []
    longest = column.max_length
    return [f"when strlen({t}) > {longest} and length({t}) > {longest} then {TOO_LONG}"]


def _time_of_day(column: ColumnContract, t: str, v: str) -> list[str]:
    if column.meta.formats:
        return []
    return [f"when strlen({t}) > 10 and try_cast({t} as timestamp) <> {v}::timestamp then 1"]


def _offset(column: ColumnContract, t: str) -> list[str]:
    """An offset changes what the clock says: it is dropped or applied only where declared."""
    if column.meta.formats or column.meta.offset:
        return []
    usual = f"strlen({t}) = 19 and {t}[17] = ':'"
    return [f"when not ({usual}) and regexp_matches(substr({t}, 11), '{OFFSET}') then 3"]


def _limits(column: ColumnContract, as_of: date, v: str) -> list[str]:
    meta = column.meta
    tests = []
    if column.family in DATED:
        first, after = _window(column, as_of)
        tests.append(f"when {v} < date '{first}' or {v} >= date '{after}' then 5")
    if column.family in NUMBERS:
        tests += [f"when {v} < {meta.min!r} then 6"] if meta.min is not None else []
        tests += [f"when {v} > {meta.max!r} then 7"] if meta.max is not None else []
    return tests


def _kept(column: ColumnContract, v: str) -> str:
    meta = column.meta
    if meta.allowed:
        kind = f"codes_{column.name}"
        unknown = f"case when {v} is not null then '{UNMAPPED}'::{kind} end"
        return f"coalesce(try_cast({v} as {kind}), {unknown})"
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


def code_type(column: ColumnContract) -> str | None:
    """The statement that creates the type of a column's codes, which `kept` uses; None without."""
    if not column.meta.allowed:
        return None
    codes = ", ".join(literal(code) for code in dict.fromkeys([*column.meta.allowed, UNMAPPED]))
    return f"create type codes_{column.name} as enum ({codes})"
