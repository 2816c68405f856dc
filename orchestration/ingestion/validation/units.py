"""The unit of a length, told from the start and end it lies between."""

import duckdb

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Refused
from orchestration.ingestion.validation.typed_table import TypedTable

# How many of each unit a second is. A length is taken for another unit when the record in the
# middle is within a quarter of it, and three records are the fewest that can speak for a column.
UNITS = {
    "microseconds": 1_000_000.0,
    "milliseconds": 1_000.0,
    "minutes": 1 / 60,
    "hours": 1 / 3_600,
}
NEAR = 1.25
FEWEST = 3


def refuse_other_units(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract
) -> None:
    """Raise Refused where lengths in seconds are a thousand times, or a sixtieth of, their spans.

    Rows that are rejected for their length count too: most of a file in milliseconds lies above any
    limit, and the rest would be loaded as hours.
    """
    for column in contract.kept:
        named = [table.named(name) for name in (column.name, *(column.meta.length_of or ()))]
        if column.meta.length_of is None or None in named:
            continue
        length, start, end = (each for each in named if each is not None)
        span = f"(epoch({end.value}) - epoch({start.value}))"
        ratio, count = con.sql(
            f"select median({length.value} / {span}), count(*) from typed"
            f" where {length.value} > 0 and {span} > 0"
        ).fetchall()[0]
        unit = next(
            (
                name
                for name, size in UNITS.items()
                if count >= FEWEST and size / NEAR <= ratio <= size * NEAR
            ),
            None,
        )
        if unit:
            raise Refused(
                f"{length.header} holds {unit} and not seconds: in the middle record it is"
                f" {ratio:,.4g} times the seconds from {start.header} to {end.header}. Deliver it"
                " in seconds."
            )
