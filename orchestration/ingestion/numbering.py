"""From a row of the loaded table to the number its record has in the delivered file."""

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import PythonUDFType

from orchestration.ingestion.formats.quotes import Integers


class Numbering:
    """Numbers records from 1, counting those that have no row: blank, isolated or rejected."""

    def __init__(self, without_row: Integers) -> None:
        self.is_plain = len(without_row) == 0
        # Before how many rows (from 1) each absent record stands.
        self._thresholds = without_row - np.arange(len(without_row))

    def __call__(self, rows: Integers) -> Integers:
        """Record numbers of rows counted from 0."""
        ordinals = rows + 1
        return ordinals + np.searchsorted(self._thresholds, ordinals, side="right")

    def expression(self, con: duckdb.DuckDBPyConnection) -> str:
        """The number as SQL over `row`; a vectorised function where some records have no row."""
        if self.is_plain:
            return "row + 1"
        con.create_function(
            "record_number_of", self._of_arrow, ["bigint"], "bigint", type=PythonUDFType.ARROW
        )
        return "record_number_of(row)"

    def _of_arrow(self, rows: pa.ChunkedArray) -> pa.Array:
        return pa.array(self(rows.to_numpy()))
