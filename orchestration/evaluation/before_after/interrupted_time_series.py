"""The design `interrupted_series`: one series before and after a date, by segmented regression.

A description, whatever its interval says: one series cannot separate cameras from what else
happened at that time.
"""

from dataclasses import dataclass
from datetime import date
from math import exp, pi, sqrt
from typing import Any

import numpy as np
import polars as pl
from pydantic import Field
from scipy import stats

from orchestration.evaluation.columns import (
    MONTHS,
    Calendar,
    Numbers,
    calendar_of,
    column_of,
    counts,
    numbers,
    table_of,
)
from orchestration.evaluation.core import Design, Gate, Gives, Refusal, Result, Scale
from orchestration.evaluation.gates import hold_back, series_may_be_fitted
from orchestration.evaluation.timing import DatedKeys, RecordingBreak, refuse_by_periods
from orchestration.evaluation.wording import CAUTION, describe_interval

LAGS = 12
#: Change of the deviance at which a fit has converged: a smooth series has hardly any deviance.
CLOSE = 1e-10
#: Where the change of the trend stands among the coefficients, if there is one.
SLOPE = 3


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


def interrupted_series(keys: SeriesKeys, table: pl.DataFrame | None) -> Result:
    """Segmented quasi-Poisson regression of one series before and after a date.

    `table` (one row per period). Lopez Bernal, Cummins and Gasparrini (2017, International Journal
    of Epidemiology 46:348): level, linear trend, season and an offset. The error is the wider of
    the quasi-Poisson one and that of Newey and West with 12 lags: with few points the latter is too
    narrow. Always descriptive. Where its gate is not met, the figures are among `values` alone.
    Returns a Result on the log scale. Raises Refusal over a break, for counts too recent to be
    complete, for one side only, and for a missing period.
    """
    series, notes = series_of(keys, table_of(table))
    fit = fitted(series, keys)
    result = Result(
        design="interrupted_series",
        measure="log ratio, level after over level before",
        scale=Scale.LOG_RATIO,
        method="segmented quasi-Poisson regression (Lopez Bernal et al. 2017), statsmodels",
        values=_values(series, fit),
        estimate=fit.level,
        standard_error=fit.error,
        interval_low=fit.level - fit.reach,
        interval_high=fit.level + fit.reach,
        p_value=fit.p_value,
        notes=(
            *notes,
            "One series cannot separate cameras from whatever else happened at that time.",
        ),
        is_randomised=False,
        is_over_time=True,
        summary=_words(keys, series, fit),
    )
    counts, caution = f"{_counted(series)}{_means(series)}", CAUTION["descriptive"].strip()
    return hold_back(result, _gate(series, keys), counts=counts, caution=caution)


def _values(series: Series, fit: SegmentedFit) -> dict[str, Any]:
    before, after = _events(series)
    return {
        "log_ratio": fit.level,
        "se_quasi_poisson": fit.quasi,
        "dispersion": fit.scale,
        "se_newey_west": fit.robust,
        "ci_lo": fit.level - fit.reach,
        "ci_hi": fit.level + fit.reach,
        "trend_per_period": float(fit.found.params[2]),
        "ljung_box_p": fit.autocorrelation_p,
        "events_before": before,
        "events_after": after,
        "level_read_at": str(_first_after(series)),
        **_slope_values(fit),
    }


def _slope_values(fit: SegmentedFit) -> dict[str, float]:
    if fit.slope is None:
        return {}
    change, error = fit.slope
    reach = fit.quantile * error
    names = ("slope_change_per_period", "se_slope_change", "slope_change_lo", "slope_change_hi")
    return dict(zip(names, (change, error, change - reach, change + reach), strict=True))


def _first_after(series: Series) -> date | int:
    """The first period after the date: where the trend may change too, the level is read there."""
    return series.calendar.label(int(series.time[series.after == 1].min()) - 1)


