"""The parts of a paper: sections of sentences, lists, tables and pictures, in order."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A paragraph, in the Markdown of the pages."""

    text: str


@dataclass(frozen=True)
class Points:
    """A list, each point in the Markdown of the pages."""

    texts: Sequence[str]


@dataclass(frozen=True)
class Grid:
    """A table: what it shows, its headings, its rows, and the share of the width of each column."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]


@dataclass(frozen=True)
class Picture:
    """A chart as SVG with its title inside, what it shows in words, and its source."""

    svg: str
    alt: str
    caption: str


Block = Words | Points | Grid | Picture


@dataclass(frozen=True)
class Section:
    """A heading and the content below it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Paper:
    """A committee paper.

    `mark` stands on every page where there is one; `warnings` stand before the first figure.
    """

    title: str
    subtitle: str
    standing: str
    mark: str
    warnings: Sequence[str]
    sections: Sequence[Section]
