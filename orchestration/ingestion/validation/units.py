"""The unit of a length, recognised from the start and end of what it measures."""

import duckdb

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Refused
from orchestration.ingestion.validation.typed_table import TypedTable

# How many of each unit make a second. A length is taken to be in another unit when the median
# record is within a quarter of it; three records are the fewest that can show this for a column.
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

    Rows rejected for their length count too: most lengths in milliseconds exceed any limit, and the
    remaining ones would be loaded as hours.
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
