"""Areas side by side: bars with their intervals, and a funnel of what chance alone would give."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from dashboards.charts.landmarks import apart
from dashboards.charts.style import Layers, finished, ink, x_at

ROW, AROUND, TALL = 30, 150, 380
# The most names beside points of the funnel: more would hide the points.
MOST_NAMES = 7
LABEL = 17
Metric = Mapping[str, Any]


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
