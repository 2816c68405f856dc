"""Ratios of sites set against how much their camera shifts recorded (A6, as measured)."""

from typing import Any

import polars as pl

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.gates import studies_allow_a_moderator
from orchestration.evaluation.meta_analysis.meta_regression import RegressionKeys, meta_regression
from orchestration.evaluation.trials.shift.pooling import FROM
from orchestration.evaluation.trials.shift.ratios import Site
from orchestration.evaluation.trials.shift.table import ShiftKeys

CAUTION = (
    "How much was recorded was not drawn by lot: differences along it are associations among sites."
)


def by_activation(keys: ShiftKeys, rows: pl.DataFrame, sites: list[Site]) -> dict[str, Any] | None:
    """Points of log rate ratio by the share recorded, and from ten sites on a slope with limits.

    The share is of the recordable encounters of camera shifts. Sites without events have no ratio
    to draw. None where the table has no encounters; where there is no slope, `why_not` says why.
    """
    if not {"recorded", "recordable"} <= set(rows.columns):
        return None
    counts = rows.filter("treated").group_by("site").agg(pl.col("recorded", "recordable").sum())
    shares = {site: made / of for site, made, of in counts.rows() if of > 0}
    points = [
        {
            "site": site.name,
            "activation": shares[site.name],
            "log_rate_ratio": (ratio := site.log_ratio()).log_ratio,
            "se": ratio.standard_error,
        }
        for site in sites
        if not site.is_double_zero and site.name in shares
    ]
    return {"points": points, "caution": CAUTION, **_slope(keys, points)}


def _slope(keys: ShiftKeys, points: list[dict[str, Any]]) -> dict[str, Any]:
    gate = studies_allow_a_moderator(len(points))
    if not gate.passed:
        return {"slope": None, "why_not": f"too few sites: {gate.reason}; draw the points, no line"}
    asked = RegressionKeys(
        measure="log_rate_ratio",
        outcome=keys.outcome,
        label="site",
        from_effects=FROM.model_copy(update={"effect": "log_rate_ratio"}),
        moderators=["activation"],
    )
    try:
        found = meta_regression(asked, pl.DataFrame(points))
    except Refusal as reason:
        return {"slope": None, "why_not": str(reason)}
    return {
        "slope": found.estimate,
        "se": found.standard_error,
        "low": found.interval_low,
        "high": found.interval_high,
        "p": found.p_value,
        "sites": found.values["k"],
        "words": found.words,
    }
