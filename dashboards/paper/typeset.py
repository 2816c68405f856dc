"""The parts of a paper, and the paper as tagged PDF/UA-1, set by Typst.

A paper is sections of sentences, lists, tables and pictures. Sentences are in the Markdown of the
pages and become runs of plain and bold words; charts are those of the pages, drawn for paper. The
same paper gives the same bytes.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst
import vl_convert

from dashboards.charts.style import Layers, on_paper

TOKEN = re.compile(
    r"\\(?P<escaped>.)"
    r"|:material/\w+:\s*"
    r"|:\w+-badge\[(?P<badge>[^\]]*)\]"
    r"|(?P<bold>\*\*)"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<url>[^)\s]+)\)"
    r"|<(?P<address>https?://[^>\s]+)>"
    r"|(?P<line>\s*\n\s*)",
    re.DOTALL,
)
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
TEMPLATE = Path(__file__).with_name("paper.typ")


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


@dataclass(frozen=True)
class Run:
    """Words of one kind: bold or not, a link where `url` is not empty."""

    text: str
    bold: bool = False
    url: str = ""


def runs(text: str) -> list[Run]:
    """The text without Markdown's marks; icons go, badges become their words."""
    found: list[Run] = []
    bold, at = False, 0
    for token in TOKEN.finditer(text):
        found.append(Run(text[at : token.start()], bold))
        at = token.end()
        if token["bold"]:
            bold = not bold
        else:
            found.append(_of(token, bold=bold))
    found.append(Run(text[at:], bold))
    return _joined(found)


def plain(text: str) -> str:
    """The words alone."""
    return "".join(run.text for run in runs(text))


def _of(token: re.Match[str], *, bold: bool) -> Run:
    if token["label"] is not None:
        return Run(plain(token["label"]), bold, token["url"])
    if token["address"]:
        return Run(token["address"], bold, token["address"])
    if token["line"]:
        return Run(" ", bold)
    return Run(token["escaped"] or token["badge"] or "", bold)


def _joined(found: list[Run]) -> list[Run]:
    """Neighbours of one kind as one run, empty ones left out."""
    joined: list[Run] = []
    for run in found:
        if not run.text:
            continue
        if joined and (joined[-1].bold, joined[-1].url) == (run.bold, run.url):
            joined[-1] = Run(joined[-1].text + run.text, run.bold, run.url)
        else:
            joined.append(run)
    return joined


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


def pdf(paper: Paper, made_at: datetime) -> bytes:
    """The paper as the bytes of a PDF that declares itself PDF/UA-1.

    Typst refuses what it knows to break the standard: a picture without a text, a missing heading.
    `made_at` is the time in the file. Text is passed as data and never read as markup.
    """
    written: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"paper": json.dumps(_paper_row(paper))},
        pdf_standards=["ua-1"],
        font_paths=[font_source_sans_pro.font_directory],
        ignore_system_fonts=True,
        timestamp=made_at,
    )
    return written


def _paper_row(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "standing": _run_rows(paper.standing),
        "mark": paper.mark,
        "warnings": [_run_rows(text) for text in paper.warnings],
        "sections": [
            {"heading": each.heading, "blocks": [_block_row(block) for block in each.blocks]}
            for each in paper.sections
        ],
    }


def _block_row(block: Block) -> dict[str, Any]:
    match block:
        case Words():
            return {"kind": "words", "text": _run_rows(block.text)}
        case Points():
            return {"kind": "points", "texts": [_run_rows(text) for text in block.texts]}
        case Picture():
            said = {"svg": block.svg, "alt": block.alt, "caption": _run_rows(block.caption)}
            return {"kind": "picture", **said}
        case Grid():
            return {
                "kind": "grid",
                "title": block.title,
                "head": list(block.head),
                "rows": [[_run_rows(cell) for cell in row] for row in block.rows],
                "widths": list(block.widths),
            }


def _run_rows(text: str) -> list[dict[str, Any]]:
    return [{"text": run.text, "bold": run.bold, "url": run.url} for run in runs(text)]
