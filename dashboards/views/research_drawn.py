"""The pictures of a reader's own study: whatever of them its result has the figures for."""

from collections.abc import Iterator
from dataclasses import replace
from math import exp, sqrt
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts import research as charts
from dashboards.components import event_study
from dashboards.text import evidence as evidence_text
from dashboards.text import research as research_text
from dashboards.views.research_run import Found
from orchestration.evaluation.core import Refusal, Result, Scale

FALLS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
SIMULATED = ("plan_shifts", "plan_teams")
BY_FORMULA = ("plan_counts", "plan_clusters")
# A curve is six more simulations: each of so many trials at most.
MOST_RUNS = 200
Rows = list[dict[str, Any]]


def show(found: Found) -> None:
    """Forest, periods around the start, balance and power, each where there is one."""
    _forest(found)
    diagnostics = found.result.document()["diagnostics"]
    _events(found, diagnostics.get("event_study") or [])
    _balance(found, diagnostics)
    _power(found)


def _title(found: Found, what: str) -> str:
    return "\n".join([what, found.study.title, research_text.OWN_TABLE])


def _forest(found: Found) -> None:
    result = found.result
    if result.estimate is None or result.interval_low is None or result.interval_high is None:
        return
    rows = [
        {"label": name, **{key: _drawn(value, result.scale) for key, value in ends.items()}}
        for name, ends in _estimates(result)
    ]
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(("low", "high"), pl.Float64))
    axis = research_text.axis(result.scale)
    nothing = result.scale.no_effect
    at = None if nothing is None else _drawn(nothing, result.scale)
    title = _title(found, "The estimate, and what it is made of or checked by")
    words = "; ".join(f"{row['label']}: {row['value']:.3g}" for row in rows)
    st.altair_chart(
        charts.forest(frame, title, axis, at), width="stretch", alt=f"Estimates: {words}."
    )


def _estimates(result: Result) -> Iterator[tuple[str, dict[str, float | None]]]:
    """The estimate first, then outcomes or sites where there are several, then one left out."""
    yield (
        "Estimate",
        {"value": result.estimate, "low": result.interval_low, "high": result.interval_high},
    )
    diagnostics = result.document()["diagnostics"]
    apart = diagnostics.get("leave_one_out") or {}
    for name, one in apart.items() if isinstance(apart, dict) else ():
        if isinstance(one, dict) and {"estimate", "ci_lo", "ci_hi"} <= one.keys():
            yield f"Without {name}", {
                "value": one["estimate"], "low": one["ci_lo"], "high": one["ci_hi"],
            }  # fmt: skip


def _drawn(value: float | None, scale: Scale) -> float | None:
    """A figure as it is drawn: the logarithm of a ratio as a difference in per cent."""
    if value is None:
        return None
    return 100 * (exp(value) - 1) if scale.is_logarithm else value


def _events(found: Found, rows: Rows) -> None:
    reliable = [row for row in rows if row["is_reliable"]]
    if not reliable or found.result.estimate is None:
        return
    points = pl.DataFrame(reliable, infer_schema_length=None).rename(
        {
            "log_ratio": "period_log_ratio",
            "log_ratio_low": "period_log_ratio_low",
            "log_ratio_high": "period_log_ratio_high",
            "units": "unit_count",
        }
    )
    ends = ("period_log_ratio_low", "period_log_ratio_high")
    typed = points.with_columns(pl.col(name).cast(pl.Float64) for name in ends)
    title = _title(found, "Observed against expected, by period")
    words = evidence_text.event_alt(typed.to_dicts())
    st.altair_chart(event_study.chart(typed, title), width="stretch", alt=words)
    st.caption(evidence_text.POINTS)


def _balance(found: Found, diagnostics: dict[str, Any]) -> None:
    rows = [
        {"label": f"{row['of']}, {row['site']}", "value": row["standardised_difference"]}
        for row in diagnostics.get("balance") or []
    ]
    differences = diagnostics.get("standardised_differences") or {}
    rows += [{"label": name, "value": value} for name, value in differences.items()]
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return
    title = _title(found, "Were the arms alike before?")
    words = "; ".join(f"{row['label']}: {row['value']:.2f}" for row in known)
    chart = charts.balance(pl.DataFrame(known), title)
    st.altair_chart(chart, width="stretch", alt=f"Differences between the arms: {words}.")
    st.caption(research_text.BALANCE)


def _power(found: Found) -> None:
    points = power_points(found)
    if len(points) < 2:  # noqa: PLR2004 - one point is no curve
        return
    wanted = 100 * float(getattr(found.study.keys, "power", 0.8))
    title = _title(found, "How often a fall of each size would be found")
    words = "; ".join(f"a fall of {row['fall']:.0f}%: {row['power']:.0f}" for row in points)
    frame = pl.DataFrame(points, schema_overrides={"low": pl.Float64, "high": pl.Float64})
    st.altair_chart(
        charts.power_curve(frame, title, wanted),
        width="stretch",
        alt=f"Found, times in a hundred: {words}.",
    )
    if found.study.design.name in SIMULATED:
        st.caption(research_text.MONTE_CARLO)


def power_points(found: Found) -> Rows:
    """Power at falls of several sizes, that which was asked among them; none for other designs.

    Simulated power has its Monte-Carlo error, twice to either side.
    """
    design, keys = found.study.design, found.study.keys
    asked = getattr(keys, "ratio", None)
    if design.name not in (*SIMULATED, *BY_FORMULA) or asked is None:
        return []
    rows = [_point(1 - asked, found.result, is_asked=True)]
    for fall in FALLS:
        changed = keys.model_copy(update={"ratio": 1 - fall} | _fewer_runs(keys))
        try:
            result = replace(found, result=design.run(changed, None)).result
        except Refusal:
            continue
        rows.append(_point(fall, result, is_asked=False))
    return [row for row in rows if row["power"] is not None]


def _fewer_runs(keys: Any) -> dict[str, int]:
    runs = getattr(keys, "runs", None)
    return {} if runs is None else {"runs": min(runs, MOST_RUNS)}


def _point(fall: float, result: Result, *, is_asked: bool) -> dict[str, Any]:
    power = result.values.get("power")
    if not isinstance(power, float):
        return {"fall": 100 * fall, "power": None, "low": None, "high": None, "is_asked": is_asked}
    runs = result.values.get("runs")
    error = 2 * sqrt(power * (1 - power) / runs) if isinstance(runs, int) else None
    ends = (None, None) if error is None else (max(0.0, power - error), min(1.0, power + error))
    return {
        "fall": 100 * fall,
        "power": 100 * power,
        "low": None if ends[0] is None else 100 * ends[0],
        "high": None if ends[1] is None else 100 * ends[1],
        "is_asked": is_asked,
    }
