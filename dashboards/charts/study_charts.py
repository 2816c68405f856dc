"""What studies found as charts.

Findings of one outcome and measure, ours next to those that others published; interval bars on one
scale; estimates, power by effect and balance of the arms of a reader's own study; event studies.
"""

from typing import Any

import altair as alt
import polars as pl

from dashboards.charts.style import (
    NAME_LINE,
    Layers,
    finished,
    in_lines,
    ink,
    names_above,
    x_at,
    y_at,
)
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
ESTIMATE_ROW, AROUND_ESTIMATES, CURVE_HEIGHT = 40, 130, 340
# Arms that differ by less than this many standard deviations are usually called balanced.
BALANCED = 0.1
EVENTS_HEIGHT = 380
# How many numbers of places fit below the narrowest chart.
MOST_COUNTS = 9


def findings(points: pl.DataFrame, title: str) -> Layers:
    """A mark per row of fct_evidence_points of one measure, with its interval where it has one.

    The name of each is above its mark, so that a narrow window cuts no name off. Shape shows the
    class of design, colour shows which are ours.
    """
    rows = _findings_ready(points)
    axis = axis_of(str(rows["effect_measure"][0]))
    y = alt.Y("point_id:N", sort=rows["point_id"].to_list(), title=None, axis=None)
    x = alt.X("point_value:Q", title=axis, axis=alt.Axis(tickCount=8))
    colour = alt.condition("datum.is_local", alt.value(ink().main), alt.value(ink().quiet))
    lines_of_names, more = in_lines(rows["name"].to_list())
    base = alt.Chart(rows.with_columns(words=pl.Series(lines_of_names))).encode(y=y)
    nothing = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(
        color=ink().quiet, strokeDash=[4, 3]
    )
    ends = (alt.X("point_low:Q", title=axis), alt.X2("point_high:Q"))
    lines = base.mark_rule(strokeWidth=2, invalid="filter", yOffset=8).encode(*ends, color=colour)
    names = names_above(base, 9, more)
    layers = [nothing.encode(x=alt.X("zero:Q")), lines, _marks(base, x, colour, rows), names]
    return finished(layers, title, (ROW + NAME_LINE * more) * len(rows) + AROUND)


def on_one_scale(rows: pl.DataFrame, title: str, axis: str) -> Layers:
    """An interval bar per row of one unit: `name`, `value`, `low`, `high` and `kind`, in order.

    `kind` is one of CLASSES in words and decides the shape. The names stand above the bars.
    """
    y = alt.Y("name:N", sort=rows["name"].to_list(), title=None, axis=None)
    lines_of_names, more = in_lines(rows["name"].to_list())
    base = alt.Chart(rows.with_columns(words=pl.Series(lines_of_names))).encode(y=y)
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
    names = names_above(base, 9, more)
    zero = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=ink().quiet, strokeDash=[4, 3])
    layers = [zero.encode(alt.X("zero:Q", title=axis)), bars, marks, names]
    return finished(layers, title, (ROW + NAME_LINE * more) * len(rows) + AROUND)


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


def _findings_ready(points: pl.DataFrame) -> pl.DataFrame:
    """Ours first, then by design and grade, with names and figures in words."""
    order = list(CLASSES)
    ranked = points.sort(
        ~pl.col("is_local"),
        pl.col("design_class").replace_strict(order, range(len(order)), return_dtype=pl.Int64),
        "evidence_grade",
        "point_id",
    )
    texts = [_point_in_words(row) for row in ranked.iter_rows(named=True)]
    names = [short(row) for row in ranked.iter_rows(named=True)]
    return ranked.with_columns(
        said=pl.Series(texts, dtype=pl.String),
        name=pl.Series(names, dtype=pl.String),
        kind=pl.col("design_class").replace_strict(CLASSES, return_dtype=pl.String),
    )


def _point_in_words(row: dict[str, object]) -> str:
    value, low, high = (row[name] for name in ("point_value", "point_low", "point_high"))
    said = measured(value, "")  # type: ignore[arg-type]
    if low is None or high is None:
        return f"{said}, no interval printed"
    return f"{said} ({measured(low, '')} to {measured(high, '')})"  # type: ignore[arg-type]


def estimates(rows: pl.DataFrame, title: str, axis: str, nothing: float | None) -> Layers:
    """A mark with its interval per row: `label`, `value`, `low`, `high`; the first is emphasised.

    `nothing` is the value that means no difference, None where there is no such value.
    """
    colours = ink()
    ready = rows.with_row_index("place").with_columns(is_first=pl.col("place") == 0)
    base = alt.Chart(ready).encode(y=alt.Y("label:N", sort=rows["label"].to_list(), axis=None))
    colour = alt.condition("datum.is_first", alt.value(colours.main), alt.value(colours.quiet))
    x = alt.X("value:Q", title=axis, scale=alt.Scale(zero=False))
    lines = base.mark_rule(strokeWidth=2, yOffset=8, invalid="filter").encode(
        x=alt.X("low:Q", title=axis), x2=alt.X2("high:Q"), color=colour
    )
    marks = base.mark_point(filled=True, size=90, opacity=1, yOffset=8).encode(
        x=x, color=colour,
        shape=alt.condition("datum.is_first", alt.value("circle"), alt.value("diamond")),
        tooltip=[alt.Tooltip("label:N"), alt.Tooltip("value:Q", format=".4g")],
    )  # fmt: skip
    names = base.mark_text(align="left", dy=-8, fontSize=12, color=colours.text).encode(
        x=x_at(2), text=alt.Text("label:N")
    )
    zero = []
    if nothing is not None:
        rule = alt.Chart(pl.DataFrame({"nothing": [nothing]})).mark_rule(
            color=colours.quiet, strokeDash=[4, 3]
        )
        zero = [rule.encode(x=alt.X("nothing:Q", title=axis))]
    return finished(
        [*zero, lines, marks, names], title, ESTIMATE_ROW * rows.height + AROUND_ESTIMATES
    )


