"""The findings of a reader's own study as charts: forest, power by effect, balance of the arms."""

import altair as alt
import polars as pl

from dashboards.charts.style import Layers, finished, ink, x_at

ROW, AROUND, TALL = 40, 130, 340
# Arms that differ by less than this many standard deviations are usually called balanced.
BALANCED = 0.1


def forest(rows: pl.DataFrame, title: str, axis: str, nothing: float | None) -> Layers:
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
    return finished([*zero, lines, marks, names], title, ROW * rows.height + AROUND)


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
    return finished([rule, words, line, error, marks], title, TALL)


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
    return finished(drawn, title, ROW * rows.height + AROUND)
