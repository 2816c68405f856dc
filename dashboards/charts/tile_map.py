"""Areas as equal tiles, coloured in five steps from the lowest to the highest figure."""

import altair as alt
import polars as pl

from dashboards.charts.style import Layers, finished, ink

TILE = 62
STEPS = 5
# Sequential blues, the text on each with a contrast of at least 4.5 to 1.
FILLS = ("#E6F0FA", "#B7D3EE", "#6BACE6", "#20639E", "#12304F")
WORDS = ("#000000", "#000000", "#000000", "#FFFFFF", "#FFFFFF")
NO_FIGURE, NO_FIGURE_WORDS = "#D5D9DE", "#000000"


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
