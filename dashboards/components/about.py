"""About a measure: definition, source, coverage, how soon it settles, breaks, version, query."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards.components import tables
from dashboards.data import metric_rows, sources
from dashboards.data.choice import Choice
from dashboards.text import captions, figures
from dashboards.text.formats import escape
from orchestration import paths

NEVER = "No figure of this area has changed since it was first published."
FIGURE = ("period_start", "breakdown_value", "first_value", "latest_value", "revision_count")
AGE = ("age_months", "share_of_latest_percent", "revision_percent", "months_judged")
Metric = Mapping[str, Any]


def show(choice: Choice, metric: Metric, row: metric_rows.Row, coverage: str) -> None:
    """What the measure is, how sure and how complete it is, and how it has been revised."""
    st.markdown(f"**Why it matters.** {figures.sentence(metric['why_it_matters'])}")
    st.markdown(f"**How sure are we?** {figures.sure(row, metric)}")
    if coverage:
        _complete(choice, coverage)
    define(choice, metric)
    st.markdown("\n".join(f"- {line}" for line in _origin(choice, metric)))
    _query(metric)
    _revisions(choice, metric)


def _origin(choice: Choice, metric: Metric) -> list[str]:
    """Source, coverage and latency of the measure, one line each."""
    name = str(metric["metric_id"])
    made_by = sources.of_metric(choice, name)
    months = choice.release.rows(
        "fct_metrics", metric_id=name, period_grain="month", **choice.place, **metric_rows.ALL
    )
    rules = choice.release.rows(
        "fct_provisional_periods", programme_id=choice.place["programme_id"], metric_id=name
    )
    rule = rules.row(0, named=True) if rules.height else None
    return [
        captions.sources_of(made_by.to_dicts()),
        captions.coverage(months.to_dicts()),
        captions.latency(metric, rule),
    ]


def _query(metric: Metric) -> None:
    """The query itself, from the code that this server runs."""
    name = f"models/metrics/{metric['topic']}/met_{metric['metric_id']}.sql"
    st.markdown(f"**The query:** `{name}`")
    file = paths.ROOT / name
    if file.is_file():
        with st.expander("Read the query (SQL)"):
            st.code(file.read_text(encoding="utf-8"), language="sql", wrap_lines=True)


def define(choice: Choice, metric: Metric) -> None:
    """The definition in full, with the breaks of the programme."""
    breaks = captions.broken(metric_rows.breaks(choice, str(metric["metric_id"])))
    st.markdown(figures.definition(metric, breaks))


def _complete(choice: Choice, coverage: str) -> None:
    metric, row = metric_rows.metric(choice, coverage), metric_rows.headline(choice, coverage)
    if metric and row:
        st.markdown(f"**How complete is it?** {figures.performance(row, metric)}")


def _revisions(choice: Choice, metric: Metric) -> None:
    """The rule by which periods are provisional, what it rests on, and figures that changed."""
    name, programme = str(metric["metric_id"]), choice.place["programme_id"]
    kind = {"programme_id": programme, "metric_id": name}
    rules = choice.release.rows("fct_provisional_periods", **kind)
    if rules.is_empty():
        return
    rule = rules.row(0, named=True)
    with st.expander("As first published, and for how long it is provisional"):
        st.markdown(f"{escape(rule['provisional_words'])} {escape(rule['history_words'])}")
        triangle = choice.release.rows("fct_revision_triangle", **kind)
        if not triangle.is_empty():
            st.markdown("**How much of a month was there at each age when it was released**")
            ages = triangle.sort("age_months").drop("programme_id", "metric_id")
            tables.released_table(choice, ages, "fct_revision_triangle", f"{name}_triangle", AGE)
        _changed(choice, name, choice.release.rows("fct_revisions", **choice.place, metric_id=name))


def _changed(choice: Choice, name: str, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        st.markdown(NEVER)
        return
    st.markdown("**Figures that changed, or came later than the rest of their period**")
    order = rows.sort("period_grain", "period_start", "breakdown", "breakdown_value")
    tables.released_table(choice, order, "fct_revisions", f"{name}_revisions", FIGURE)
