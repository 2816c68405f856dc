"""A table with one row per period, read as a series in order of time, and checks of its fit."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers, numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.data_maturity import Break, DatedKeys, refuse_by_periods
from orchestration.evaluation.staged_adoption.panel import MONTHS, Calendar, calendar_of


class SeriesKeys(DatedKeys):
    """Columns of a table with one row per period.

    `after` is a column of 0 and 1. `harmonics` pairs of sine and cosine with `season` periods a
    year follow the season. `left_out` marks periods of the roll-out itself. `slope` lets the trend
    change too. `data_cut` says how far a series of dated periods is known.
    """

    outcome: str
    count: str
    period: str
    after: str
    exposure: str | None = None
    left_out: str | None = None
    harmonics: int = 0
    season: int = 12
    slope: bool = False


@dataclass(frozen=True)
class Series:
    """The series in order of time, periods left out taken away."""

    count: Numbers
    exposure: Numbers
    after: Numbers
    time: Numbers
    calendar: Calendar


def series_of(keys: SeriesKeys, table: pl.DataFrame) -> tuple[Series, tuple[str, ...]]:
    """The series, and what to note of breaks; raises Refusal where the table is none."""
    calendar, places = calendar_of(table[keys.period])
    order = np.argsort(places, kind="stable")
    if len(places) != calendar.count or (places[order] != np.arange(calendar.count)).any():
        raise Refusal(
            f"column {keys.period!r}: every period once, none missing; {calendar.count} fit "
            f"between the first and the last and the table has {len(places)} rows"
        )
    count = numbers(table, keys.count, least=0)[order]
    after = numbers(table, keys.after)[order]
    if not np.isin(after, (0, 1)).all() or (np.diff(after) < 0).any():
        raise Refusal(f"column {keys.after!r}: 0 before, 1 after, and never back to 0")
    if len(set(after.tolist())) == 1:
        raise Refusal(f"column {keys.after!r} holds one side alone: nothing to hold it against")
    exposure = numbers(table, keys.exposure, above=0)[order] if keys.exposure else count * 0 + 1
    kept = np.ones(len(count), dtype=bool)
    if keys.left_out:
        kept = numbers(table, keys.left_out)[order] == 0
    for side in (0, 1):
        if not count[kept & (after == side)].any():
            raise Refusal("all counts of one side are nought: no ratio can be given")
    span = calendar.label(0), calendar.label(calendar.count)
    notes = refuse_by_periods(keys, *span, keys.period)
    time = np.arange(1.0, len(count) + 1)
    return Series(count[kept], exposure[kept], after[kept], time[kept], calendar), notes


def settled(found: Any) -> None:
    """Raises Refusal when a model of statsmodels did not converge."""
    if not found.converged:
        raise Refusal("the model did not converge: too few events for so many terms")


def months_to_a_change(breaks: tuple[Break, ...], calendar: Calendar, start: int) -> int | None:
    """Months (or numbered periods) from the start to the nearest break; None where none is known.

    Breaks count that lie beyond the table, too. Raises Refusal where one side is dated and the
    other is not.
    """
    begun = calendar.label(start)
    for each in breaks:
        if isinstance(each.at, date) != calendar.is_dated:
            raise Refusal(f"break {each.at}: dates and numbered periods cannot be compared")
    return min((abs(_number(each.at) - _number(begun)) for each in breaks), default=None)


def _number(value: date | int) -> int:
    return value.year * MONTHS + value.month if isinstance(value, date) else value
