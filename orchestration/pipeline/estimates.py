"""Takes trial officers out of the closed warehouse, evaluates them, writes the estimates."""

import duckdb

from orchestration import paths
from orchestration.evaluation.evaluate import evaluate


def write_estimates() -> int:
    """Write `derived/evaluation/estimates.parquet`, whole or not at all; returns its rows."""
    with duckdb.connect(paths.warehouse(), read_only=True) as con:
        officers = con.sql("select * from fct_trial_officers order by all").pl()
    found = evaluate(officers)
    folder = paths.derived() / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / ".estimates.partial"
    found.write_parquet(partial)
    partial.replace(folder / "estimates.parquet")
    return found.height