def _events(series: Series) -> tuple[float, float]:
    return float(series.count[series.after == 0].sum()), float(
        series.count[series.after == 1].sum()
    )


def _words(keys: SeriesKeys, series: Series, fit: SegmentedFit) -> str:
    counts = _counted(series)
    interval = fit.level - fit.reach, fit.level + fit.reach
    named = f"{keys.outcome}, against their earlier trend"
    if fit.slope is not None:
        named += f" and read at {_first_after(series)}"
    said = describe_interval(named, interval, Scale.LOG_RATIO, "descriptive")
    return f"{counts}{_means(series)}{said}{_slope_in_words(fit)}"


def _counted(series: Series) -> str:
    return "{:,.0f} counted in {:,.0f} periods before and {:,.0f} in {:,.0f} after. ".format(
        *(
            figure
            for side in (0, 1)
            for figure in (series.count[series.after == side].sum(), (series.after == side).sum())
        )
    )


def _means(series: Series) -> str:
    """The mean of a period before and after; where no trend is fitted, it may have risen anyway."""
    before, after = (float(series.count[series.after == side].mean()) for side in (0, 1))
    way = "rose" if after > before else "fell" if after < before else "stayed the same"
    return f"The mean of a period {way}: {before:,.1f} before, {after:,.1f} after. "


def _slope_in_words(fit: SegmentedFit) -> str:
    if fit.slope is None:
        return ""
    change, error = fit.slope
    low, high = (100 * (exp(change + each * fit.quantile * error) - 1) for each in (-1, 1))
    if low > 0 or high < 0:
        way = "upwards" if low > 0 else "downwards"
        near, far = sorted((abs(low), abs(high)))
        return (
            f" From then on the trend bent {way}, by between {near:.1f}% and {far:.1f}% a period."
        )
    fits = f"{low:+.1f}% to {high:+.1f}% a period fits these data"
    return f" Whether the trend changed from then on, we could not tell: {fits}."


def _gate(series: Series, keys: SeriesKeys) -> Gate:
    calendar, begun = series.calendar, int(series.time[series.after == 1].min()) - 1
    months = calendar.step if calendar.is_dated else 1
    return series_may_be_fitted(
        before=int((series.after == 0).sum()),
        after=int((series.after == 1).sum()),
        events_a_month=round(float(series.count.mean()) / months, 2),
        months_to_a_change=months_to_a_change(keys.breaks, calendar, begun),
    )


INTERRUPTED = Design(
    name="interrupted_series",
    keys=SeriesKeys,
    run=interrupted_series,
    about="One series before and after a date: level, trend, season. Always descriptive.",
    example="""\
design: interrupted_series
title: Complaints by month in one force
question: What happened to complaints when cameras came?
keys:
  outcome: Complaints
  count: complaints
  exposure: officers
  period: month
  after: cameras
inline:
  month:
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
    25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36]
  complaints:
    [101, 96, 99, 104, 97, 92, 95, 98, 103, 99, 94, 96, 100, 91, 97, 102, 95, 93, 98, 96, 90,
    97, 99, 94, 88, 84, 80, 83, 79, 86, 82, 85, 81, 77, 84, 80]
  officers:
    [900, 902, 905, 905, 903, 900, 896, 890, 892, 895, 897, 899, 901, 903, 904, 902, 900, 898,
    897, 899, 900, 902, 905, 903, 900, 896, 890, 892, 895, 897, 899, 901, 903, 904, 902, 900]
  cameras:
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1]
""",
    gives=Gives(
        values=(
            "log_ratio",
            "se_quasi_poisson",
            "dispersion",
            "se_newey_west",
            "ci_lo",
            "ci_hi",
            "trend_per_period",
            "ljung_box_p",
            "events_before",
            "events_after",
            "level_read_at",
        ),
        sometimes=(
            "slope_change_per_period",
            "se_slope_change",
            "slope_change_lo",
            "slope_change_hi",
        ),
    ),
)