def power_curve(points: pl.DataFrame, title: str, wanted: float) -> Layers:
    """Power in per cent by the size of a fall: `fall`, `power`, `low`, `high`, `is_asked`.

    `low` and `high` are the Monte-Carlo error of a simulated power, null where it is a formula.
    """
    colours = ink()
    x = alt.X("fall:Q", title="fall to be found, per cent")
    y = alt.Y("power:Q", title="found, times in a hundred", scale=alt.Scale(domain=[0, 100]))
    base = alt.Chart(points.sort("fall"))
    error = base.mark_rule(strokeWidth=2, color=colours.quiet, invalid="filter").encode(
        x, alt.Y("low:Q", title="found, times in a hundred"), alt.Y2("high:Q")
    )
    line = base.mark_line(color=colours.quiet).encode(x, y)
    marks = base.mark_point(filled=True, opacity=1).encode(
        x, y,
        size=alt.condition("datum.is_asked", alt.value(140), alt.value(50)),
        color=alt.condition("datum.is_asked", alt.value(colours.main), alt.value(colours.quiet)),
        tooltip=[alt.Tooltip("fall:Q", format=".0f"), alt.Tooltip("power:Q", format=".0f")],
    )  # fmt: skip
    level = alt.Chart(pl.DataFrame({"wanted": [wanted], "said": [f"wanted: {wanted:.0f}"]}))
    rule = level.mark_rule(color=colours.quiet, strokeDash=[4, 3]).encode(
        alt.Y("wanted:Q", title="found, times in a hundred")
    )
    words = level.mark_text(align="left", dx=3, dy=-6, fontSize=11, color=colours.text).encode(
        alt.Y("wanted:Q", title="found, times in a hundred"), x=x_at(0), text=alt.Text("said:N")
    )
    return finished([rule, words, line, error, marks], title, CURVE_HEIGHT)


def balance(rows: pl.DataFrame, title: str) -> Layers:
    """Standardised differences between arms before the study: `label` and `value`."""
    colours = ink()
    axis = "difference between arms, standard deviations"
    guides = alt.Chart(pl.DataFrame({"edge": [-BALANCED, BALANCED]})).mark_rule(
        color=colours.quiet, strokeDash=[4, 3]
    )
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=rows["label"].to_list(), axis=None))
    marks = base.mark_point(filled=True, size=90, opacity=1, color=colours.main, yOffset=8).encode(
        alt.X("value:Q", title=axis), tooltip=[alt.Tooltip("label:N"), alt.Tooltip("value:Q")]
    )
    names = base.mark_text(align="left", dy=-8, fontSize=12, color=colours.text).encode(
        x=x_at(2), text=alt.Text("label:N")
    )
    drawn = [guides.encode(alt.X("edge:Q", title=axis)), marks, names]
    return finished(drawn, title, ESTIMATE_ROW * rows.height + AROUND_ESTIMATES)


def event_study(points: pl.DataFrame, title: str) -> Layers:
    """Rows of fct_study_points in per cent: diamonds before the cameras came, circles after.

    Each has its 95% interval where the release has one; below it is the number of places behind it,
    for as many points as there is room.
    """
    low, high = "period_log_ratio_low", "period_log_ratio_high"
    ends = [name for name in (low, high) if name in points.columns]
    rows = points.sort("event_period").with_columns(
        change=_percent("period_log_ratio"),
        side=pl.when(pl.col("event_period") < 0).then(pl.lit("before")).otherwise(pl.lit("after")),
        **({"low": _percent(low), "high": _percent(high)} if len(ends) > 1 else {}),
    )
    colours = ink()
    colour = alt.condition(
        "datum.event_period < 0", alt.value(colours.quiet), alt.value(colours.main)
    )
    x = alt.X(
        "event_period:Q",
        title="periods since cameras came; above: places behind a point",
        scale=alt.Scale(nice=False, padding=14),
        axis=alt.Axis(tickMinStep=1, format="d", titleLimit=340),
    )
    y = alt.Y("change:Q", title="difference from expected, per cent")
    base = alt.Chart(rows)
    marks = base.mark_point(size=60, filled=True, opacity=1).encode(
        x=x, y=y, color=colour,
        shape=alt.Shape(
            "side:N", title=None, legend=None,
            scale=alt.Scale(domain=["before", "after"], range=["diamond", "circle"]),
        ),
        tooltip=[
            alt.Tooltip("event_period:Q", title="Period"),
            alt.Tooltip("change:Q", title="Per cent", format=".0f"),
            alt.Tooltip("unit_count:Q", title="Places behind it"),
        ],
    )  # fmt: skip
    step = -(-rows.height // MOST_COUNTS)
    counts = (
        alt.Chart(rows.gather_every(step))
        .mark_text(baseline="bottom", dy=-3, fontSize=11, color=colours.text)
        .encode(x=x, y=y_at("height"), text=alt.Text("unit_count:Q"))
    )
    lines = (
        [base.mark_rule(strokeWidth=2, invalid="filter").encode(
            x=x, y=alt.Y("low:Q", title="difference from expected, per cent"),
            y2=alt.Y2("high:Q"), color=colour,
        )]
        if len(ends) > 1
        else []
    )  # fmt: skip
    nothing = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(
        color=colours.quiet, strokeDash=[4, 3]
    )
    return finished(
        [nothing.encode(y=alt.Y("zero:Q")), *lines, marks, counts], title, EVENTS_HEIGHT
    )


def _percent(name: str) -> pl.Expr:
    return 100 * (pl.col(name).exp() - 1)
