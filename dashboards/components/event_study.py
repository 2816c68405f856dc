"""An event study as a chart and in words: how places differed from expected, by period."""

import altair as alt
import polars as pl
import streamlit as st

from dashboards.charts.style import Layers, finished, ink, y_at
from dashboards.components import tables
from dashboards.data.choice import Choice
from dashboards.text import captions
from dashboards.text import evidence as evidence_text

TALL = 380
# How many numbers of places fit below the narrowest chart.
MOST_COUNTS = 9


def show(choice: Choice, study_id: str, test_p: float | None) -> None:
    """The periods before and after, where the study's design gives them; otherwise nothing."""
    rows = choice.release.rows("fct_study_points", study_id=study_id)
    if rows.is_empty():
        return
    st.markdown(f"**{evidence_text.MOVED_ALIKE}** {evidence_text.parallel_trends(test_p)}")
    title = captions.title(
        "Observed against expected, by period", choice, "with 95% intervals and number of places"
    )
    points = rows.sort("event_period").to_dicts()
    st.altair_chart(chart(rows, title), width="stretch", alt=evidence_text.event_alt(points))
    st.caption(evidence_text.POINTS)
    with st.expander("The table of these points, to read or to download"):
        tables.released_table(choice, rows, "fct_study_points", f"points_{study_id}")


def chart(points: pl.DataFrame, title: str) -> Layers:
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
    return finished([nothing.encode(y=alt.Y("zero:Q")), *lines, marks, counts], title, TALL)


def _percent(name: str) -> pl.Expr:
    return 100 * (pl.col(name).exp() - 1)
