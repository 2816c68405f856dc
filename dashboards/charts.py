"""Released rows as charts: units on the axes, intervals drawn, values written beside their marks.

Each function takes the rows of one metric and returns an Altair chart; none of them works out a
figure. Colours come from the theme, and shape or words always say the same as a colour.
"""

import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from dashboards.formats import measured, whole

Metric = Mapping[str, Any]
Layers = alt.LayerChart | alt.FacetChart
GREY = "#767676"
ROW = 26
AROUND = 90
TALL = 260


def _unit(metric: Metric) -> str:
    return "percent" if metric["unit"] == "%" else str(metric["unit"])


def _finished(chart: Layers, title: str, height: int) -> Layers:
    words = alt.Title(title, anchor="start", fontSize=15, fontWeight="bold", offset=12, limit=900)
    sized: Layers = chart.properties(title=words, height=height)
    finished: Layers = sized.configure_axis(
        labelFontSize=13, titleFontSize=13, labelLimit=260, titleFontWeight="normal"
    )
    return finished


def _ready(frame: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Rows with what a chart may draw: a value only when it is final, and its text."""
    unit = str(metric["unit"])
    final = pl.col("status") == "final"
    shown = frame.with_columns(
        pl.when(final).then(pl.col(name)).alias(name)
        for name in ("value", "interval_low", "interval_high")
    )
    texts = [
        measured(row["value"], unit)
        if row["status"] == "final"
        else f"{whole(row['numerator'])} counted, too few for a rate"
        if row["status"] == "low"
        else str(row["status"]).replace("_", " ").capitalize()
        for row in shown.iter_rows(named=True)
    ]
    return shown.with_columns(text=pl.Series(texts, dtype=pl.String), series=pl.lit("value"))


def _theme_colour() -> alt.Color:
    return alt.Color("series:N", legend=None)


def trend(frame: pl.DataFrame, metric: Metric, title: str) -> Layers:
    """A line through the periods with its 95% band; crosses mark periods with too few events.

    `frame` is rows of `fct_metrics` of one metric, area and grain, one per period.
    """
    rows = _ready(frame, metric)
    scale = alt.Scale(zero=metric["unit"] != "%", nice=True)
    x = alt.X("period_start:T", title=None)
    y = alt.Y("value:Q", title=_unit(metric), scale=scale)
    tip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("text:N", title=str(metric["label"])),
    ]
    base = alt.Chart(rows)
    band = base.mark_area(opacity=0.22, invalid="break-paths-show-domains").encode(
        x,
        alt.Y("interval_low:Q", title=_unit(metric), scale=scale),
        alt.Y2("interval_high:Q"),
        _theme_colour(),
    )
    line = base.mark_line(invalid="break-paths-show-domains").encode(x, y, _theme_colour())
    points = base.mark_point(filled=True, size=28, opacity=1, invalid="filter").encode(
        x, y, _theme_colour(), tooltip=tip
    )
    few = (
        base.transform_filter("datum.status == 'low'")
        .mark_point(shape="cross", angle=45, size=36, color=GREY, filled=True)
        .encode(x, y=alt.value(TALL - 6), tooltip=tip)
    )
    breaks = (
        base.transform_filter("datum.is_break").mark_rule(strokeDash=[4, 3], color=GREY).encode(x)
    )
    return _finished(alt.layer(band, line, points, few, breaks), title, TALL)


def bars(frame: pl.DataFrame, metric: Metric, title: str) -> Layers:
    """A bar per period from zero, for metrics that count and for periods with too few events."""
    counts = frame.with_columns(
        series=pl.lit("count"),
        amount=pl.when(pl.col("status").is_in(["final", "low"])).then(pl.col("numerator")),
        until=pl.col("period_end").dt.offset_by("1d"),
    )
    unit = str(metric["unit"]) if metric["kind"] in {"count", "distinct"} else "events"
    drawn = (
        alt.Chart(counts)
        .mark_bar(binSpacing=1, invalid="filter")
        .encode(
            alt.X("period_start:T", title=None),
            alt.X2("until:T"),
            alt.Y("amount:Q", title=unit),
            _theme_colour(),
            tooltip=[
                alt.Tooltip("period:N", title="Period"),
                alt.Tooltip("amount:Q", title=unit, format=","),
            ],
        )
    )
    return _finished(alt.layer(drawn), title, TALL)


def dots(frame: pl.DataFrame, metric: Metric, title: str, chosen: str = "") -> Layers:
    """A dot with its interval per row of `frame`, in the given order, labelled by `label`.

    The row called `chosen` is filled and coloured; the others are grey and open.
    """
    rows = _ready(frame, metric)
    order = rows["label"].to_list()
    y = alt.Y("label:N", sort=order, title=None)
    x = alt.X("value:Q", title=_unit(metric), scale=alt.Scale(zero=metric["unit"] != "%"))
    is_chosen = f"datum.label === {json.dumps(chosen)}" if chosen else "true"
    colour = alt.condition(is_chosen, _theme_colour(), alt.value(GREY))
    base = alt.Chart(rows)
    lines = base.mark_rule(strokeWidth=2, invalid="filter").encode(
        y, alt.X("interval_low:Q", title=_unit(metric)), alt.X2("interval_high:Q"), color=colour
    )
    points = base.mark_point(filled=True, opacity=1, size=70, invalid="filter").encode(
        y,
        x,
        color=colour,
        shape=alt.condition(is_chosen, alt.value("circle"), alt.value("diamond")),
        tooltip=[
            alt.Tooltip("label:N", title="Where"),
            alt.Tooltip("text:N", title=str(metric["label"])),
        ],
    )
    texts = base.mark_text(align="right", dx=-4, fontSize=13, color=GREY).encode(
        y, x=alt.value("width"), text="text:N"
    )
    return _finished(alt.layer(lines, points, texts), title, ROW * len(rows) + AROUND)


def changes(frame: pl.DataFrame, title: str) -> Layers:
    """Percent change with its interval per row of `fct_changes`, around a line at no change."""
    rows = frame.filter(status="final").with_columns(series=pl.lit("change"))
    y = alt.Y("label:N", sort=rows["label"].to_list(), title=None)
    axis = "change in the rate, percent (0 = the same rate in both periods)"
    base = alt.Chart(rows)
    nothing = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=GREY).encode(alt.X("zero:Q"))
    lines = base.mark_rule(strokeWidth=2).encode(
        y,
        alt.X("interval_low_percent:Q", title=axis),
        alt.X2("interval_high_percent:Q"),
        color=_theme_colour(),
    )
    points = base.mark_point(filled=True, opacity=1, size=70).encode(
        y,
        alt.X("change_percent:Q", title=axis),
        color=_theme_colour(),
        tooltip=[
            alt.Tooltip("label:N", title="Where"),
            alt.Tooltip("change_percent:Q", title="Change, percent", format=".0f"),
        ],
    )
    return _finished(alt.layer(nothing, lines, points), title, ROW * len(rows) + AROUND)
