"""Signs that what cameras did spread to the shifts without them (A9)."""

from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers, days
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates.contrasts import log_rate_ratio
from orchestration.evaluation.rates.count_models import poisson

THIRDS = 3
# Where the share c of a log ratio is carried into the control shifts, their rate is multiplied by
# RR^c and that of the treated by RR: the arms differ by RR / RR^c = RR^(1 - c). For a halving,
# 0.5^(1 - 0.5) = 0.71 and 0.5^(1 - 0.9) = 0.93.
WARNING = (
    "Officers worked in both arms. If habits carried over, the contrast of arms shrinks towards "
    "nothing: half carried over turns a halving into a ratio of 0.71, nine tenths into 0.93. A "
    "small contrast of arms with a large fall over time is expected both when habits carried "
    "over and when cameras did nothing while other things changed; shifts alone cannot separate "
    "these."
)


def spillover(rows: pl.DataFrame) -> dict[str, Any]:
    """Three signs of spillover: control rates over time, by earlier treatment, the ratio over time.

    `rows` (one row per shift counted). Returns ratios with their 95% limits by name; a sign that
    the table cannot give is None with the reason.
    """
    signs: dict[str, Any] = {"warning": WARNING}
    # A site whose control shifts had no events says nothing of how their rate moved.
    informative = (pl.col("outcome") * ~pl.col("treated")).sum().over("site") > 0
    rows = rows.filter(informative)
    control = rows.filter(~pl.col("treated"))
    if control.is_empty():
        return signs | {"why": "the control shifts had no events"}
    if "date" not in rows.columns:
        missing = {"ratio": None, "why": "the table has no dates"}
        signs |= {"control_rate_per_30_days": missing, "gap_by_third": missing}
    else:
        day = _days(rows)
        signs["control_rate_per_30_days"] = _trend(
            control, day.filter(~rows["treated"]).to_numpy() / 30
        )
        signs["gap_by_third"] = _gaps(rows, day)
    if "prior" in rows.columns:
        signs["control_rate_by_prior_treated_share"] = _trend(control, control["prior"].to_numpy())
    else:
        signs["control_rate_by_prior_treated_share"] = {
            "ratio": None,
            "why": "the table has no column of the treated share of officers' earlier shifts",
        }
    return signs


def _days(rows: pl.DataFrame) -> pl.Series:
    day = days(rows, "date")
    return (day - day.min()).dt.total_days().cast(pl.Float64)


def _trend(control: pl.DataFrame, along: Numbers) -> dict[str, float | str | None]:
    """Ratio of control rates for one step along, quasi-Poisson within sites."""
    sites = control.select(pl.col("site").rank("dense")).to_series().to_numpy() - 1
    dummies = np.eye(int(sites.max()) + 1)[sites.astype(int)]
    if along.std() == 0:
        return {"ratio": None, "why": "nothing varies to compare"}
    try:
        found = poisson(
            control["outcome"].to_numpy(),
            np.column_stack([along, dummies]),
            control["hours"].to_numpy(),
            quasi=True,
        )
    except Refusal as reason:
        return {"ratio": None, "why": str(reason)}
    slope, error = float(found.coefficients[0]), float(found.errors[0])
    low, high = slope - 1.96 * error, slope + 1.96 * error
    return {"ratio": float(np.exp(slope)), "low": float(np.exp(low)), "high": float(np.exp(high))}


def _gaps(rows: pl.DataFrame, day: pl.Series) -> list[dict[str, float | int | None]]:
    """The ratio of arms in each third of the trial's days."""
    third = (day * THIRDS / (float(day.max() or 0) + 1)).floor().cast(pl.Int64)  # type: ignore[arg-type]
    found = []
    for number in range(THIRDS):
        part = rows.filter(third == number)
        sides = [part.filter(pl.col("treated") == arm) for arm in (True, False)]
        events = [int(side["outcome"].sum()) for side in sides]
        hours = [float(side["hours"].sum()) for side in sides]
        row: dict[str, float | int | None] = {
            "third": number + 1,
            "treated_events": events[0],
            "control_events": events[1],
            "ratio": None,
        }
        if min(events) > 0 and min(hours) > 0:
            ratio = log_rate_ratio((events[0], events[1]), (hours[0], hours[1]))
            low, high = ratio.interval()
            row |= {"ratio": ratio.ratio, "low": low, "high": high}
        found.append(row)
    return found
