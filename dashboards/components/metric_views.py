"""The charts of one metric: over time, by area, in parts; the table and download behind each."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.metric import Layers, counts, dots, trend
from dashboards.components import tables
from dashboards.data import metric_rows, sources
from dashboards.data.choice import Choice
from dashboards.text import captions, figures

FEW = 3
COUNTS = ("count", "distinct")
KEYS = {"Over time": "time", "By area": "areas", "In parts": "parts"}
Metric = Mapping[str, Any]
ChartAndRows = tuple[Layers, pl.DataFrame]


def _by_area(choice: Choice, metric: Metric, row: metric_rows.Row) -> ChartAndRows:
    rows = tables.named(metric_rows.by_area(choice, str(metric["metric_id"]), row))
    title = captions.title(metric["label"], choice, figures.when(row))
    return dots(rows, metric, title, str(choice.area["label"])), rows


def _in_parts(choice: Choice, metric: Metric, row: metric_rows.Row) -> ChartAndRows:
    rows = tables.named(metric_rows.parts(choice, str(metric["metric_id"]), row))
    rows = rows.with_columns(label=pl.col("breakdown_value"))
    title = captions.title(metric["label"], choice, choice.area["label"], figures.when(row))
    return dots(rows, metric, title), rows


def _over_time(choice: Choice, metric: Metric, row: metric_rows.Row) -> ChartAndRows:
    name = str(metric["metric_id"])
    title = captions.title(metric["label"], choice, choice.area["label"])
    in_parts = row["breakdown"] != "all"
    rows = tables.named(metric_rows.over_time(choice, name, in_parts=in_parts))
    label = pl.col("breakdown_value") if in_parts else pl.lit(str(choice.area["label"]))
    rows = rows.with_columns(label=label)
    if rows["period_start"].n_unique() <= FEW:
        when = rows if in_parts else rows.with_columns(label=pl.col("period"))
        return dots(when, metric, title), rows
    rated = rows.filter(pl.col("status") == "final").height
    by_count = metric["kind"] in COUNTS or rated < rows.height / 2
    return (counts if by_count else trend)(rows, metric, title), rows


DRAW = {"Over time": _over_time, "By area": _by_area, "In parts": _in_parts}


def _views(choice: Choice, metric: Metric, row: metric_rows.Row) -> list[str]:
    """Views with something to see, the most informative first: time only when there are periods."""
    name = str(metric["metric_id"])
    if row["breakdown"] != "all":
        return ["Over time"]
    views = []
    if len(metric_rows.by_area(choice, name, row)) > 1:
        views.append("By area")
    if not metric_rows.parts(choice, name, row).is_empty():
        views.append("In parts")
    over_time = metric_rows.over_time(choice, name)
    return ["Over time", *views] if len(over_time) > FEW or not views else [*views, "Over time"]


def _caption(choice: Choice, metric: Metric, rows: pl.DataFrame) -> str:
    ends: tuple[Any, Any] = (rows["period_start"].min(), rows["period_end"].max())
    breaks = [
        row
        for row in metric_rows.breaks(choice, str(metric["metric_id"]))
        if all(ends) and ends[0] <= row["break_date"] <= ends[1]
    ]
    made_by = sources.of_metric(choice, str(metric["metric_id"]))
    producers = sorted(set(made_by["producer"].to_list())) if made_by.width else []
    return captions.caption(
        metric,
        str(choice.programme["programme_name"]),
        str(choice.area["label"]),
        ends,
        "; ".join(producers),
    ) + captions.marks(metric, rows.to_dicts(), breaks)


def show(choice: Choice, metric: Metric, row: metric_rows.Row) -> None:
    """The view the reader chose, its caption, and the rows behind it."""
    name = str(metric["metric_id"])
    views = _views(choice, metric, row)
    view = views[0]
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
    chart, rows = DRAW[view](choice, metric, row)
    ends = captions.ends(rows.to_dicts(), metric) if view == "Over time" else []
    place = str(choice.area["label"])
    st.altair_chart(
        chart, width="stretch", alt=captions.alt(str(metric["label"]), place, view, ends)
    )
    st.caption(_caption(choice, metric, rows))
    with st.expander("The table behind this chart, to read or to download"):
        tables.show(choice, rows, metric, f"{name}_{KEYS[view]}")
