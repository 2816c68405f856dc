"""How every chart looks: colours that can be read in both themes, and titles that fit a telephone.

Vega-Lite cuts a title that is wider than its chart and writes subtitles in black whatever the
background; so titles are broken into lines here, and every colour of text is set.
"""

import json
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import streamlit as st
from altair.utils import schemapi

# Altair would check each part of a chart against the schema: a quarter of a page's time.
# tests/dashboards/test_valid_charts.py checks whole charts of every kind instead.
schemapi.disable_debug_mode()

Layers = alt.LayerChart
# Characters that fit the narrowest chart, some 300 pixels, in the sizes of title and subtitle.
TITLE_WIDTH, SUBTITLE_WIDTH = 34, 46
# For a chart on paper, and for one that a window gives at least as many pixels.
ON_PAPER = (68, 92)
WIDE, WIDE_PIXELS = (84, 112), 700
# Vega would cut a title to the width that its chart had before a window was widened.
UNCUT = 5000
# The same of names above bars, and the height of one of their lines.
NAME, NAME_ON_PAPER, NAME_LINE = 52, 100, 14
TITLE_SIZE, SUBTITLE_SIZE, LABEL_SIZE = 15, 12, 13
# Heights leave room for a title of this many lines; every further line makes a picture taller.
LINES, LINE = 4, 16


@dataclass(frozen=True)
class Ink:
    """Colours of one theme: text, background marks, the background, and what is emphasised.

    Text and marks have a contrast of at least 4.5 to 1 against `ground`.
    """

    text: str
    quiet: str
    ground: str
    main: str


LIGHT = Ink(text="#000000", quiet="#5A6169", ground="#FFFFFF", main="#12436D")
DARK = Ink(text="#F2F4F7", quiet="#A9B2BD", ground="#12161C", main="#6BACE6")


_on_paper: ContextVar[bool] = ContextVar("on_paper", default=False)


@contextmanager
def on_paper() -> Iterator[None]:
    """Draw charts for white paper meanwhile, whatever theme a browser shows."""
    token = _on_paper.set(True)
    try:
        yield
    finally:
        _on_paper.reset(token)


def ink() -> Ink:
    """The colours of paper, or of the theme that the reader's browser shows."""
    if _on_paper.get():
        return LIGHT
    return DARK if st.context.theme.type == "dark" else LIGHT


def titled(title: str) -> alt.Title:
    """A title of lines parted by line ends: the first is the finding, the others the subtitle.

    On a screen the lines are as long as the chart is wide, which only the browser knows.
    """
    if _on_paper.get():
        narrow = wide = _broken(title, ON_PAPER)
    else:
        narrow, wide = _broken(title, (TITLE_WIDTH, SUBTITLE_WIDTH)), _broken(title, WIDE)
    colours = ink()
    return alt.Title(
        _by_width(narrow[0], wide[0]),
        subtitle=_by_width(narrow[1], wide[1]),
        anchor="start",
        fontSize=TITLE_SIZE,
        subtitleFontSize=SUBTITLE_SIZE,
        fontWeight="bold",
        color=colours.text,
        subtitleColor=colours.text,
        offset=12,
        limit=UNCUT,
    )


def _broken(title: str, wide: tuple[int, int]) -> tuple[list[str], list[str]]:
    first, *rest = title.split("\n")
    return textwrap.wrap(first, wide[0]), [
        part for line in rest for part in textwrap.wrap(line, wide[1])
    ]


def _by_width(narrow: list[str], wide: list[str]) -> Any:
    """Lines, or an expression that chooses them by the width of the chart."""
    if narrow == wide:
        return wide
    return alt.ExprRef(f"width < {WIDE_PIXELS} ? {json.dumps(narrow)} : {json.dumps(wide)}")


