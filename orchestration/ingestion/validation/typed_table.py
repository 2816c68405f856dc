"""A delivered file in memory as typed columns, matched to the declared ones by their headers.

Codes in the table say what is wrong with a value; a missing or renamed column refuses the file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from itertools import groupby
from typing import NamedTuple

import duckdb

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Refused, printable
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.validation.column_checks import check_of, code_types
from orchestration.ingestion.validation.words import (
    AreaNames,
    bare_id,
    create_area_names,
    given,
    is_blank,
)

# Headers this similar are probably one column under two names.
ALIKE = 0.5
# Reason codes take one bit or four, and many of them share one integer: a column for each would
# take more memory than the values themselves.
WORD_BITS = 64
MANY_COLUMNS = 50
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}


@dataclass(frozen=True)
class MatchedColumns:
    """Declared columns by position in the file; `wide` are those that an unpivot turns into rows.

    `added` are headers that the contract does not declare, made printable, by position from 1.
    """

    places: dict[str, int]
    wide: dict[str, int]
    added: dict[int, str]


def match_columns(headers: Sequence[str], contract: TableContract, today: date) -> MatchedColumns:
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
    added = {at: printable(name) for at, name in enumerate(headers, 1) if at - 1 not in claimed}
    if missing and not places:
        raise Refused(_no_header(missing, contract, headers))
    if missing:
        guesses = {
            column.name: _renamed(column, added, alone=len(missing) == 1) for column in missing
        }
        raise Refused(
            _missing(missing, guesses, added, contract, today), _kept_missing(missing, guesses)
        )
    if contract.meta.unpivot and not wide:
        raise Refused("None of the columns that the contract turns into rows is there.")
    return MatchedColumns(places, wide, added)


def _only_place(headers: Sequence[str], name: str) -> int:
    if headers.count(name) > 1:
        raise Refused(f"The column {printable(name)} stands twice in the file.")
    return headers.index(name)


def _wide(headers: Sequence[str], contract: TableContract) -> dict[str, int]:
    unpivot = contract.meta.unpivot
    if unpivot is None:
        return {}
    pattern = re.compile(unpivot.columns)
    return {
        name: _only_place(headers, name) for name in headers if pattern.fullmatch(name) is not None
    }


def _no_header(
    missing: list[ColumnContract], contract: TableContract, headers: Sequence[str]
) -> str:
    """The sentence of a refusal where no line is a header: it quotes nothing of the file."""
    names = ", ".join(column.header for column in missing)
    said = (
        f"None of the columns of {contract.label} is there ({names}): is the first line the"
        " header, and are separator and encoding as the contract states?"
    )
    for sign, word in SEPARATORS.items():
        if len(headers) == 1 and any(
            name.join((sign, sign)) in f"{sign}{headers[0]}{sign}"
            for column in missing
            for name in column.headers
        ):
            said += f" Its first line is separated by {word}."
    return said


def _missing(
    missing: list[ColumnContract],
    guesses: dict[str, int | None],
    added: dict[int, str],
    contract: TableContract,
    today: date,
) -> str:
    """The sentence of a refusal, with the headers of the file that may be the missing column."""
    sentences = [f"Missing columns: {', '.join(column.header for column in missing)}."]
    for column in missing:
        place = guesses[column.name]
        if place is not None:
            guess = added[place]
            line = column.alias_line(guess, today)
            sentences.append(
                f"The header {guess} of the file fits no column and is nearest to {column.header},"
                f" the header of {column.name}. If the contract of {contract.label} misspells it,"
                f" mend `header`. If {column.header} is now called {guess}, add this line to the"
                f" meta of {column.name}: {line}"
            )
    return " ".join(sentences)


def _kept_missing(missing: list[ColumnContract], guesses: dict[str, int | None]) -> str:
    """The same without headers that the contract does not know: one may be a person's name."""
    sentences = [f"Missing columns: {', '.join(column.header for column in missing)}."]
    sentences += [
        f"Column {place} of the file is nearest to {column.header}: `bodyworn check` shows its"
        " header, and the line to add to the contract."
        for column in missing
        if (place := guesses[column.name]) is not None
    ]
    return " ".join(sentences)


def _renamed(column: ColumnContract, added: dict[int, str], *, alone: bool) -> int | None:
    """The position of the header that may be the column's under another name."""
    if alone and len(added) == 1:
        return next(iter(added))
    places = {name.casefold(): place for place, name in added.items()}
    for name in column.headers:
        close = get_close_matches(name.casefold(), places, n=1, cutoff=ALIKE)
        if close:
            return places[close[0]]
    return None


