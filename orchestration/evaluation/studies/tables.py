"""The table of a study, from a file of CSV or Parquet."""

from io import BytesIO
from pathlib import Path

import polars as pl

from orchestration.evaluation.frame import Refusal

READERS = {".csv", ".parquet"}


def read_table(path: Path) -> pl.DataFrame:
    """A whole table of a file; raises Refusal when it cannot be read."""
    return table_from(path, path.name)


def table_from(source: Path | BytesIO, name: str) -> pl.DataFrame:
    """A whole table, its types inferred from all its rows; raises Refusal when it cannot be read.

    The end of `name` says which kind it is. Only an empty cell is missing: `NA` is a label as good
    as any, and some areas bear it.
    """
    kind = Path(name).suffix.lower()
    if kind not in READERS:
        raise Refusal(f"{name}: a table is a .csv or a .parquet file")
    try:
        if kind == ".parquet":
            return pl.read_parquet(source)
        return pl.read_csv(source, infer_schema_length=None, try_parse_dates=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Refusal(f"{name} cannot be read as a table: {error}") from error
