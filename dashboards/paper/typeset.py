"""A paper as tagged PDF/UA-1, set by Typst: the same paper gives the same bytes."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst

from dashboards.paper.content import Block, Grid, Paper, Picture, Points, Words
from dashboards.paper.markup import runs

TEMPLATE = Path(__file__).with_name("paper.typ")


def pdf(paper: Paper, made_at: datetime) -> bytes:
    """The paper as the bytes of a PDF that declares itself PDF/UA-1.

    Typst refuses what it knows to break the standard: a picture without a text, a missing heading.
    `made_at` is the time in the file. Text is passed as data and never read as markup.
    """
    written: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"paper": json.dumps(_paper(paper))},
        pdf_standards=["ua-1"],
        font_paths=[font_source_sans_pro.font_directory],
        ignore_system_fonts=True,
        timestamp=made_at,
    )
    return written


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "standing": _runs(paper.standing),
        "mark": paper.mark,
        "warnings": [_runs(text) for text in paper.warnings],
        "sections": [
            {"heading": each.heading, "blocks": [_block(block) for block in each.blocks]}
            for each in paper.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Words():
            return {"kind": "words", "text": _runs(block.text)}
        case Points():
            return {"kind": "points", "texts": [_runs(text) for text in block.texts]}
        case Picture():
            said = {"svg": block.svg, "alt": block.alt, "caption": _runs(block.caption)}
            return {"kind": "picture", **said}
        case Grid():
            return {
                "kind": "grid",
                "title": block.title,
                "head": list(block.head),
                "rows": [[_runs(cell) for cell in row] for row in block.rows],
                "widths": list(block.widths),
            }


def _runs(text: str) -> list[dict[str, Any]]:
    return [{"text": run.text, "bold": run.bold, "url": run.url} for run in runs(text)]