def in_lines(names: Sequence[str]) -> tuple[list[str], int]:
    """Names above bars, broken into lines that fit a telephone, and how many more than one it took.

    All have equally many lines, of which the last stands upon its bar.
    """
    broken = [textwrap.wrap(each, NAME_ON_PAPER if _on_paper.get() else NAME) for each in names]
    most = max((len(each) for each in broken), default=1)
    return ["\n".join([" "] * (most - len(each)) + each) for each in broken], most - 1


def names_above(bars: alt.Chart, up: int, more: int) -> alt.Chart:
    """The names that `in_lines` broke, of the column `words`, `up` pixels above the middle of bars.

    `more` is by how many lines they are longer than one.
    """
    words = bars.mark_text(
        align="left",
        dy=-up - NAME_LINE * more,
        fontSize=12,
        lineBreak="\n",
        lineHeight=NAME_LINE,
        color=ink().text,
    )
    named: alt.Chart = words.encode(x=x_at(2), text=alt.Text("words:N"))
    return named


class CheckedChart(alt.LayerChart):
    """A chart that is neither checked against the schema nor copied whole each time it is drawn.

    Altair's own copies every layer five times over, to look for selections and sizes that layers
    of ours never have.
    """

    def __init__(
        self, data: Any = alt.Undefined, layer: Sequence[alt.Chart] = (), **properties: Any
    ) -> None:
        layers = list(layer)
        frame = layers[0].data if layers else alt.Undefined
        if frame is not alt.Undefined and all(each.data is frame for each in layers):
            # One frame is handed over once, however many layers show it.
            data, layers = frame, [_without_data(each) for each in layers]
        super(alt.LayerChart, self).__init__(data=data, layer=layers, **properties)

    def to_dict(
        self,
        validate: bool = False,  # noqa: FBT001, FBT002 - the signature is Altair's
        *,
        format: Literal["vega-lite", "vega"] = "vega-lite",  # noqa: A002
        ignore: list[str] | None = None,
        context: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The specification; checked against the schema where `validate` is true."""
        written: dict[str, Any] = super().to_dict(
            validate=validate, format=format, ignore=ignore, context=context
        )
        return written


def _without_data(layer: alt.Chart) -> alt.Chart:
    copy: alt.Chart = layer.copy(deep=False)
    copy.data = alt.Undefined
    return copy


def x_at(place: float | Literal["width"]) -> alt.XValue:
    """A place from the left of the picture, in pixels, whatever the axis says."""
    return alt.XValue(place)  # type: ignore[no-untyped-call]


def y_at(place: float | Literal["height"]) -> alt.YValue:
    """A place from the top of the picture, in pixels, whatever the axis says."""
    return alt.YValue(place)  # type: ignore[no-untyped-call]


def drawn_as(layers: Sequence[alt.Chart], **properties: Any) -> Layers:
    """The layers as one chart with these properties, whose marks a screen reader passes over.

    The chart has a text of its own; marks without names would only stop who hears it read. Layers
    and properties come at once, for Altair copies every layer whole each time it joins them or
    is given a property.
    """
    config = properties.pop("config", alt.Config())
    config.mark = alt.MarkConfig(aria=False)
    return CheckedChart(layer=layers, config=config, **properties)


def finished(layers: Sequence[alt.Chart], title: str, height: int) -> Layers:
    """The layers with their title, their height, and words that can be read.

    `height` is that of the picture with a title of few lines.
    """
    colours = ink()
    wide = ON_PAPER if _on_paper.get() else (TITLE_WIDTH, SUBTITLE_WIDTH)
    lines = sum(map(len, _broken(title, wide)))
    taller = height + LINE * max(0, lines - LINES)
    words: dict[str, Any] = {
        "labelFontSize": LABEL_SIZE,
        "labelColor": colours.text,
        "titleColor": colours.text,
    }
    axis = alt.AxisConfig(
        titleFontSize=LABEL_SIZE, labelLimit=260, titleFontWeight="normal", **words
    )
    config = alt.Config(axis=axis, legend=alt.LegendConfig(**words))
    return drawn_as(layers, title=titled(title), height=taller, config=config)
