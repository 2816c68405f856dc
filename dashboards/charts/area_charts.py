"""Areas side by side: bars, a funnel, the place among peers, and a map of tiles.

A funnel shows what chance alone would give. The spine is a row per measure: the peers' range and
quartiles, and the area's dot. Tiles are equal, in five steps from the lowest to the highest figure.
"""

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from dashboards.charts.landmarks import apart
from dashboards.charts.style import NAME_LINE, Layers, finished, in_lines, ink, names_above, x_at

ROW, AROUND, TALL = 30, 150, 380
# The most names beside points of the funnel: more would hide the points.
MOST_NAMES = 7
LABEL = 17
Metric = Mapping[str, Any]
SPINE_ROW, SPINE_AROUND = 46, 110
STANDING_SHAPES = {
    "better": "triangle-up",
    "worse": "triangle-down",
    "similar": "circle",
    "higher": "triangle-right",
    "lower": "triangle-left",
}
# Better and worse differ in shape too. Contested measures are blue, whichever way they lie.
STANDING_COLOURS = {
    "better": "#1C7C54",
    "worse": "#B3401A",
    "similar": "#5A6169",
    "higher": "#2073BC",
    "lower": "#2073BC",
}
DARK_STANDING_COLOURS = {
    "better": "#6FD3A4",
    "worse": "#F9A56B",
    "similar": "#A9B2BD",
    "higher": "#6BACE6",
    "lower": "#6BACE6",
}
TILE = 62
STEPS = 5
# Sequential blues, the text on each with a contrast of at least 4.5 to 1.
FILLS = ("#E6F0FA", "#B7D3EE", "#6BACE6", "#20639E", "#12304F")
WORDS = ("#000000", "#000000", "#000000", "#FFFFFF", "#FFFFFF")
NO_FIGURE, NO_FIGURE_WORDS = "#D5D9DE", "#000000"


def bars(rows: pl.DataFrame, title: str, unit: str, chosen: str) -> Layers:
    """A bar from zero per row of `rows`, highest first, with its interval and its figure as text.

    `rows`: `label`, `value` (null where there is none), `interval_low`, `interval_high`, `text`.
    The name is above its bar, so that a narrow window cuts none off.
    """
    colours = ink()
    ordered = rows.sort("value", "label", descending=[True, False], nulls_last=True)
    is_chosen = pl.col("label") == chosen
    ready = ordered.with_columns(is_chosen=is_chosen, name=pl.format("{}: {}", "label", "text"))
    y = alt.Y("label:N", sort=ready["label"].to_list(), title=None, axis=None)
    base = alt.Chart(ready).encode(y=y)
    colour = alt.condition("datum.is_chosen", alt.value(colours.main), alt.value(colours.quiet))
    x = alt.X("value:Q", title=unit, scale=alt.Scale(zero=True))
    drawn = base.mark_bar(height=9, yOffset=7, invalid="filter", opacity=0.75).encode(
        x=x, color=colour,
        tooltip=[alt.Tooltip("label:N", title="Area"), alt.Tooltip("text:N", title="Figure")],
    )  # fmt: skip
    ends = (alt.X("interval_low:Q", title=unit), alt.X2("interval_high:Q"))
    whiskers = base.mark_rule(
        strokeWidth=2, color=colours.text, yOffset=7, invalid="filter"
    ).encode(*ends)
    names = base.mark_text(align="left", dy=-7, fontSize=12, color=colours.text).encode(
        x=x_at(2), text=alt.Text("name:N")
    )
    return finished([drawn, whiskers, names], title, ROW * rows.height + AROUND)


def funnel(rows: pl.DataFrame, title: str, unit: str, base_words: str, chosen: str) -> Layers:
    """Points by the size of their base, between limits that narrow as it grows; nobody is ranked.

    `rows`: `label`, `base`, `value`, `common_level`, the limits at 95 and 99.8 per cent, and
    `is_beyond_luck`. The chosen area and those that differ by more than chance are named.
    """
    colours = ink()
    ready = rows.sort("base").with_columns(is_chosen=pl.col("label") == chosen)
    x = alt.X("base:Q", title=base_words, scale=alt.Scale(zero=False, nice=True))
    y = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False))
    chart = alt.Chart(ready)
    limits = [
        chart.mark_line(color=colours.quiet, strokeDash=dash, strokeWidth=1.5).encode(
            x, alt.Y(f"limit_{level}_{end}:Q", title=unit)
        )
        for level, dash in (("95", [3, 3]), ("998", [1, 0]))
        for end in ("low", "high")
    ]
    level = chart.mark_line(color=colours.text, strokeWidth=1).encode(
        x, alt.Y("common_level:Q", title=unit)
    )
    points = chart.mark_point(filled=True, opacity=1).encode(
        x, y,
        size=alt.condition("datum.is_chosen", alt.value(130), alt.value(60)),
        color=alt.condition("datum.is_chosen", alt.value(colours.main), alt.value(colours.quiet)),
        shape=alt.condition("datum.is_chosen", alt.value("circle"), alt.value("diamond")),
        tooltip=[alt.Tooltip("label:N", title="Area"), alt.Tooltip("text:N", title="Figure")],
    )  # fmt: skip
    return finished([*limits, level, points, *_names(ready, x, unit)], title, TALL)


