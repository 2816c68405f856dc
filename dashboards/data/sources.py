"""Where the figures of a programme come from: its delivered source tables."""

import polars as pl

from dashboards.data import lineage
from dashboards.data.choice import Choice


def of_programme(choice: Choice) -> pl.DataFrame:
    """Rows of `dim_source` of which the chosen programme delivered a file."""
    programme = choice.place["programme_id"]
    ours = choice.release.rows("fct_load_ledger", programme_id=programme)
    known = choice.release.rows("dim_source")
    if known.is_empty() or ours.is_empty():
        return known.clear()
    keys = ["source_name", "table_name"]
    return known.join(ours.select(keys).unique(), on=keys, how="semi").sort(keys)


def of_metric(choice: Choice, metric_id: str) -> pl.DataFrame:
    """Those of them that a metric is made from; all of them when the lineage is not known."""
    ours = of_programme(choice)
    steps = choice.release.rows("release_lineage")
    if ours.is_empty() or steps.is_empty():
        return ours
    above = lineage.above(steps, f"met_{metric_id}")["parent"].to_list()
    return ours.filter(pl.format("{}.{}", "source_name", "table_name").is_in(above))
