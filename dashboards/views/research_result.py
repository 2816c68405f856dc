"""What a reader's own study found, in words, pictures, figures, and files to take away."""

import json
from collections.abc import Iterator
from dataclasses import replace
from math import exp, sqrt
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts import study_charts
from dashboards.components import tables
from dashboards.text import evidence as evidence_text
from dashboards.text import research as research_text
from dashboards.text.formats import escape
from dashboards.views.research_run import Found
from orchestration.evaluation.core import Refusal, Result, Scale
from orchestration.evaluation.planning import DESIGNS as PLANS
from orchestration.evaluation.wording import as_said
from orchestration.storage import spreadsheet_safety

SCHEDULE = "schedule"
FALLS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
SIMULATED = ("plan_shifts", "plan_teams")
BY_FORMULA = ("plan_counts", "plan_clusters")
# A curve is six more simulations: each of so many trials at most.
MOST_RUNS = 200
Rows = list[dict[str, Any]]


def show(found: Found) -> None:
    """Everything a study found, and which of its gates were met."""
    result = found.result
    st.header(escape(found.study.title), divider="gray")
    st.caption(f"{escape(found.study.question)} {research_text.OWN_TABLE}")
    st.markdown(f"**{escape(result.summary)}**")
    if answer := research_text.answer(found.study.keys.model_dump(), result.values):
        st.markdown(f"**{escape(answer)}**")
    draw(found)
    st.markdown("\n".join(f"- {line}" for line in _lines(found)))
    for gate in result.gates:
        if not gate.passed:
            st.warning(
                f"Not met: {escape(gate.name)}: {escape(gate.reason)}", icon=":material/gpp_bad:"
            )
    _files(found)
    if SCHEDULE in result.diagnostics:
        _schedule(found)
    st.markdown("**Every figure by its name**")
    _table(_values(result), "Every figure by its name")
    if result.notes:
        st.markdown("**Notes**")
        st.markdown("\n".join(f"- {escape(note)}" for note in result.notes))
    _diagnostics(result)


def _lines(found: Found) -> Iterator[str]:
    """Standing, estimate, measure, method and the rules that were met, one line each."""
    result, status = found.result, found.status
    if found.study.design not in PLANS:
        yield f"**{status.word.replace('_', ' ').capitalize()}**: {escape(status.reason)}."
    if result.estimate is not None:
        yield f"**Estimate**: {as_said(result.estimate, 4)}{_interval(result)}"
    if result.smallest_detectable is not None:
        yield f"**Smallest detectable**: {as_said(result.smallest_detectable, 4)}"
    if result.scale is not Scale.NONE:
        yield f"**Scale of these**: {escape(result.scale.meaning)}{_as_ratio(result)}"
    yield f"**Measure**: {escape(result.measure)}"
    yield f"**Method**: {escape(result.method)}"
    allocation = "randomised" if result.is_randomised else "not randomised"
    yield f"**Design**: {escape(result.design)}, {allocation}"
    for gate in result.gates:
        if gate.passed:
            yield f"**Met**: {escape(gate.name)}: {escape(gate.reason)}"


def _as_ratio(result: Result) -> str:
    """The ratio that a logarithm stands for."""
    if not result.scale.is_logarithm or result.estimate is None:
        return ""
    return f": a ratio of {as_said(exp(result.estimate), 4)}"


def _interval(result: Result) -> str:
    low, high = result.interval_low, result.interval_high
    if low is None or high is None:
        return ", without an interval"
    error = result.standard_error
    more = "" if error is None else f"; standard error {as_said(error, 4)}"
    return f", 95% interval from {as_said(low, 4)} to {as_said(high, 4)}{more}"


def _values(result: Result) -> pl.DataFrame:
    names, figures = list(result.figures), list(map(as_said, result.figures.values()))
    return pl.DataFrame({"name": names, "value": figures}, schema_overrides={"value": pl.String})


