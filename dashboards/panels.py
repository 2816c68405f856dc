"""One metric as a card: what it says, why it matters, how sure we are, its charts and its rows."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards import charts, figures, tables, words
from dashboards.choose import Choice
from dashboards.formats import plain

FEW = 3
COUNTS = ("count", "distinct")
Metric = Mapping[str, Any]


def tiles(choice: Choice, metrics: list[str]) -> None:
    """The figures of the chosen period side by side, at most four, counts beneath each."""
    known = [metric for name in metrics if (metric := figures.metric(choice, name))][:4]
    rows = [(metric, figures.headline(choice, str(metric["metric_id"]))) for metric in known]
    if not rows:
        return
    for place, (metric, row) in zip(st.columns(len(rows)), rows, strict=True):
        with place.container(border=True, height="stretch"):
            st.metric(str(metric["label"]), words.big(row, metric) if row else "No figure")
            st.caption(words.under(row, metric) if row else words.no_row(choice.period))


def _chart(
    choice: Choice, metric: Metric, row: Mapping[str, Any], view: str
) -> tuple[charts.Layers, pl.DataFrame]:
    place = str(choice.area["label"])
    label = str(metric["label"])
    if view == "By area":
        rows = tables.named(figures.by_area(choice, str(metric["metric_id"]), dict(row)))
        return charts.dots(rows, metric, f"{label}, {words.when(row)}", place), rows
    if view == "In parts":
        rows = tables.named(figures.parts(choice, str(metric["metric_id"]), dict(row)))
        rows = rows.with_columns(label=pl.col("breakdown_value"))
        return charts.dots(rows, metric, f"{label}, {place}, {words.when(row)}"), rows
    rows = tables.named(figures.over_time(choice, str(metric["metric_id"])))
    rows = rows.with_columns(label=pl.lit(place))
    title = f"{label}, {place}"
    if len(rows) <= FEW:
        return charts.dots(rows.with_columns(label=pl.col("period")), metric, title), rows
    few = rows.filter(pl.col("status") == "final").is_empty()
    draw: Callable[..., charts.Layers] = (
        charts.bars if few or metric["kind"] in COUNTS else charts.trend
    )
    return draw(rows, metric, title), rows


def _views(choice: Choice, metric: Metric, row: Mapping[str, Any]) -> list[str]:
    name = str(metric["metric_id"])
    views = ["Over time"]
    if len(figures.by_area(choice, name, dict(row))) > 1:
        views.append("By area")
    if not figures.parts(choice, name, dict(row)).is_empty():
        views.append("In parts")
    return views


def _caption(choice: Choice, metric: Metric, rows: pl.DataFrame) -> str:
    made_by = figures.sources(choice, str(metric["metric_id"]))
    producers = sorted(set(made_by["producer"].to_list())) if made_by.width else []
    return words.caption(
        metric,
        str(choice.programme["programme_name"]),
        str(choice.area["label"]),
        (rows["period_start"].min(), rows["period_end"].max()),
        "; ".join(producers),
    )


def _picture(choice: Choice, metric: Metric, row: Mapping[str, Any]) -> None:
    name = str(metric["metric_id"])
    views = _views(choice, metric, row)
    view = "Over time"
    if len(views) > 1:
        view = st.segmented_control(
            f"View of {metric['label']}",
            views,
            default=views[0],
            required=True,
            key=f"view_{name}",
            label_visibility="collapsed",
            bind="query-params",
        )
    chart, rows = _chart(choice, metric, row, view)
    told = words.ends(rows.to_dicts(), metric) if view == "Over time" else []
    place = str(choice.area["label"])
    st.altair_chart(chart, width="stretch", alt=words.alt(str(metric["label"]), place, view, told))
    st.caption(_caption(choice, metric, rows))
    with st.expander("The table behind this chart, to read or to download"):
        tables.show(choice, rows, metric, f"{name}_{view.lower().replace(' ', '_')}")


def card(choice: Choice, metric: Metric) -> None:
    """What a metric says for the chosen programme, area and period, in words before pictures."""
    st.subheader(plain(metric["label"]), divider="gray")
    row = figures.headline(choice, str(metric["metric_id"]))
    if row is None:
        st.info(words.no_row(choice.period), icon=":material/info:")
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown(words.performance(row, metric))
        st.markdown(f"**How sure are we?** {words.sure(row, metric)}")
        st.markdown(f"**Why it matters.** {words.sentence(metric['why_it_matters'])}")
        with st.expander("How it is worked out, and what a rise or fall can mean"):
            st.markdown(words.definition(metric))
    with right:
        if row["status"] in {"not_supplied", "not_applicable", "suppressed"}:
            st.info(words.why_not(row, metric), icon=":material/info:")
        else:
            _picture(choice, metric, row)


def nothing(choice: Choice, topic: str) -> None:
    """Said where a programme supplied nothing on the topic of a page, with those that did."""
    st.info(words.nothing(str(choice.programme["programme_name"])), icon=":material/info:")
    others = figures.programmes_with(choice, topic)
    if others:
        st.markdown(f"In this release it is supplied for: {', '.join(map(plain, others))}.")
