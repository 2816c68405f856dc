"""The panel of a staged roll-out; what a study must not do is refused before a fit."""

import polars as pl

from orchestration.evaluation.columns import table_of
from orchestration.evaluation.dated import refuse_by_periods
from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.rollout.keys import StagedKeys
from orchestration.evaluation.rollout.panel import Panel, panel_of, refuse_without_comparison

QUARTER = 3


def readied(keys: StagedKeys, table: pl.DataFrame | None) -> tuple[Panel, tuple[str, ...]]:
    """The panel and what is to be noted of it.

    Raises Refusal for whatever is no panel, counts below nought, treatment without comparison, a
    break not opted into, and an outcome that has not matured.
    """
    rows = table_of(table)
    if keys.quarters:
        rows, keys = by_quarter(keys, rows), keys.model_copy(update={"first_is": "day"})
    more = (*keys.covariates, *keys.placebo_counts, *((keys.dose,) if keys.dose else ()))
    panel = panel_of(keys, rows, keys.count, keys.exposure, more)
    if (panel.counts < 0).any():
        raise Refusal(f"column {keys.count!r} has counts below nought")
    if not panel.counts.any():
        raise Refusal(f"column {keys.count!r}: all counts are nought; nothing can be estimated")
    refuse_without_comparison(panel)
    first, ended = panel.calendar.label(0), panel.calendar.label(panel.calendar.count)
    return panel, refuse_by_periods(keys, first, ended, keys.period)


def by_quarter(keys: StagedKeys, rows: pl.DataFrame) -> pl.DataFrame:
    """Months added up to whole quarters; covariates and dose are averaged.

    Raises Refusal where periods are no months, or months do not fill their quarters.
    """
    if rows.schema.get(keys.period) not in {pl.Date, pl.Datetime}:
        raise Refusal(f"column {keys.period!r} holds no dates: months are needed for quarters")
    summed = [keys.count, *keys.placebo_counts, *((keys.exposure,) if keys.exposure else ())]
    averaged = [*keys.covariates, *((keys.dose,) if keys.dose else ())]
    period = pl.col(keys.period).dt.truncate("1q")
    found = rows.group_by(keys.unit, keys.first, period).agg(
        pl.len().alias("months in it"), pl.col(summed).sum(), pl.col(averaged).mean()
    )
    if (found["months in it"] != QUARTER).any():
        raise Refusal("the months do not fill whole quarters: begin and end the table with one")
    return found
