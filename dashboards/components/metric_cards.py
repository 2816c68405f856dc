"""A subject as tiles and cards: each gives its figure in words before any chart."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards.components import metric_views, tables
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text import captions, figures
from dashboards.text.formats import escape

ACROSS = 4
SHOWN = ("final", "low")
NEVER = "No figure of this area has changed since it was first published."
FIGURE = ("period_start", "breakdown_value", "first_value", "latest_value", "revision_count")
AGE = ("age_months", "share_of_latest_percent", "revision_percent", "months_judged")
Metric = Mapping[str, Any]


def tiles(choice: Choice, metrics: list[metric_rows.Row]) -> None:
    """The figures of the chosen period side by side, at most four, counts beneath each."""
    rows = [(metric, metric_rows.headline(choice, str(metric["metric_id"]))) for metric in metrics]
    known = [(metric, row) for metric, row in rows if row is not None][:ACROSS]
    if not known:
        return
    for place, (metric, row) in zip(st.columns(len(known)), known, strict=True):
        with place.container(border=True, height="stretch"):
            st.markdown(f"**{escape(metric['label'])}**", help=escape(metric["definition"]))
            if row["status"] in SHOWN:
                label = str(metric["label"])
                st.metric(label, figures.big(row, metric), label_visibility="collapsed")
            else:
                st.markdown(f"#### {figures.big(row, metric)}")
            lines = [figures.under(row, metric)]
            if late := _lately(choice, metric, row):
                lines.append(f"**{late}**")
            st.caption("  \n".join(lines))


def _lately(choice: Choice, metric: Metric, row: metric_rows.Row) -> str:
    """The latest figure in words where the headline is of a longer time; counts go without."""
    late = metric_rows.latest(choice, str(metric["metric_id"]), row)
    is_counted = metric["kind"] in {"count", "distinct"}
    return figures.lately(late, metric) if late and not is_counted else ""


def card(choice: Choice, metric: Metric, coverage: str = "") -> None:
    """What a metric says for the chosen programme, area and period, in words and then in charts.

    `coverage` names the metric that says how complete this one is.
    """
    st.subheader(escape(metric["label"]), divider="gray")
    name = str(metric["metric_id"])
    row = metric_rows.headline(choice, name)
    rows = [row] if row else metric_rows.sides(choice, name)
    if not rows or rows[0]["status"] not in SHOWN:
        _absent(choice, metric, rows)
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        _explain(choice, metric, rows)
        if coverage:
            _complete(choice, coverage)
        _define(choice, metric)
        _revisions(choice, metric)
    with right:
        metric_views.show(choice, metric, rows[0])


def _define(choice: Choice, metric: Metric) -> None:
    breaks = captions.broken(metric_rows.breaks(choice, str(metric["metric_id"])))
    with st.expander("How it is worked out, and what a rise or fall can mean"):
        st.markdown(figures.definition(metric, breaks))


def _absent(choice: Choice, metric: Metric, rows: list[metric_rows.Row]) -> None:
    elsewhere = metric_rows.areas_with(choice, str(metric["metric_id"]))
    why = figures.why_not(rows[0], metric) if rows else figures.no_row(choice.period, elsewhere)
    st.info(why, icon=":material/info:")
    st.markdown(f"**Why it matters.** {figures.sentence(metric['why_it_matters'])}")
    _define(choice, metric)


def _explain(choice: Choice, metric: Metric, rows: list[metric_rows.Row]) -> None:
    if rows[0]["breakdown"] == "all":
        st.markdown(figures.performance(rows[0], metric))
        if late := _lately(choice, metric, rows[0]):
            st.markdown(f"**{late}.**")
        if without := metric_rows.refused(choice, str(metric["metric_id"]), rows[0]):
            st.markdown(f"{figures.when(without)}: {figures.sentence(without['status_reason'])}")
    for row in rows if rows[0]["breakdown"] != "all" else ():
        st.markdown(
            f"**{escape(row['breakdown_value']).capitalize()}.** {figures.performance(row, metric)}"
        )
    st.markdown(f"**How sure are we?** {figures.sure(rows[0], metric)}")
    st.markdown(f"**Why it matters.** {figures.sentence(metric['why_it_matters'])}")


def _complete(choice: Choice, coverage: str) -> None:
    metric, row = metric_rows.metric(choice, coverage), metric_rows.headline(choice, coverage)
    if metric and row:
        st.markdown(f"**How complete is it?** {figures.performance(row, metric)}")


def cards(
    choice: Choice, metrics: list[metric_rows.Row], coverage: Mapping[str, str], key: str
) -> None:
    """The first metrics in full, and any other that the reader asks for."""
    for metric in metrics[:ACROSS]:
        card(choice, metric, coverage.get(str(metric["metric_id"]), ""))
    rest = {str(metric["label"]): metric for metric in metrics[ACROSS:]}
    if not rest:
        return
    st.subheader("More on this subject", divider="gray")
    asked = st.selectbox(
        "Another figure",
        list(rest),
        index=None,
        placeholder="Choose a figure",
        key=key,
        bind="query-params",
    )
    if asked in rest:
        card(choice, rest[asked], coverage.get(str(rest[asked]["metric_id"]), ""))


def nothing(choice: Choice, topics: tuple[str, ...]) -> None:
    """Said where a programme supplied nothing on the subject of a page, with those that did."""
    st.info(figures.nothing(str(choice.programme["programme_name"])), icon=":material/info:")
    others = metric_rows.programmes_with(choice, topics)
    if others:
        st.markdown(f"In this release it is supplied for: {', '.join(map(escape, others))}.")


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