def _names(ready: pl.DataFrame, x: alt.X, unit: str) -> list[alt.Chart]:
    """Names of the chosen area and of areas that differ by more than chance, moved apart."""
    wanted = ready.filter(pl.col("is_beyond_luck") | pl.col("is_chosen"))
    named = wanted.sort("is_chosen", pl.col("value").sub(pl.col("common_level")).abs(),
                        descending=True).head(MOST_NAMES)  # fmt: skip
    if named.is_empty():
        return []
    ends = ready.select(
        low=pl.min_horizontal("value", "limit_998_low"),
        high=pl.max_horizontal("value", "limit_998_high"),
    )
    span = float(ends["high"].max() - ends["low"].min())  # type: ignore[operator, arg-type]
    places = apart(named["value"].to_list(), span * LABEL / TALL)
    middle = float(ready["base"].min() + ready["base"].max()) / 2  # type: ignore[operator, arg-type]
    placed = named.with_columns(
        place=pl.Series(places, dtype=pl.Float64), is_right=pl.col("base") > middle
    )
    return [
        alt.Chart(placed.filter(is_right=is_right))
        .mark_text(
            align="right" if is_right else "left", dx=-9 if is_right else 9, fontSize=12,
            color=ink().text,
        )
        .encode(x, alt.Y("place:Q", title=unit), text=alt.Text("label:N"))
        for is_right in (False, True)
        if placed.filter(is_right=is_right).height
    ]  # fmt: skip


def spine(rows: pl.DataFrame, title: str) -> Layers:
    """Rows of `Place.as_row`: a bar from the lowest to the highest peer, and the area's mark."""
    colours = ink()
    known = [name for name in STANDING_SHAPES if name in set(rows["standing"])]
    palette = DARK_STANDING_COLOURS if colours.ground != "#FFFFFF" else STANDING_COLOURS
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
    lines, more = in_lines(rows["label"].to_list())
    ready = rows.with_columns(start=pl.lit(0.0), end=pl.lit(1.0), words=pl.Series(lines))
    base = alt.Chart(ready).encode(y=y)
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
            scale=alt.Scale(domain=known, range=[STANDING_SHAPES[name] for name in known]),
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
    names = names_above(base, 10, more)
    return finished(
        [whole, half, middle, dots, names],
        title,
        (SPINE_ROW + NAME_LINE * more) * len(rows) + SPINE_AROUND,
    )


def tile_map(rows: pl.DataFrame, title: str, chosen: str) -> Layers:
    """One tile per row: `column`, `row`, `short`, `label`, `value` (null without one) and `said`.

    The tile called `chosen` has a frame. Steps hold as nearly as possible the same number of areas.
    """
    known = rows["value"].drop_nulls()
    edges = [known.quantile(step / STEPS, "linear") for step in range(1, STEPS)]
    steps = [_step(value, edges) for value in rows["value"]]
    ready = rows.with_columns(
        fill=pl.Series([NO_FIGURE if step is None else FILLS[step] for step in steps]),
        words=pl.Series([NO_FIGURE_WORDS if step is None else WORDS[step] for step in steps]),
        is_chosen=pl.col("label") == chosen,
    )
    width, height = int(rows["column"].max()) + 1, int(rows["row"].max()) + 1  # type: ignore[arg-type]
    base = alt.Chart(ready).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(domain=list(range(width)), padding=0.06)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(domain=list(range(height)), padding=0.06)),
        tooltip=[alt.Tooltip("label:N", title="Area"), alt.Tooltip("said:N", title="Figure")],
    )
    tiles = base.mark_rect().encode(
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.condition("datum.is_chosen", alt.value(ink().text), alt.value(None)),
        strokeWidth=alt.condition("datum.is_chosen", alt.value(3), alt.value(0)),
    )
    names = base.mark_text(fontSize=10, dy=-7).encode(
        text=alt.Text("short:N"), fill=alt.Fill("words:N", scale=None)
    )
    values = base.mark_text(fontSize=11, dy=9, fontWeight="bold").encode(
        text=alt.Text("figure:N"), fill=alt.Fill("words:N", scale=None)
    )
    return finished([tiles, names, values], title, TILE * height)


def _step(value: float | None, edges: list[float | None]) -> int | None:
    if value is None:
        return None
    return sum(1 for edge in edges if edge is not None and value > edge)
