"""One series before and after a date: a description, whatever its interval says."""

from datetime import date
from math import exp
from typing import Any

import polars as pl

from orchestration.evaluation.before_after.segmented import (
    SegmentedFit,
    Series,
    SeriesKeys,
    fitted,
    months_to_a_change,
    series_of,
)
from orchestration.evaluation.columns import table_of
from orchestration.evaluation.core import Design, Gate, Gives, Result
from orchestration.evaluation.gates import hold_back, series_may_be_fitted
from orchestration.evaluation.interval_wording import CAUTION, describe_interval
from orchestration.evaluation.scale import Scale


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
