"""Promises as charts: versions and reports over time, plan against issue, pounds, bounds."""

from datetime import date

import altair as alt
import polars as pl

from dashboards.charts.style import NAME_LINE, Layers, finished, in_lines, ink, names_above

ROW, AROUND, TALL = 26, 220, 300
PROMISED, DUE = "promised", "due"
SHAPES = {
    PROMISED: "triangle-right",
    DUE: "diamond",
    "reported kept": "circle",
    "kept in part": "triangle-up",
    "not kept": "cross",
    "mentions it": "square",
}

# Ticks of every second or fourth month may miss each January, else the only one with its year.
MONTHS_AND_YEARS = alt.Axis(format="%b %Y", tickCount=6, labelOverlap=True)


def time_line(marks: pl.DataFrame, title: str) -> Layers:
    """A row per version and report, numbered: `number`, `day`, `until` (null of a report), `kind`.

    A version is a line from the day on which it was promised to the day on which it was due.
    """
    colours = ink()
    order = marks["number"].unique(maintain_order=True).to_list()
    y = alt.Y(
        "number:O",
        sort=order,
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelOverlap=False),
    )
    base = alt.Chart(marks).encode(y=y)
    x = alt.X("day:T", title=None, axis=MONTHS_AND_YEARS)
    lines = base.mark_rule(strokeWidth=3, color=colours.quiet).encode(x, alt.X2("until:T"))
    ends = _points(marks)
    kinds = [kind for kind in SHAPES if kind in ends["kind"].to_list()]
    shape = alt.Shape(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=kinds, range=[SHAPES[kind] for kind in kinds]),
        legend=alt.Legend(orient="bottom", columns=2, symbolFillColor=colours.quiet),
    )
    points = alt.Chart(ends).mark_point(size=110, filled=True, opacity=1, color=colours.main)
    layers = [
        lines.transform_filter("datum.until !== null"),
        points.encode(x, y, shape=shape, tooltip=["said:N", "kind:N"]),
    ]
    return finished(layers, title, ROW * len(order) + AROUND)


def _points(marks: pl.DataFrame) -> pl.DataFrame:
    """A point where a version was promised, one where it was due, and one for each report."""
    due = marks.filter(pl.col("until").is_not_null()).with_columns(
        day=pl.col("until"), kind=pl.lit(DUE)
    )
    return pl.concat([marks, due])


def plan_and_issue(versions: pl.DataFrame, issued: pl.DataFrame, unit: str, title: str) -> Layers:
    """Steps of what was reported under lines of what was promised by when, in one unit.

    `versions` has `made_on`, `due` and `target`; `issued` has `day` and `count`.
    """
    colours = ink()
    dated = versions.filter(pl.col("due").is_not_null())
    y = alt.Scale(zero=True)
    plan = alt.Chart(dated).encode(y=alt.Y("target:Q", title=unit.capitalize(), scale=y))
    lines = plan.mark_rule(strokeDash=[5, 4], strokeWidth=2, color=colours.quiet).encode(
        x=alt.X("made_on:T", title=None), x2=alt.X2("due:T")
    )
    dues = plan.mark_point(shape="diamond", size=110, filled=True, color=colours.quiet).encode(
        x=alt.X("due:T"), tooltip=[alt.Tooltip("due:T", title="Due"), "target:Q"]
    )
    layers = [lines, dues]
    if not issued.is_empty():
        steps = alt.Chart(issued).encode(x=alt.X("day:T"), y=alt.Y("count:Q"))
        layers.append(steps.mark_line(interpolate="step-after", color=colours.main, strokeWidth=3))
        layers.append(
            steps.mark_point(size=90, filled=True, color=colours.main).encode(
                tooltip=[alt.Tooltip("day:T", title="Reported"), "count:Q"]
            )
        )
    return finished(layers, title, TALL)


def against_target(
    rows: pl.DataFrame, unit: str, target: float | None, due: date | None, title: str
) -> Layers:
    """The figure that judges a promise by period, as steps, with its target and the day it was due.

    `rows` are rows of fct_metrics of one metric, area and grain.
    """
    colours = ink()
    steps = alt.Chart(rows).encode(
        x=alt.X("period_start:T", title=None), y=alt.Y("value:Q", title=unit)
    )
    line = steps.mark_line(interpolate="step-after", color=colours.main, strokeWidth=3)
    layers = [line]
    if target is not None:
        aim = alt.Chart(pl.DataFrame({"target": [target]})).mark_rule(
            strokeDash=[5, 4], strokeWidth=2, color=colours.quiet
        )
        layers.append(aim.encode(y=alt.Y("target:Q")))
    if due is not None:
        day = alt.Chart(pl.DataFrame({"due": [due], "said": ["due"]})).encode(x=alt.X("due:T"))
        layers.append(day.mark_rule(color=colours.quiet, strokeWidth=2))
        layers.append(
            day.mark_text(align="right", dx=-5, y=10, fontSize=12, color=colours.text).encode(
                text=alt.Text("said:N")
            )
        )
    return finished(layers, title, TALL)


