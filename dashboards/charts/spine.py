"""Where an area is among its peers, one row per measure: their range, quartiles, its dot."""

import altair as alt
import polars as pl

from dashboards.charts.style import Layers, finished, ink, x_at

ROW, AROUND = 46, 110
SHAPES = {
    "better": "triangle-up",
    "worse": "triangle-down",
    "similar": "circle",
    "higher": "triangle-right",
    "lower": "triangle-left",
}
# Better and worse differ in shape too. Contested measures are blue, whichever way they lie.
COLOURS = {
    "better": "#1C7C54",
    "worse": "#B3401A",
    "similar": "#5A6169",
    "higher": "#2073BC",
    "lower": "#2073BC",
}
DARK_COLOURS = {
    "better": "#6FD3A4",
    "worse": "#F9A56B",
    "similar": "#A9B2BD",
    "higher": "#6BACE6",
    "lower": "#6BACE6",
}


def spine(rows: pl.DataFrame, title: str) -> Layers:
    """Rows of `Place.as_row`: a bar from the lowest to the highest peer, and the area's mark."""
    colours = ink()
    known = [name for name in SHAPES if name in set(rows["standing"])]
    palette = DARK_COLOURS if colours.ground != "#FFFFFF" else COLOURS
    y = alt.Y("label:N", sort=rows["label"].to_list(), axis=None)
    x = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(
            title="lowest to highest peer; dark: the middle half",
            labels=False,
            ticks=False,
            grid=False,
        ),
    )
    base = alt.Chart(rows.with_columns(start=pl.lit(0.0), end=pl.lit(1.0))).encode(y=y)
    whole = base.mark_bar(height=10, color=colours.quiet, opacity=0.25, yOffset=8).encode(
        x, alt.X2("end:Q")
    )
    half = base.mark_bar(height=10, color=colours.quiet, opacity=0.55, yOffset=8).encode(
        alt.X("lower_share:Q"), alt.X2("upper_share:Q")
    )
    middle = base.mark_tick(height=18, thickness=2, color=colours.text, yOffset=8).encode(
        alt.X("middle_share:Q")
    )
    dots = base.mark_point(filled=True, size=140, opacity=1, yOffset=8).encode(
        alt.X("value_share:Q"),
        shape=alt.Shape(
            "standing:N",
            title=None,
            scale=alt.Scale(domain=known, range=[SHAPES[name] for name in known]),
            legend=alt.Legend(orient="bottom", columns=3),
        ),
        color=alt.Color(
            "standing:N",
            title=None,
            scale=alt.Scale(domain=known, range=[palette[name] for name in known]),
        ),
        tooltip=[
            alt.Tooltip("label:N", title="Measure"),
            alt.Tooltip("value:Q", title="Here", format=",.1f"),
            alt.Tooltip("middle:Q", title="Middle of the peers", format=",.1f"),
            alt.Tooltip("said:N", title="Standing"),
        ],
    )
    names = base.mark_text(align="left", dy=-10, fontSize=12, limit=520, color=colours.text).encode(
        x=x_at(2), text=alt.Text("label:N")
    )
    return finished([whole, half, middle, dots, names], title, ROW * len(rows) + AROUND)
