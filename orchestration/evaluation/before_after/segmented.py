"""The segmented regression of one series: its table, its fit, and the errors of its level."""

from dataclasses import dataclass
from datetime import date
from math import pi, sqrt
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field
from scipy import stats

from orchestration.evaluation.calendar import MONTHS, Calendar, calendar_of
from orchestration.evaluation.columns import Numbers, column_of, counts, numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.data_maturity import DatedKeys, RecordingBreak, refuse_by_periods


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
    harmonics: int = Field(default=0, ge=0, le=26)
    season: int = Field(default=12, ge=2, le=366)
    slope: bool = False


@dataclass(frozen=True)
class Series:
    """The series in order of time, without the periods left out.

    `count` (n,), `exposure` (n,), `after` (n,) with 0 and 1, and `time` (n,) counted from 1.
    """

    count: Numbers
    exposure: Numbers
    after: Numbers
    time: Numbers
    calendar: Calendar


def series_of(keys: SeriesKeys, table: pl.DataFrame) -> tuple[Series, tuple[str, ...]]:
    """Read the series of a table.

    `table` (one row per period). Returns the Series, and the notes on breaks. Raises Refusal for a
    missing or repeated period, one side only, a side without events, a break not allowed, and
    counts too recent to be complete.
    """
    calendar, places = calendar_of(column_of(table, keys.period))
    order = np.argsort(places, kind="stable")
    if len(places) != calendar.count or (places[order] != np.arange(calendar.count)).any():
        raise Refusal(
            f"column {keys.period!r}: every period once, none missing; {calendar.count} fit "
            f"between the first and the last and the table has {len(places)} rows"
        )
    count = counts(table, keys.count)[order]
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
            raise Refusal("all counts of one side are zero: no ratio can be given")
    if 1 in {len(set(each.tolist())) for each in (count[kept], count[kept] / exposure[kept])}:
        raise Refusal(
            f"column {keys.count!r} is the same in every period: nothing varies, so nothing can be "
            "said of chance. Look for figures that were filled in."
        )
    span = calendar.label(0), calendar.label(calendar.count)
    notes = refuse_by_periods(keys, *span, keys.period)
    time = np.arange(1.0, len(count) + 1)
    return Series(count[kept], exposure[kept], after[kept], time[kept], calendar), notes


def require_convergence(found: Any) -> None:
    """Raises Refusal when a model of statsmodels did not converge."""
    if not found.converged:
        raise Refusal("the model did not converge: too few events for so many terms")


def months_to_a_change(
    breaks: tuple[RecordingBreak, ...], calendar: Calendar, start: int
) -> int | None:
    """Months (or numbered periods) from the start to the nearest break, also outside the table.

    Returns the number, or None where no break is known. Raises Refusal where one side is dated and
    the other is not.
    """
    begun = calendar.label(start)
    for each in breaks:
        if isinstance(each.at, date) != calendar.is_dated:
            raise Refusal(f"break {each.at}: dates and numbered periods cannot be compared")
    return min((abs(_number(each.at) - _number(begun)) for each in breaks), default=None)


def _number(value: date | int) -> int:
    return value.year * MONTHS + value.month if isinstance(value, date) else value


LAGS = 12
#: Change of the deviance at which a fit has converged: a smooth series has hardly any deviance.
CLOSE = 1e-10
#: Where the change of the trend stands among the coefficients, if there is one.
SLOPE = 3


@dataclass(frozen=True)
class SegmentedFit:
    """What the regression gave; `quasi` and `robust` are the errors of the change of level.

    `scale` is the dispersion that widens the quasi-Poisson errors: counts vary at least as much as
    chance alone makes them, so it is never below 1. `slope` is the change of the trend per period
    and its error, None where the trend is kept.
    """

    found: Any
    quasi: float
    robust: float
    scale: float
    slope: tuple[float, float] | None

    @property
    def level(self) -> float:
        """Log ratio of the level after to that before."""
        return float(self.found.params[1])

    @property
    def error(self) -> float:
        """The wider of the two errors."""
        return max(self.quasi, self.robust)

    @property
    def quantile(self) -> float:
        """Errors on either side of an estimate in a 95% interval."""
        return float(stats.t.ppf(0.975, int(self.found.df_resid)))

    @property
    def reach(self) -> float:
        """Half the width of the 95% interval."""
        return self.quantile * self.error

    @property
    def p_value(self) -> float:
        """Two-sided, from t."""
        return float(2 * stats.t.sf(abs(self.level) / self.error, int(self.found.df_resid)))

    @property
    def autocorrelation_p(self) -> float:
        """Ljung and Box's test of what is left in the residuals."""
        from statsmodels.stats.diagnostic import acorr_ljungbox

        lags = min(LAGS, len(self.found.resid_deviance) // 3)
        return float(acorr_ljungbox(self.found.resid_deviance, lags=[lags])["lb_pvalue"].iloc[0])


def fitted(series: Series, keys: SeriesKeys) -> SegmentedFit:
    """Quasi-Poisson fit of level, trend and season with log exposure as offset.

    Returns a SegmentedFit. Raises Refusal for collinear terms and without convergence.
    """
    import statsmodels.api as sm

    design = _design(series, keys)
    if np.linalg.matrix_rank(design) < design.shape[1] or len(design) <= design.shape[1]:
        raise Refusal("trend, level and season are collinear, or more than the periods can carry")
    model = sm.GLM(
        series.count, design, family=sm.families.Poisson(), offset=np.log(series.exposure)
    )
    found = model.fit(scale="X2", tol=CLOSE)
    require_convergence(found)
    lagged = model.fit(cov_type="HAC", cov_kwds={"maxlags": min(LAGS, len(design) // 3)}, tol=CLOSE)
    scale = max(1.0, float(found.scale))
    quasi = np.asarray(found.bse) * sqrt(scale / float(found.scale))
    robust = np.sqrt(np.diag(lagged.cov_params()))
    wider = max(float(quasi[SLOPE]), float(robust[SLOPE])) if keys.slope else 0.0
    slope = (float(found.params[SLOPE]), wider) if keys.slope else None
    return SegmentedFit(found, float(quasi[1]), float(robust[1]), scale, slope)


def _design(series: Series, keys: SeriesKeys) -> Numbers:
    columns = [np.ones(len(series.time)), series.after, series.time]
    if keys.slope:
        begun = series.time[series.after == 1].min()
        columns.append(series.after * (series.time - begun))
    for each in range(1, keys.harmonics + 1):
        angle = 2 * pi * each * series.time / keys.season
        columns += [np.sin(angle), np.cos(angle)]
    return np.stack(columns, axis=1)
