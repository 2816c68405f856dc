"""How every chart looks: colours that can be read in both themes, and titles that fit a telephone.

Vega-Lite cuts a title that is wider than its chart and writes subtitles in black whatever lies
behind them; so titles are broken into lines here, and every colour of words is named.
"""

import textwrap
from dataclasses import dataclass

import altair as alt
import streamlit as st

Layers = alt.LayerChart | alt.FacetChart
# Characters that fit the narrowest chart, some 300 pixels, in the sizes of title and subtitle.
TITLE_WIDTH, SUBTITLE_WIDTH = 34, 42
TITLE_SIZE, SUBTITLE_SIZE, LABEL_SIZE = 15, 13, 13


@dataclass(frozen=True)
class Ink:
    """Colours of one theme: words, marks that stand back, what lies behind, and what stands out.

    Words and marks have at least 4.5 to 1 against `ground`.
    """

    text: str
    quiet: str
    ground: str
    main: str


LIGHT = Ink(text="#000000", quiet="#5A6169", ground="#FFFFFF", main="#12436D")
DARK = Ink(text="#F2F4F7", quiet="#A9B2BD", ground="#12161C", main="#6BACE6")


def ink() -> Ink:
    """The colours of the theme that the reader's browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def titled(title: str) -> alt.Title:
    """A title of lines parted by line ends: the first is the finding, the others the subtitle."""
    first, *rest = title.split("\n")
    colours = ink()
    return alt.Title(
        textwrap.wrap(first, TITLE_WIDTH),
        subtitle=[part for line in rest for part in textwrap.wrap(line, SUBTITLE_WIDTH)],
        anchor="start",
        fontSize=TITLE_SIZE,
        subtitleFontSize=SUBTITLE_SIZE,
        fontWeight="bold",
        color=colours.text,
        subtitleColor=colours.text,
        offset=12,
    )


def finished(chart: Layers, title: str, height: int) -> Layers:
    """The chart with its title, its height, and words that can be read."""
    colours = ink()
    sized: Layers = chart.properties(title=titled(title), height=height)
    with_axes: Layers = sized.configure_axis(
        labelFontSize=LABEL_SIZE,
        titleFontSize=LABEL_SIZE,
        labelLimit=260,
        titleFontWeight="normal",
        labelColor=colours.text,
        titleColor=colours.text,
    )
    with_legend: Layers = with_axes.configure_legend(
        labelFontSize=LABEL_SIZE, labelColor=colours.text, titleColor=colours.text
    )
    return with_legend