def with_day(rows: pl.DataFrame, promised_on: date, unit: str, title: str) -> Layers:
    """Values by period as a line, with an upright line on the day of a promise.

    `rows` are rows of fct_metrics of one metric, area and grain.
    """
    colours = ink()
    line = alt.Chart(rows).mark_line(point=True, color=colours.main)
    values = line.encode(
        x=alt.X("period_start:T", title=None),
        y=alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False)),
        tooltip=[
            alt.Tooltip("period_start:T", title="From"),
            alt.Tooltip("value:Q", title=unit, format=",.1f"),
        ],
    )
    made = alt.Chart(pl.DataFrame({"promised_on": [promised_on], "said": ["promised"]}))
    rule = made.mark_rule(strokeDash=[4, 4], color=colours.quiet).encode(x=alt.X("promised_on:T"))
    words = made.mark_text(align="left", dx=3, y=8, fontSize=12, color=colours.text)
    layers = [values, rule, words.encode(x=alt.X("promised_on:T"), text=alt.Text("said:N"))]
    return finished(layers, title, TALL // 2)


def issued_against_plan(rows: pl.DataFrame, unit: str, due: date | None, title: str) -> Layers:
    """Steps of what was planned and of what was issued, in one unit, with the day it was due.

    `rows` are rows of fct_metrics whose numerator is what was issued and denominator the plan.
    """
    colours = ink()
    base = alt.Chart(rows).encode(x=alt.X("period_start:T", title=None))
    plan = base.mark_line(
        interpolate="step-after", strokeDash=[5, 4], strokeWidth=2, color=colours.quiet
    ).encode(y=alt.Y("denominator:Q", title=unit))
    steps = base.mark_line(interpolate="step-after", strokeWidth=3, color=colours.main)
    layers = [plan, steps.encode(y=alt.Y("numerator:Q"))]
    if due is not None:
        day = alt.Chart(pl.DataFrame({"due": [due]})).encode(x=alt.X("due:T"))
        layers.append(day.mark_rule(color=colours.quiet, strokeWidth=2))
    return finished(layers, title, TALL)


def pounds(rows: pl.DataFrame, title: str) -> Layers:
    """Bars of pounds: `of_what`, `said`, `spent` and `budget`, which a diamond marks.

    The name of each stands above its bar, so that a narrow window cuts no name off.
    """
    colours = ink()
    y = alt.Y("of_what:N", sort=rows["of_what"].to_list(), title=None, axis=None)
    lines, more = in_lines(rows["said"].to_list())
    base = alt.Chart(rows.with_columns(words=pl.Series(lines))).encode(y=y)
    axis = alt.X("spent:Q", title="pounds", axis=alt.Axis(format="~s", tickCount=5))
    bars = base.mark_bar(size=12, yOffset=10, color=colours.main).encode(x=axis)
    names = names_above(base, 8, more)
    budget = base.mark_point(
        shape="diamond", size=110, filled=True, yOffset=10, invalid="filter", color=colours.quiet
    ).encode(x=alt.X("budget:Q"))
    layers = [bars, budget, names]
    return finished(layers, title, (2 * ROW + NAME_LINE * more) * len(rows) + 150)


def bounds(rows: pl.DataFrame, title: str) -> Layers:
    """A line from the earliest to the latest day that an area's cameras can have come.

    `rows` has `area`, `earliest`, `latest` and `is_known`: a known day is a point.
    """
    colours = ink()
    y = alt.Y("area:N", sort=rows["area"].to_list(), title=None, axis=alt.Axis(labelOverlap=False))
    base = alt.Chart(rows).encode(
        y=y,
        tooltip=[
            alt.Tooltip("area:N", title="Area"),
            alt.Tooltip("earliest:T", title="Not before"),
            alt.Tooltip("latest:T", title="At the latest"),
        ],
    )
    lines = base.mark_rule(strokeWidth=4, color=colours.quiet).encode(
        x=alt.X("earliest:T", title=None, axis=MONTHS_AND_YEARS), x2=alt.X2("latest:T")
    )
    days = base.mark_point(size=80, filled=True, color=colours.main).encode(x=alt.X("earliest:T"))
    layers = [lines.transform_filter("!datum.is_known"), days.transform_filter("datum.is_known")]
    return finished(layers, title, 20 * len(rows) + AROUND)
