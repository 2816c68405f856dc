"""Planned and reported quantities of a programme as a chart."""

from datetime import date

import altair as alt
import polars as pl

from dashboards.charts.style import Layers, finished, ink
from dashboards.text.formats import day, whole

TALL = 320


def milestones(events: pl.DataFrame, title: str) -> Layers:
    """Quantities by day: a circle for what was reported, a diamond for what was planned.

    `events` are rows of fct_milestones with a quantity; the unit stands next to each mark, because
    cameras and officers are not one series.
    """
    base = alt.Chart(_with_words(events)).encode(
        x=alt.X("milestone_date:T", title="Day planned for or reported"),
        y=alt.Y("quantity:Q", title="Cameras or officers", scale=alt.Scale(zero=True)),
    )
    words = base.mark_text(align="left", dx=9, dy=-9, fontSize=12, color=ink().text).encode(
        text="text:N"
    )
    return finished(alt.layer(_marks(base), words), title, TALL)


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
    rule = made.mark_rule(strokeDash=[4, 4], color=colours.quiet).encode(x="promised_on:T")
    words = made.mark_text(align="left", dx=3, y=8, fontSize=12, color=colours.text)
    layers = alt.layer(values, rule, words.encode(x="promised_on:T", text="said:N"))
    return finished(layers, title, TALL // 2)


def _with_words(events: pl.DataFrame) -> pl.DataFrame:
    texts = [
        f"{whole(row['quantity'])} {row['quantity_unit'] or ''}, {row['planned_or_actual']}"
        for row in events.iter_rows(named=True)
    ]
    days = [day(value) for value in events["milestone_date"]]
    return events.with_columns(
        text=pl.Series(texts, dtype=pl.String), said=pl.Series(days, dtype=pl.String)
    )


def _marks(base: alt.Chart) -> alt.Chart:
    kinds = ["planned", "actual"]
    marks: alt.Chart = base.mark_point(size=110, filled=True, opacity=1).encode(
        shape=alt.Shape(
            "planned_or_actual:N",
            title="Kind",
            scale=alt.Scale(domain=kinds, range=["diamond", "circle"]),
        ),
        color=alt.Color("planned_or_actual:N", title="Kind", scale=alt.Scale(domain=kinds)),
        tooltip=[
            alt.Tooltip("said:N", title="Day"),
            alt.Tooltip("milestone:N", title="What"),
            alt.Tooltip("text:N", title="Quantity"),
            alt.Tooltip("publisher:N", title="Printed by"),
        ],
    )
    return marks
