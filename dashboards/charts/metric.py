"""Released rows of metrics as charts: units on the axes, intervals, values next to marks.

Each function takes the rows of one metric and returns an Altair chart; none of them works out a
figure. Figures that late entries can still change are hollow points or pale bars.
"""

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import altair as alt
import polars as pl

from dashboards.charts.landmarks import NONE, Landmarks, above, apart, layers, room, with_gaps
from dashboards.charts.style import Layers, drawn_as, finished, ink, x_at, y_at
from dashboards.text.figures import COUNTED, first_part, unit_in_words
from dashboards.text.formats import measured, whole

PROVISIONAL = "datum.is_provisional"
PALE = alt.condition(PROVISIONAL, alt.value(0.4), alt.value(1))
Metric = Mapping[str, Any]
CROWDED = 40
# The size of a small line, how many characters of the smallest text fit above it, and the room for
# its mark.
SMALL, SMALL_WIDTH, SMALL_WORDS = 56, 28, 18
# Deciles of fewer areas than this would be the areas themselves.
ENOUGH = 10
ROW, AROUND, TALL = 26, 160, 300
# Of the height of a picture, what its title and the words below its axis take; the rest is scale.
FRAME = 110
# Pixels that a line of direct labels takes, with the space to the next.
LABEL = 22
# Pixels that the label of a target takes above bars.
TARGET = 20
# The whole in per cent, which no share of it passes.
WHOLE = 100.0
GAPS: Literal["break-paths-show-domains"] = "break-paths-show-domains"
# What marks, their words or what stands beside them show: a browser is sent no other column.
DRAWN = (
    "label", "period", "period_start", "period_end", "numerator", "value", "interval_low",
    "interval_high", "status", "is_provisional", "text", "series",
)  # fmt: skip


def _text(row: Mapping[str, Any], metric: Metric) -> str:
    status = str(row["status"])
    if status == "final" or (status == "low" and metric["kind"] in COUNTED):
        return measured(row["value"], str(metric["unit"]))
    if status == "low":
        return f"{whole(row['numerator'])} counted, too few for a rate"
    return "Hidden to protect people" if status == "suppressed" else status.replace("_", " ")


