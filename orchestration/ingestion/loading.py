"""Loads a reading into memory as typed columns, each with a code that says what is wrong in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb

from orchestration.ingestion.checks import UNREAD, check_of, code_type
from orchestration.ingestion.contract import ColumnContract, TableContract
from orchestration.ingestion.formats.reading import Reading
from orchestration.ingestion.headers import Columns
from orchestration.ingestion.outcome import Refused

# A column is taken for retyped when most of its filled cells cannot be read: a few bad cells are
# bad records, and three is the fewest that can speak for a column.
RETYPED_SHARE = 0.5
RETYPED_FEWEST = 3


@dataclass(frozen=True)
class Loaded:
    """A loaded column: value in `v<at>`, reason code in `e<at>`; `header` is what a sender sees."""

    at: int
    contract: ColumnContract
    header: str
    is_wide: bool = False

    @property
    def value(self) -> str:
        """The name of the value in the table."""
        return f"v{self.at}"

    @property
    def code(self) -> str:
        """The name of the reason code in the table."""
        return f"e{self.at}"


@dataclass(frozen=True)
class Table:
    """The loaded table `loaded`: its columns, and those that have a reason code."""

    columns: list[Loaded]
    checked: list[Loaded] = field(default_factory=list)

    @property
    def kept(self) -> list[Loaded]:
        """The columns that reach raw."""
        return [column for column in self.columns if column.contract.is_kept]

    def named(self, name: str) -> Loaded | None:
        """The loaded column of a declared name; None when the file does not have it."""
        return next((c for c in self.columns if c.contract.name == name and not c.is_wide), None)


def load_table(
    con: duckdb.DuckDBPyConnection,
    reading: Reading,
    contract: TableContract,
    columns: Columns,
    as_of: date,
) -> Table:
    """Create the table `loaded`, one row per record the reader yields, in the order of the file.

    Raises Refused when a column cannot be of its declared type at all.
    """
    table = _table(contract, columns)
    _refuse_other_types(reading, table)
    loading, checked = _statement(reading, contract, columns, table, as_of)
    for statement in filter(None, (code_type(column) for column in contract.kept)):
        con.execute(statement)
    con.execute(loading)
    _refuse_retyped(con, checked)
    return replace(table, checked=checked)


def _statement(
    reading: Reading, contract: TableContract, columns: Columns, table: Table, as_of: date
) -> tuple[str, list[Loaded]]:
    """What loads the table, and the columns that can be at fault."""
    read: list[str] = []
    typed: list[str] = []
    stored: list[str] = []
    checked: list[Loaded] = []
    for column in table.columns:
        t, v = f"t{column.at}", f"w{column.at}"
        is_key = column.contract.name in contract.key
        check = check_of(column.contract, as_of, key=is_key, typed=reading.is_typed, t=t, v=v)
        read.append(f"c{_place(column, columns)} as {t}")
        typed.append(f"{check.value} as {v}")
        if check.code is not None:
            checked.append(column)
            stored.append(f"{check.code}::utinyint as {column.code}")
        if column.contract.is_kept:
            stored.append(f"{check.kept} as {column.value}")
    statement = (
        f"create table loaded as select {', '.join(stored)} from (select *, {', '.join(typed)}"
        f" from (select {', '.join(read)} from ({reading.query})))"
    )
    return statement, checked


def _refuse_other_types(reading: Reading, table: Table) -> None:
    """Refuse typed columns whose type cannot hold the declared one, whatever their values."""
    for column in table.columns:
        families = reading.families.get(column.header)
        if families is not None and column.contract.family not in families:
            raise Refused(
                f"{column.header} was delivered as another type, which cannot hold"
                f" {column.contract.data_type}."
            )


def _refuse_retyped(con: duckdb.DuckDBPyConnection, columns: list[Loaded]) -> None:
    checked = [column for column in columns if column.contract.family != "string"]
    suspects = []
    for column, unread in zip(checked, _counts(con, map(_unread, checked)), strict=True):
        if unread >= RETYPED_FEWEST:
            suspects.append((column, unread))
    filled = _counts(con, (f"{column.code} > 0 or {_filled(column)}" for column, _ in suspects))
    for (column, unread), count in zip(suspects, filled, strict=True):
        if unread > RETYPED_SHARE * count:
            raise Refused(
                f"{column.header} cannot be read as {_expected(column.contract)} in {unread} of"
                f" {count} records: it was delivered as another type or in another format."
            )


def _counts(con: duckdb.DuckDBPyConnection, conditions: Iterable[str]) -> tuple[int, ...]:
    """How many rows meet each condition, in one pass."""
    counts = [f"count(*) filter (where {condition})" for condition in conditions]
    if not counts:
        return ()
    found: tuple[int, ...] = con.sql(f"select {', '.join(counts)} from loaded").fetchall()[0]
    return found


def _unread(column: Loaded) -> str:
    return f"{column.code} between 1 and {UNREAD}"


def _filled(column: Loaded) -> str:
    return f"{column.value} is not null" if column.contract.is_kept else "false"


def _expected(column: ColumnContract) -> str:
    formats = " or ".join(column.meta.formats)
    return f"{column.data_type} ({formats})" if formats else column.data_type


def _table(contract: TableContract, columns: Columns) -> Table:
    declared = [c for c in contract.delivered if c.name in columns.places]
    loaded = [Loaded(at, column, column.header) for at, column in enumerate(declared)]
    if contract.meta.unpivot:
        value = contract.column(contract.meta.unpivot.value_to)
        start = len(loaded)
        loaded += [
            Loaded(start + at, value, name, is_wide=True) for at, name in enumerate(columns.wide)
        ]
    return Table(loaded)


def _place(column: Loaded, columns: Columns) -> int:
    return columns.wide[column.header] if column.is_wide else columns.places[column.contract.name]
