"""Findings of one outcome and measure as a chart: ours next to those that others published."""

from typing import Any

import altair as alt
import polars as pl

from dashboards.charts.style import Layers, finished, ink, x_at
from dashboards.text.evidence import CLASSES, MEASURES, short
from dashboards.text.formats import measured

ROW, AROUND = 46, 220
#: Measures that are not differences: below 0 has no meaning.
LEVELS = {"share_percent", "ratio"}
SHAPES = {
    "randomised": "square",
    "compared": "circle",
    "before_after": "triangle-up",
    "descriptive": "cross",
    "review": "diamond",
}


def forest(points: pl.DataFrame, title: str) -> Layers:
    """A mark per row of fct_evidence_points of one measure, with its interval where it has one.

    The name of each is above its mark, so that a narrow window cuts no name off. Shape shows the
    class of design, colour shows which are ours.
    """
    rows = _ready(points)
    axis = axis_of(str(rows["effect_measure"][0]))
    y = alt.Y("point_id:N", sort=rows["point_id"].to_list(), title=None, axis=None)
    x = alt.X("point_value:Q", title=axis, axis=alt.Axis(tickCount=8))
    colour = alt.condition("datum.is_local", alt.value(ink().main), alt.value(ink().quiet))
    base = alt.Chart(rows).encode(y=y)
    nothing = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(
        color=ink().quiet, strokeDash=[4, 3]
    )
    ends = (alt.X("point_low:Q", title=axis), alt.X2("point_high:Q"))
    lines = base.mark_rule(strokeWidth=2, invalid="filter", yOffset=8).encode(*ends, color=colour)
    names = base.mark_text(align="left", dy=-9, fontSize=12, limit=520, color=ink().text).encode(
        x=x_at(2), text=alt.Text("name:N")
    )
    layers = [nothing.encode(x=alt.X("zero:Q")), lines, _marks(base, x, colour, rows), names]
    return finished(layers, title, ROW * len(rows) + AROUND)


def on_one_scale(rows: pl.DataFrame, title: str, axis: str) -> Layers:
    """An interval bar per row of one unit: `name`, `value`, `low`, `high` and `kind`, in order.

    `kind` is one of CLASSES in words and decides the shape. The names stand above the bars.
    """
    y = alt.Y("name:N", sort=rows["name"].to_list(), title=None, axis=None)
    base = alt.Chart(rows).encode(y=y)
    ends = (alt.X("low:Q", title=axis), alt.X2("high:Q"))
    bars = base.mark_rule(strokeWidth=5, opacity=0.6, color=ink().main, yOffset=8).encode(*ends)
    marks = base.mark_point(size=90, filled=True, opacity=1, yOffset=8, color=ink().main).encode(
        x=alt.X("value:Q", title=axis, axis=alt.Axis(tickCount=8)),
        shape=_shape(rows),
        tooltip=[
            alt.Tooltip("name:N", title="Of"),
            alt.Tooltip("said:N", title="Interval"),
            alt.Tooltip("kind:N", title="Design"),
        ],
    )
    names = base.mark_text(align="left", dy=-9, fontSize=12, limit=520, color=ink().text).encode(
        x=x_at(2), text=alt.Text("name:N")
    )
    zero = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=ink().quiet, strokeDash=[4, 3])
    layers = [zero.encode(alt.X("zero:Q", title=axis)), bars, marks, names]
    return finished(layers, title, ROW * len(rows) + AROUND)


def axis_of(measure: str) -> str:
    """The title of the axis of one measure; all but shares and ratios are differences."""
    below = "" if measure in LEVELS else " (below 0: fewer or less)"
    return f"{MEASURES[measure].lower()}{below}"


def _shape(rows: pl.DataFrame) -> alt.Shape:
    """A shape for each class of design among the rows, with its legend."""
    known = rows["kind"].unique().to_list()
    return alt.Shape(
        "kind:N",
        title=None,
        scale=alt.Scale(
            domain=[said for said in CLASSES.values() if said in known],
            range=[SHAPES[name] for name, said in CLASSES.items() if said in known],
        ),
        legend=alt.Legend(
            orient="bottom", columns=2, labelFontSize=13, symbolFillColor=ink().quiet
        ),
    )


def _marks(base: alt.Chart, x: alt.X, colour: Any, rows: pl.DataFrame) -> alt.Chart:
    marks: alt.Chart = base.mark_point(size=90, filled=True, opacity=1, yOffset=8).encode(
        x=x,
        color=colour,
        shape=_shape(rows),
        tooltip=[
            alt.Tooltip("point_label:N", title="Of"),
            alt.Tooltip("outcome_name:N", title="Counted"),
            alt.Tooltip("said:N", title="Figure"),
            alt.Tooltip("kind:N", title="Design"),
        ],
    )
    return marks


def _ready(points: pl.DataFrame) -> pl.DataFrame:
    """Ours first, then by design and grade, with names and figures in words."""
    order = list(CLASSES)
    ranked = points.sort(
        ~pl.col("is_local"),
        pl.col("design_class").replace_strict(order, range(len(order)), return_dtype=pl.Int64),
        "evidence_grade",
        "point_id",
    )
    texts = [_figure(row) for row in ranked.iter_rows(named=True)]
    names = [short(row) for row in ranked.iter_rows(named=True)]
    return ranked.with_columns(
        said=pl.Series(texts, dtype=pl.String),
        name=pl.Series(names, dtype=pl.String),
        kind=pl.col("design_class").replace_strict(CLASSES, return_dtype=pl.String),
    )


def _figure(row: dict[str, object]) -> str:
    value, low, high = (row[name] for name in ("point_value", "point_low", "point_high"))
    said = measured(value, "")  # type: ignore[arg-type]
    if low is None or high is None:
        return f"{said}, no interval printed"
    return f"{said} ({measured(low, '')} to {measured(high, '')})"  # type: ignore[arg-type]