class CodePlace(NamedTuple):
    """Where a reason code is stored: in which integer, after how many bits, and in how many."""

    word: int
    shift: int
    bits: int

    @property
    def code(self) -> str:
        """The code as SQL over the table; 0 means none."""
        return f"((codes{self.word} >> {self.shift}) & {2**self.bits - 1})"


@dataclass(frozen=True)
class TypedColumn:
    """A typed column, its value in `v<at>`; `header` is what a sender sees.

    `place` is where its reason code is stored; None where it has none. `dropped` is the name of the
    text of a column that is not kept, None where nobody has to be recognised by it.
    """

    at: int
    contract: ColumnContract
    header: str
    is_wide: bool = False
    place: CodePlace | None = None
    dropped: str | None = None

    @property
    def value(self) -> str:
        """The name of the value in the table."""
        return f"v{self.at}"

    @property
    def code(self) -> str:
        """The reason code as SQL over the table; 0 means none."""
        return "0" if self.place is None else self.place.code


@dataclass(frozen=True)
class TypedTable:
    """The table `typed`: its columns, and the integers in which their reason codes are stored.

    `nothing` is where a code says that a row has no value at all, as below the end of a sheet.
    """

    columns: list[TypedColumn]
    words: list[str] = field(default_factory=list)
    nothing: CodePlace = field(default=CodePlace(word=0, shift=0, bits=1))

    @property
    def checked(self) -> list[TypedColumn]:
        """The columns that can be at fault."""
        return [column for column in self.columns if column.place is not None]

    @property
    def sound(self) -> str:
        """The condition of a row without a fault."""
        return " and ".join(f"{word} = 0" for word in self.words) or "true"

    @property
    def empty(self) -> str:
        """The condition of a row without any value; it is not sound either."""
        return f"{self.nothing.code} = 1"

    @property
    def kept(self) -> list[TypedColumn]:
        """The columns that reach raw."""
        return [column for column in self.columns if column.contract.is_kept]

    @property
    def values(self) -> list[str]:
        """The names of the values that reach raw."""
        return [column.value for column in self.kept]

    def named(self, name: str) -> TypedColumn | None:
        """The column of a declared name; None when the file does not have it."""
        return next((c for c in self.columns if c.contract.name == name and not c.is_wide), None)


def create_typed_table(
    con: duckdb.DuckDBPyConnection,
    reader: FileReader,
    contract: TableContract,
    columns: MatchedColumns,
    as_of: date,
    areas: Sequence[str] = (),
    *,
    with_dropped: bool = False,
) -> TypedTable:
    """Create the table `typed`, one row per record the reader yields, in the order of the file.

    It holds texts of columns that are not kept only `with_dropped`, to recognise people by them.
    Raises Refused when a typed column was delivered as a type that cannot hold the declared one.
    """
    delivered = _table(contract, columns)
    _refuse_other_types(reader, delivered)
    names = create_area_names(con, areas) if any(c.meta.area for c in contract.kept) else None
    statement, table = _statement(reader, contract, columns, delivered, as_of, names)
    if with_dropped:
        statement, table = _with_dropped(statement, table)
    for column in contract.kept:
        for created in code_types(column):
            con.execute(created)
    con.execute(statement)
    return table


def _statement(
    reader: FileReader,
    contract: TableContract,
    columns: MatchedColumns,
    table: TypedTable,
    as_of: date,
    areas: AreaNames | None,
) -> tuple[str, TypedTable]:
    """The statement that creates the table, and the table with the places of its codes."""
    read: list[str] = []
    typed: list[str] = []
    stored: list[str] = []
    codes: list[tuple[CodePlace, str]] = []
    placed: list[TypedColumn] = []
    others = {column.contract.name: f"w{column.at}" for column in table.columns}
    for column in table.columns:
        t, v = f"t{column.at}", f"w{column.at}"
        is_key = column.contract.name in contract.key
        check = check_of(
            column.contract,
            as_of,
            reader,
            key=is_key,
            t=t,
            v=v,
            others=others,
            areas=areas,
        )
        text = f"c{_place(column, columns)}"
        if column.contract.is_id:
            text = bare_id(text, is_plain=reader.is_ascii and not reader.has_controls)
        elif column.contract.family == "string":
            text = given(text)
        read.append(f"{text} as {t}")
        typed.append(f"{check.value} as {v}")
        if check.code is not None:
            codes.append((_next_place([place for place, _ in codes], check.bits), check.code))
        placed.append(column if check.code is None else replace(column, place=codes[-1][0]))
        if column.contract.is_kept:
            stored.append(f"{check.kept} as {column.value}")
    is_empty = _is_empty(table)
    nothing = _next_place([place for place, _ in codes], 1)
    codes.append((nothing, f"({is_empty})"))
    read.append(f"{_no_more(columns)} as no_more")
    words = _words(codes)
    stored += [f"{word} as codes{at}" for at, word in enumerate(words)]
    statement = (
        f"create table typed as select {', '.join(stored)} from (select *, {', '.join(typed)}"
        f" from (select {', '.join(read)} from ({reader.query})))"
    )
    return statement, TypedTable(placed, [f"codes{at}" for at in range(len(words))], nothing)


