"""One series before and after a date: a description, whatever its interval says."""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.breaks import Break, refuse_to_span
from orchestration.evaluation.columns import Numbers, numbers, table_of
from orchestration.evaluation.frame import Design, Gate, Keys, Refusal, Result
from orchestration.evaluation.rollout.periods import Calendar, calendar_of
from orchestration.evaluation.series.settled import regime_gate, settled
from orchestration.evaluation.telling import tell

ENOUGH_BEFORE, ENOUGH_AFTER, ENOUGH_EVENTS = 24, 12, 5
LAGS = 12


class SeriesKeys(Keys):
    """Columns of a table with one row per period.

    `after` is a column of 0 and 1. `harmonics` pairs of sine and cosine with `season` periods a
    year follow the season. `left_out` marks periods of the roll-out itself. `slope` lets the trend
    change too.
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
    breaks: tuple[Break, ...] = ()
    spans_breaks: bool = False


@dataclass(frozen=True)
class Series:
    """The series in order of time, periods left out taken away."""

    count: Numbers
    exposure: Numbers
    after: Numbers
    time: Numbers
    calendar: Calendar


def interrupted_series(keys: SeriesKeys, table: pl.DataFrame | None) -> Result:
    """Segmented quasi-Poisson regression (Lopez Bernal, Cummins and Gasparrini, IJE 2017).

    Level, linear trend, season and an offset. The error is the wider of the quasi-Poisson one and
    that of Newey and West with 12 lags: with few points the latter is too narrow. Always
    descriptive. Raises Refusal over a break, for one side alone, for a hole or a return.
    """
    series, notes = _series(keys, table_of(table))
    found, phi, robust = _fit(series, keys)
    estimate, quasi = float(found.params[1]), float(found.bse[1])
    error = max(quasi, robust)
    freedom = int(found.df_resid)
    reach = float(stats.t.ppf(0.975, freedom)) * error
    interval = estimate - reach, estimate + reach
    return Result(
        design="interrupted_series",
        measure="log ratio, level after over level before",
        method="segmented quasi-Poisson regression (Lopez Bernal et al. 2017), statsmodels",
        values=_values(series, found, phi, robust),
        estimate=estimate,
        standard_error=error,
        interval_low=interval[0],
        interval_high=interval[1],
        p_value=float(2 * stats.t.sf(abs(estimate) / error, freedom)),
        gates=_gates(series, keys),
        notes=(*notes, "One series cannot tell cameras from whatever else happened at that time."),
        is_randomised=False,
        words=tell(keys.outcome, interval, "log_ratio", "descriptive", is_change=True),
    )


def _values(series: Series, found: Any, phi: float, robust: float) -> dict[str, Any]:
    return {
        "logRR": float(found.params[1]),
        "se": float(found.bse[1]),
        "phi": phi,
        "se_newey_west": robust,
        "trend_per_period": float(found.params[2]),
        "ljung_box_p": _ljung_box(found),
        "events_before": float(series.count[series.after == 0].sum()),
        "events_after": float(series.count[series.after == 1].sum()),
    }


def _series(keys: SeriesKeys, table: pl.DataFrame) -> tuple[Series, tuple[str, ...]]:
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
    span = calendar.label(0), calendar.label(calendar.count - 1)
    notes = refuse_to_span(keys.breaks, *span, is_allowed=keys.spans_breaks)
    time = np.arange(1.0, len(count) + 1)
    return Series(count[kept], exposure[kept], after[kept], time[kept], calendar), notes


def _design(series: Series, keys: SeriesKeys) -> Numbers:
    columns = [np.ones(len(series.time)), series.after, series.time]
    if keys.slope:
        begun = series.time[series.after == 1].min()
        columns.append(series.after * (series.time - begun))
    for each in range(1, keys.harmonics + 1):
        angle = 2 * pi * each * series.time / keys.season
        columns += [np.sin(angle), np.cos(angle)]
    return np.stack(columns, axis=1)


def _fit(series: Series, keys: SeriesKeys) -> tuple[Any, float, float]:
    import statsmodels.api as sm

    design = _design(series, keys)
    if np.linalg.matrix_rank(design) < design.shape[1] or len(design) <= design.shape[1]:
        raise Refusal("trend, level and season are collinear, or more than the periods can carry")
    model = sm.GLM(
        series.count, design, family=sm.families.Poisson(), offset=np.log(series.exposure)
    )
    found = model.fit(scale="X2", tol=1e-12)
    settled(found)
    lagged = model.fit(cov_type="HAC", cov_kwds={"maxlags": min(LAGS, len(design) // 3)}, tol=1e-12)
    return found, float(found.scale), float(sqrt(lagged.cov_params()[1, 1]))


def _ljung_box(found: Any) -> float:
    from statsmodels.stats.diagnostic import acorr_ljungbox

    lags = min(LAGS, len(found.resid_deviance) // 3)
    return float(acorr_ljungbox(found.resid_deviance, lags=[lags])["lb_pvalue"].iloc[0])


def _gates(series: Series, keys: SeriesKeys) -> tuple[Gate, ...]:
    before, after = int((series.after == 0).sum()), int((series.after == 1).sum())
    return (
        Gate(
            "24 periods before and 12 after",
            passed=before >= ENOUGH_BEFORE and after >= ENOUGH_AFTER,
            reason=f"{before} before and {after} after",
        ),
        Gate(
            "five events a period",
            passed=bool(series.count.mean() >= ENOUGH_EVENTS),
            reason=f"{series.count.mean():.1f} a period on average",
        ),
        regime_gate(keys.breaks, series.calendar, int(series.time[series.after == 1].min()) - 1),
    )


INTERRUPTED = Design(
    name="interrupted_series",
    keys=SeriesKeys,
    run=interrupted_series,
    about="One series before and after a date: level, trend, season. Always descriptive.",
    example="""\
design: interrupted_series
title: Complaints by quarter in one force
question: What happened to complaints when cameras came?
keys:
  outcome: Complaints
  count: complaints
  exposure: officers
  period: quarter
  after: cameras
inline:
  quarter: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
  complaints: [101, 96, 99, 104, 97, 92, 95, 88, 84, 80, 83, 79]
  officers: [900, 902, 905, 905, 903, 900, 896, 890, 892, 895, 897, 899]
  cameras: [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
""",
)