def _ready(frame: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Rows with what may be plotted: only final rates; the text; the series."""
    plotted = ["final", "low"] if metric["kind"] in COUNTED else ["final"]
    shown = frame.with_columns(
        pl.when(pl.col("status").is_in(plotted)).then(pl.col(name)).alias(name)
        for name in ("value", "interval_low", "interval_high")
    )
    texts = [_text(row, metric) for row in shown.iter_rows(named=True)]
    broken = (pl.col("breakdown") != "all").any()
    series = pl.when(broken).then(pl.col("label")).otherwise(pl.lit("all"))
    ready = shown.with_columns(text=pl.Series(texts, dtype=pl.String), series=series)
    return ready.select(name for name in DRAWN if name in ready.columns)


def _hollow() -> Any:
    """The fill of a point: the background colour where late entries can still change the figure."""
    return alt.condition(PROVISIONAL, alt.value(ink().ground), alt.Fill("series:N", legend=None))


def _colour() -> alt.Color:
    return alt.Color("series:N", legend=None)


def _tips(metric: Metric, name: str, title: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:N", title=title), alt.Tooltip("text:N", title=metric["label"])]


def _chosen(name: str) -> tuple[Any, Any]:
    """Colour and shape that distinguish the chosen row from the others."""
    test = f"datum.label === {json.dumps(name)}" if name else "true"
    colour = alt.condition(test, alt.Color("focus:N", legend=None), alt.value(ink().quiet))
    return colour, alt.condition(test, alt.value("circle"), alt.value("diamond"))


def trend(
    frame: pl.DataFrame,
    metric: Metric,
    title: str,
    peers: pl.DataFrame | None = None,
    marks: Landmarks = NONE,
) -> Layers:
    """Lines through the periods with their 95% bands; hollow points are provisional, crosses few.

    `frame` is rows of `fct_metrics` of one metric, area and grain; parts become lines of their own.
    `peers` are rows of the areas to compare with, shown in grey in the background: the median and
    the middle eight tenths where there are at least ten, or else one line each. A period without a
    figure breaks the line; `marks` are drawn across.
    """
    rows = _ready(with_gaps(frame), metric)
    free = room(rows, marks)
    known = _drawn(rows, peers, marks)
    scale = _scale(known, metric, free)
    x = alt.X("period_start:T", title=None)
    # The space for labels may reach beyond the whole, where no share can be. More than was planned
    # or budgeted can be, and has its numbers.
    whole_share = alt.Axis(labelExpr="datum.value > 100 ? '' : datum.label")
    is_part = metric["unit"] == "%" and round(max(known, default=0.0), 6) <= WHOLE
    axis = whole_share if is_part else alt.Undefined
    y = alt.Y("value:Q", title=unit_in_words(metric), scale=scale, axis=axis)
    low = alt.Y("interval_low:Q", title=unit_in_words(metric), scale=scale)
    tips = _tips(metric, "period", "Period")
    base = alt.Chart(rows)
    band = base.mark_area(opacity=0.2, invalid=GAPS).encode(
        x, low, alt.Y2("interval_high:Q"), _colour()
    )
    line = base.mark_line(invalid=GAPS).encode(x, y, _colour())
    size = 26 if len(rows) <= CROWDED else 10
    points = base.mark_point(size=size, opacity=1, invalid="filter").encode(
        x, y, _colour(), alt.Shape("series:N", legend=None), fill=_hollow(), tooltip=tips
    )
    few = base.transform_filter("datum.status === 'low'").encode(x, y=y_at("height"))
    cross = few.mark_point(
        shape="cross", angle=45, size=90, filled=True, color=ink().quiet, yOffset=-8
    ).encode(tooltip=tips)
    crosses = [cross] if (rows["status"] == "low").any() else []
    names = _names(rows, x, metric, scale)
    behind = [] if peers is None else _behind(peers, x, metric, scale)
    across = layers(rows, marks, unit_in_words(metric))
    drawn = [*behind, *across, band, line, points, *crosses, *names]
    return finished(drawn, title, TALL + free)


def _drawn(rows: pl.DataFrame, peers: pl.DataFrame | None, marks: Landmarks) -> list[float]:
    """Every value that a trend shows: figures, ends of intervals, peers and the target."""
    ends = [each for name in ("value", "interval_low", "interval_high") for each in rows[name]]
    ends += [] if peers is None else peers["value"].to_list()
    return [*(float(each) for each in ends if each is not None), *filter(None, [marks.target])]


def _scale(known: Sequence[float], metric: Metric, free: int) -> alt.Scale:
    """The scale of a trend: `free` pixels above its highest mark are for labels."""
    is_share = metric["unit"] == "%"
    if not free or not known:
        return alt.Scale(zero=not is_share, nice=True)
    bottom = min(known) if is_share else min(0.0, *known)
    top = above(max(known), bottom, free, TALL - FRAME)
    return alt.Scale(zero=not is_share, nice=True, domainMax=top)


def _behind(peers: pl.DataFrame, x: alt.X, metric: Metric, scale: alt.Scale) -> list[alt.Chart]:
    """The peers through time: deciles and median of enough of them in every period, or lines."""
    y = alt.Y("value:Q", title=unit_in_words(metric), scale=scale)
    by_period = peers.group_by("period_start").agg(
        low=pl.col("value").quantile(0.1, "linear"),
        middle=pl.col("value").median(),
        high=pl.col("value").quantile(0.9, "linear"),
        count=pl.col("value").count(),
    )
    enough = by_period.filter(pl.col("count") >= ENOUGH).sort("period_start")
    if enough.height < by_period.height / 2:
        few = alt.Chart(peers).mark_line(color=ink().quiet, opacity=0.45, strokeWidth=1)
        return [few.encode(x, y, alt.Detail("area_id:N"))]
    base = alt.Chart(enough)
    low = alt.Y("low:Q", title=unit_in_words(metric), scale=scale)
    return [
        base.mark_area(color=ink().quiet, opacity=0.22).encode(x, low, alt.Y2("high:Q")),
        base.mark_line(color=ink().quiet, strokeDash=[5, 3], strokeWidth=2).encode(
            x, alt.Y("middle:Q", title=unit_in_words(metric), scale=scale)
        ),
    ]


def _names(
    rows: pl.DataFrame, x: alt.X, metric: Metric, scale: alt.Scale | None = None
) -> list[alt.Chart]:
    """The name of each line next to its last point, none over another, when there are several."""
    if rows["series"].n_unique() == 1:
        return []
    plotted = rows.filter(pl.col("value").is_not_null()).sort("period_start")
    if plotted.is_empty():
        return []
    last = plotted.unique("series", keep="last", maintain_order=True)
    span = float(plotted["value"].max()) - min(0.0, float(plotted["value"].min()))  # type: ignore[arg-type]
    places = apart(last["value"].to_list(), span * LABEL / TALL)
    named = alt.Chart(last.with_columns(place=pl.Series(places, dtype=pl.Float64)))
    words = named.mark_text(align="right", dy=-10, fontSize=13, fontWeight="bold")
    y = alt.Y("place:Q", title=unit_in_words(metric), scale=scale or alt.Undefined)
    return [words.encode(x, y, _colour(), text=alt.Text("series:N"))]


def counts(frame: pl.DataFrame, metric: Metric, title: str, marks: Landmarks = NONE) -> Layers:
    """How many in each period, from zero: bars, or a line per part where there are parts.

    For metrics that count, and for rates whose periods have too few events to rate. `marks` are
    drawn across, but for the target of a rate, which no count can meet or miss.
    """
    rows = _ready(frame, metric).with_columns(
        amount=pl.when(pl.col("status").is_in(["final", "low"])).then(pl.col("numerator")),
        until=pl.col("period_end").dt.offset_by("1d"),
    )
    is_count = metric["kind"] in COUNTED
    unit = str(metric["unit"]) if is_count else first_part(metric["numerator_words"])
    marks = marks if is_count else replace(marks, target=None)
    # Bars would cover the label of a target.
    free = room(rows, marks) + (0 if marks.target is None else TARGET)
    most = max([*rows["amount"].drop_nulls().to_list(), marks.target or 0.0], default=0.0)
    top = above(float(most), 0.0, free, TALL - FRAME) if free and most else None
    scale = alt.Scale(domainMax=top) if top else alt.Undefined
    x, y = alt.X("period_start:T", title=None), alt.Y("amount:Q", title=unit, scale=scale)
    amount = alt.Tooltip("amount:Q", title=unit, format=",.0f")
    tips = [alt.Tooltip("period:N", title="Period"), amount]
    base = alt.Chart(rows)
    across = layers(rows, marks, unit, target_at=free)
    if rows["series"].n_unique() > 1:
        line = base.mark_line(invalid=GAPS).encode(x, y, _colour())
        points = base.mark_point(size=40, opacity=1).encode(
            x, y, _colour(), alt.Shape("series:N", legend=None), fill=_hollow(), tooltip=tips
        )
        named = _names(rows.with_columns(value=pl.col("amount")), x, {**metric, "unit": unit})
        return finished([*across, line, points, *named], title, TALL + free)
    bar = base.mark_bar(invalid="filter", stroke="white", strokeWidth=0.5).encode(opacity=PALE)
    placed = bar.encode(x, alt.X2("until:T"), y, alt.Y2Datum(0), _colour(), tooltip=tips)
    return finished([*across, placed], title, TALL + free)


def _named(rows: pl.DataFrame) -> alt.Y:
    """An axis with the name of every row, in their order: none is left out for want of room."""
    axis = alt.Axis(labelOverlap=False)
    return alt.Y("label:N", sort=rows["label"].to_list(), title=None, axis=axis)


def dots(frame: pl.DataFrame, metric: Metric, title: str, chosen: str = "") -> Layers:
    """A dot with its interval per row of `frame`, in the given order, labelled by `label`.

    The row called `chosen` is a coloured circle and the others grey diamonds; counts are bars.
    """
    rows = _ready(frame, metric).with_columns(focus=pl.lit("all"))
    y = _named(rows)
    is_count = metric["kind"] in COUNTED
    scale = alt.Scale(zero=is_count or metric["unit"] != "%")
    # An axis with a single value prints all of its digits.
    axis = alt.Axis(format=",.1~f") if rows["value"].n_unique() == 1 else alt.Undefined
    x = alt.X("value:Q", title=unit_in_words(metric), scale=scale, axis=axis)
    colour, shape = _chosen(chosen)
    base = alt.Chart(rows)
    tips = _tips(metric, "label", "What")
    if is_count:
        marks = [
            base.mark_bar(height=14, invalid="filter").encode(y, x, color=colour, tooltip=tips)
        ]
    else:
        ends = (alt.X("interval_low:Q", title=unit_in_words(metric)), alt.X2("interval_high:Q"))
        lines = base.mark_rule(strokeWidth=2, invalid="filter").encode(y, *ends, color=colour)
        points = base.mark_point(filled=True, opacity=1, size=70, invalid="filter")
        marks = [lines, points.encode(y, x, color=colour, shape=shape, tooltip=tips)]
    written = _named(rows)
    values = alt.Chart(rows).mark_text(align="left", dx=8, fontSize=13, color=ink().quiet)
    texts = values.encode(written, x=x_at("width"), text=alt.Text("text:N"))
    return finished([*marks, texts], title, ROW * len(rows) + AROUND)


def changes(frame: pl.DataFrame, title: str, chosen: str = "") -> Layers:
    """Percent change with its interval per row of `fct_changes`, around a line at no change."""
    rows = frame.filter(status="final").with_columns(focus=pl.lit("all"))
    axis = "per cent (0: no change)"
    y = _named(rows)
    x = alt.X("change_percent:Q", title=axis)
    ends = (alt.X("interval_low_percent:Q", title=axis), alt.X2("interval_high_percent:Q"))
    colour, shape = _chosen(chosen)
    base = alt.Chart(rows)
    nothing = (
        alt.Chart(pl.DataFrame({"zero": [0.0]}))
        .mark_rule(color=ink().quiet)
        .encode(alt.X("zero:Q"))
    )
    lines = base.mark_rule(strokeWidth=2).encode(y, *ends, color=colour)
    tips = [
        alt.Tooltip("label:N", title="Where"),
        alt.Tooltip("change_percent:Q", title="Change, percent", format=".0f"),
    ]
    points = base.mark_point(filled=True, opacity=1, size=70)
    marks = points.encode(y, x, color=colour, shape=shape, tooltip=tips)
    return finished([nothing, lines, marks], title, ROW * len(rows) + AROUND)


def sparkline(rows: pl.DataFrame, cameras_from: date | None, origin: str = "") -> Layers:
    """A small line of one figure, with the month in which cameras came.

    `rows` are `period_start` and `value` in order; a missing value is a gap in the line. `origin`
    is printed above the line, so that it is kept wherever the picture is copied.
    """
    colours = ink()
    x = alt.X("period_start:T", axis=None)
    starts = rows["period_start"].drop_nulls().to_list()
    is_marked = cameras_from is not None and starts and min(starts) < cameras_from <= max(starts)
    known, free = rows["value"].drop_nulls(), SMALL_WORDS if is_marked else 0
    top = above(float(known.max()), float(known.min()), free, SMALL)  # type: ignore[arg-type]
    # A rounded axis would take back what is kept free for the word.
    scale = alt.Scale(zero=False, nice=False, domainMax=top) if is_marked else alt.Scale(zero=False)
    y = alt.Y("value:Q", axis=None, scale=scale)
    line = alt.Chart(rows).mark_line(color=colours.main, strokeWidth=2, invalid=GAPS)
    last = alt.Chart(rows.drop_nulls("value").tail(1))
    dot = last.mark_point(color=colours.main, filled=True, size=50, opacity=1)
    layers = [line.encode(x, y), dot.encode(x, y)]
    if is_marked:
        began = alt.Chart(pl.DataFrame({"period_start": [cameras_from], "said": ["cameras"]}))
        rule = began.mark_rule(color=colours.quiet, strokeDash=[3, 3])
        words = began.mark_text(align="left", dx=3, y=6, fontSize=11, color=colours.text)
        layers += [rule.encode(x), words.encode(x, text=alt.Text("said:N"))]
    heading: dict[str, Any] = {}
    if origin:
        lines = textwrap.wrap(origin, SMALL_WIDTH)
        heading["title"] = alt.Title(
            "", subtitle=lines, subtitleFontSize=10, subtitleColor=colours.text, anchor="start"
        )
    config = alt.Config(view=alt.ViewConfig(stroke=None))
    height = SMALL + free
    return drawn_as(layers, height=height, background="transparent", config=config, **heading)