def _table(rows: pl.DataFrame, what: str) -> None:
    # As text a day is shown without a time.
    shown = rows.with_columns(pl.selectors.date().cast(pl.String))
    headings = {name: name.replace("_", " ").capitalize() for name in rows.columns}
    config = {name: st.column_config.Column(said) for name, said in headings.items()}
    st.dataframe(shown, hide_index=True, column_config=config, alt=f"Table: {what}")


def _button(label: str, data: Any, name: str, kind: str) -> None:
    tables.offer_own(st.session_state["reader"], label, data, name, kind, key=f"save_{name}")


def _csv(rows: pl.DataFrame) -> bytes:
    return spreadsheet_safety.escape(rows).write_csv().encode()


def _files(found: Found) -> None:
    """Buttons that save the figures and the bundle; each file is made in memory."""
    stem = found.study.name.rpartition(".")[0] or found.study.name
    # Numbers whole, where the page prints six figures.
    whole = {
        name: "" if value is None else str(value) for name, value in found.result.figures.items()
    }
    rows = pl.DataFrame({"name": list(whole), "value": list(whole.values())})
    document = json.dumps(found.document(), indent=2, ensure_ascii=False, default=str)
    with st.container(horizontal=True):
        _button("Figures (CSV)", _csv(rows), f"{stem}_values.csv", "text/csv")
        _button("Result (JSON)", document, f"{stem}_result.json", "application/json")
        inside = found.bundle(is_public=False)
        _button("Bundle to replicate (zip)", inside, f"{stem}_bundle.zip", "application/zip")
        try:
            outside = found.bundle(is_public=True)
        except Refusal as refusal:
            st.caption(f"No bundle for the public: {escape(refusal)}.")
        else:
            name = f"{stem}_public_bundle.zip"
            _button("Bundle for the public (zip)", outside, name, "application/zip")


def _schedule(found: Found) -> None:
    rows = pl.DataFrame(found.result.diagnostics[SCHEDULE], infer_schema_length=None)
    st.markdown("**The schedule**")
    _table(rows, "The schedule")
    # As `bodyworn plan --out` writes it, so that the allocation audit finds the same one.
    _button("Schedule (CSV)", rows.write_csv().encode(), "schedule.csv", "text/csv")


def _diagnostics(result: Result) -> None:
    """Lists of records as tables, all else by its place in one table."""
    kept = {
        name: each for name, each in result.document()["diagnostics"].items() if name != SCHEDULE
    }
    if not kept:
        return
    with st.expander("Diagnostics"):
        tabled = {name: each for name, each in kept.items() if _is_records(each)}
        rest = [
            pair for name, each in kept.items() if name not in tabled for pair in _flat(name, each)
        ]
        if rest:
            _table(pl.DataFrame(rest, schema=["where", "value"], orient="row"), "Diagnostics")
        for name, records in tabled.items():
            st.markdown(f"**{escape(name).replace('_', ' ').capitalize()}**")
            flat = [{key: as_said(each) for key, each in record.items()} for record in records]
            _table(pl.DataFrame(flat, infer_schema_length=None), name)


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _flat(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _flat(f"{where}.{name}", each)
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        for place, each in enumerate(value, start=1):
            yield from _flat(f"{where}.{place}", each)
    elif isinstance(value, list):
        yield where, ", ".join(map(as_said, value))
    else:
        yield where, as_said(value)


def draw(found: Found) -> None:
    """Forest, periods around the start, balance and power, each where there is one."""
    _forest(found)
    diagnostics = found.result.document()["diagnostics"]
    _event_study(found, diagnostics.get("event_study") or [])
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
        study_charts.estimates(frame, title, axis, at), width="stretch", alt=f"Estimates: {words}."
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


def _event_study(found: Found, rows: Rows) -> None:
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
    st.altair_chart(study_charts.event_study(typed, title), width="stretch", alt=words)
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
    chart = study_charts.balance(pl.DataFrame(known), title)
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
        study_charts.power_curve(frame, title, wanted),
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