def _with_dropped(statement: str, table: TypedTable) -> tuple[str, TypedTable]:
    """The statement that creates the table with the texts of columns that are not kept."""
    columns = [
        replace(column, dropped=f"d{column.at}")
        if not column.contract.is_kept and column.contract.family == "string"
        else column
        for column in table.columns
    ]
    texts = [f"t{column.at} as {column.dropped}" for column in columns if column.dropped]
    start = "create table typed as select "
    more = "".join(f"{text}, " for text in texts)
    return start + more + statement.removeprefix(start), replace(table, columns=columns)


def _is_empty(table: TypedTable) -> str:
    """SQL for whether a row has no value; blank texts are null already, and are tested first."""
    texts = [column for column in table.columns if column.contract.family == "string"]
    others = [column for column in table.columns if column not in texts]
    first = [f"t{column.at} is null" for column in texts] + [f"w{c.at} is null" for c in others]
    blank = [f"coalesce({is_blank(f't{column.at}')}, true)" for column in others]
    return (
        f"case when {' and '.join(first)} then {' and '.join([*blank, 'no_more'])} else false end"
    )


def _no_more(columns: MatchedColumns) -> str:
    """SQL for whether the undeclared columns are empty too.

    Where there are very many, they are not tested, and no row counts as empty.
    """
    if len(columns.added) > MANY_COLUMNS:
        return "false"
    others = [f"{given(f'c{place - 1}')} is null" for place in columns.added]
    return f"({' and '.join(others)})" if others else "true"


def _next_place(taken: list[CodePlace], bits: int) -> CodePlace:
    """The place after the last code, or in a new integer where that one is full."""
    if not taken:
        return CodePlace(0, 0, bits)
    word, shift = taken[-1].word, taken[-1].shift + taken[-1].bits
    return (
        CodePlace(word, shift, bits) if shift + bits <= WORD_BITS else CodePlace(word + 1, 0, bits)
    )


def _words(codes: list[tuple[CodePlace, str]]) -> list[str]:
    """Codes as few integers, each as narrow as its last code allows."""
    words = []
    for _, batch in groupby(codes, key=lambda each: each[0].word):
        placed = list(batch)
        last = placed[-1][0]
        kind = "uinteger" if last.shift + last.bits <= WORD_BITS // 2 else "ubigint"
        words.append(" | ".join(f"({code}::{kind} << {place.shift})" for place, code in placed))
    return words


def _refuse_other_types(reader: FileReader, table: TypedTable) -> None:
    """Refuse typed columns whose type cannot hold the declared one, whatever their values."""
    for column in table.columns:
        families = reader.families.get(column.header)
        if families is not None and column.contract.family not in families:
            raise Refused(
                f"{column.header} was delivered as another type, which cannot hold"
                f" {column.contract.data_type}."
            )


def _table(contract: TableContract, columns: MatchedColumns) -> TypedTable:
    declared = [c for c in contract.delivered if c.name in columns.places]
    typed = [TypedColumn(at, column, column.header) for at, column in enumerate(declared)]
    if contract.meta.unpivot:
        value = contract.column(contract.meta.unpivot.value_to)
        start = len(typed)
        typed += [
            TypedColumn(start + at, value, name, is_wide=True)
            for at, name in enumerate(columns.wide)
        ]
    return TypedTable(typed)


def _place(column: TypedColumn, columns: MatchedColumns) -> int:
    return columns.wide[column.header] if column.is_wide else columns.places[column.contract.name]
