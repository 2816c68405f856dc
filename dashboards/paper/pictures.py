"""The pages' charts as SVG for paper: light colours, the paper's typeface, their title inside."""

from collections.abc import Callable
from typing import Any

import vl_convert

from dashboards.charts.style import Layers, on_paper

FONT = "Source Sans Pro"
WIDTH = 560
# The palette of the theme that the pages have in light; the browser adds it there.
PALETTE = ["#12436D", "#F46A25", "#28A197", "#801650"]
LOOK = {
    "font": FONT,
    "background": "white",
    "range": {"category": PALETTE},
    "mark": {"color": PALETTE[0]},
    "axis": {"gridColor": "#DDE1E6", "domainColor": "#5A6169", "tickColor": "#5A6169"},
}


def svg(draw: Callable[[], Layers], height: int | None = None) -> str:
    """The chart that `draw` returns, as SVG; it is drawn here, so that it is drawn for paper."""
    with on_paper():
        spec: dict[str, Any] = draw().to_dict()
    spec["width"] = WIDTH
    if height is not None:
        spec["height"] = height
    own = spec.get("config", {})
    spec["config"] = LOOK | own | {"axis": LOOK["axis"] | own.get("axis", {})}
    return str(vl_convert.vegalite_to_svg(spec))
