"""A design run with keys as a study says them."""

from typing import Any

import polars as pl

from orchestration.evaluation.catalogue import find_design
from orchestration.evaluation.core import Result


def run(design: str, table: pl.DataFrame, **said: Any) -> Result:
    """A result from keys as a study says them."""
    found = find_design(design)
    return found.run(found.keys.model_validate({"outcome": "Complaints", **said}), table)
