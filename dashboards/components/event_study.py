"""An event study as a chart and in words: how units differed from expected, by period."""

import altair as alt
import polars as pl
import streamlit as st

from dashboards.charts.style import Layers, finished, ink
from dashboards.components import tables
from dashboards.data.choice import Choice
from dashboards.text import captions

TALL = 380


def parallel_trends(test_p: float | None) -> str:
    """What the periods before the cameras say of the comparison, and what they cannot say."""
    test = (
        "There are too few periods before the cameras to test it."
        if test_p is None
        else f"Tested together, the periods before have p = {test_p:.2f}."
    )
    return (
        "The comparison holds only if places would have moved alike without cameras. Before they "
        f"came, points should lie around zero. {test} A test that finds nothing does not show "
        "that they moved alike. Points with few places or events behind them are left out."
    )


def show(choice: Choice, study_id: str, test_p: float | None) -> None:
    """The periods before and after, where the study's design follows them; else nothing."""
    rows = choice.release.rows("fct_study_points", study_id=study_id)
    if rows.is_empty():
        return
    with st.expander("Before the cameras came: did the places move alike?"):
        st.markdown(parallel_trends(test_p))
        title = captions.title("Observed against expected, by period", choice)
        alt_words = "Points by period before and after the cameras came. All are in the table."
        st.altair_chart(chart(rows, title), width="stretch", alt=alt_words)
        st.caption("Diamonds are periods before the cameras came, circles those after.")
        tables.released_table(choice, rows, "fct_study_points", f"points_{study_id}")


def chart(points: pl.DataFrame, title: str) -> Layers:
    """Rows of fct_study_points in per cent: diamonds before the cameras came, circles after."""
    rows = points.with_columns(
        change=100 * (pl.col("period_log_ratio").exp() - 1),
        side=pl.when(pl.col("event_period") < 0).then(pl.lit("before")).otherwise(pl.lit("after")),
    )
    marks = (
        alt.Chart(rows)
        .mark_point(size=60, filled=True, opacity=1)
        .encode(
            x=alt.X("event_period:Q", title="periods since the cameras came"),
            y=alt.Y("change:Q", title="difference from expected, per cent"),
            shape=alt.Shape(
                "side:N",
                title=None,
                scale=alt.Scale(domain=["before", "after"], range=["diamond", "circle"]),
                legend=None,
            ),
            color=alt.condition(
                "datum.event_period < 0", alt.value(ink().quiet), alt.value(ink().main)
            ),
            tooltip=[
                alt.Tooltip("event_period:Q", title="Period"),
                alt.Tooltip("change:Q", title="Per cent", format=".0f"),
                alt.Tooltip("unit_count:Q", title="Units behind it"),
            ],
        )
    )
    return _around_zero(marks, title)


def _around_zero(marks: alt.Chart, title: str) -> Layers:
    """The marks with a line where there was as much as expected, and the chart's title."""
    nothing = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(
        color=ink().quiet, strokeDash=[4, 3]
    )
    return finished(alt.layer(nothing.encode(y="zero:Q"), marks), title, TALL)
