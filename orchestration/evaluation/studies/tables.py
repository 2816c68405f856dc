"""The table of a study, from a file of CSV or Parquet."""

from pathlib import Path

import polars as pl

from orchestration.evaluation.frame import Refusal

READERS = {".csv", ".parquet"}


def read_table(path: Path) -> pl.DataFrame:
    """A whole table, its types inferred from all its rows; raises Refusal when it cannot be read.

    Only an empty cell is missing: `NA` is a label as good as any, and some areas bear it.
    """
    if path.suffix.lower() not in READERS:
        raise Refusal(f"{path.name}: a table is a .csv or a .parquet file")
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema_length=None, try_parse_dates=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Refusal(f"{path.name} cannot be read as a table: {error}") from error
