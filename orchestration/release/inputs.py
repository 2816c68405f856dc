"""What a release was made from: the delivered files of its programmes in order of arrival."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Input:
    """One delivered file as loaded into one table; `position` counts from 1 within the release."""

    position: int
    file_name: str
    file_hash: str
    programme_id: str
    source_name: str
    table_name: str
    as_of: str
    fate: str
    contract_version: int

    def as_dict(self) -> dict[str, Any]:
        """The input as the manifest writes it."""
        return asdict(self)


def read_inputs(ledger: Path, programmes: Sequence[str]) -> list[Input]:
    """Ledger rows of the programmes in order of arrival; empty when nothing was ever loaded.

    Arrival numbers are counted anew within the programmes, so that a release does not depend on
    what else was loaded in the same home.
    """
    files = sorted(ledger.glob("*.parquet"))
    if not files:
        return []
    order = ("arrival", "programme_id", "source_name", "table_name", "file_hash")
    names = {*order, *Input.__dataclass_fields__} - {"position"}
    rows = (
        pl.concat([pl.read_parquet(file, columns=sorted(names)) for file in files])
        .filter(pl.col("programme_id").is_in(list(programmes)))
        .with_columns(pl.col("as_of").cast(pl.String), pl.col("arrival").rank("dense"))
        .sort(order)
        .rename({"arrival": "position"})
    )
    return [Input(**row) for row in rows.to_dicts()]
