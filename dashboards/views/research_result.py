"""What a reader's own study found, in words, figures, and files to take away."""

import json
from collections.abc import Iterator
from math import exp
from typing import Any

import polars as pl
import streamlit as st

from dashboards.components import downloads
from dashboards.text import research as research_text
from dashboards.text.formats import escape
from dashboards.views import research_drawn
from dashboards.views.research_run import Found
from orchestration.evaluation.core import Refusal, Result, Scale
from orchestration.evaluation.planning import DESIGNS as PLANS
from orchestration.evaluation.wording import as_said
from orchestration.storage import spreadsheet_safety

SCHEDULE = "schedule"


def show(found: Found) -> None:
    """Everything a study found, and which of its gates were met."""
    result = found.result
    st.header(escape(found.study.title), divider="gray")
    st.caption(f"{escape(found.study.question)} {research_text.OWN_TABLE}")
    st.markdown(f"**{escape(result.summary)}**")
    if answer := research_text.answer(found.study.keys.model_dump(), result.values):
        st.markdown(f"**{escape(answer)}**")
    research_drawn.show(found)
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
    downloads.offer_own(st.session_state["reader"], label, data, name, kind, key=f"save_{name}")


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
