"""The committee paper: what it says, that it is tagged PDF/UA-1, and what it never shows."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import streamlit as st
from typer.testing import CliRunner

from dashboards.data.choice import Choice
from dashboards.data.release import Release, open_release
from dashboards.paper import typeset, write
from dashboards.paper.choose import NoPublicFigures, NoSuchPaper, as_public, find
from dashboards.paper.typeset import Grid, Paper, Picture, Points, Words, pdf
from dashboards.paper.write import SYNTHETIC, paper_contents
from dashboards.text import notices
from orchestration import paths
from orchestration.access import audit_log
from orchestration.access.reader import single_user
from orchestration.cli import app
from tests.dashboards import fixture_rows as rows

CITY, TOWN, TRIAL = (rows.NAMES[each] for each in (rows.CITY, rows.TOWN, rows.TRIAL))
PAGES = range(2, 5)


@pytest.fixture(scope="module")
def held(invented: Path) -> Iterator[Release]:
    """The invented release, opened once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BODYWORN_HOME", str(invented))
        found = open_release(single_user("local:test"))
        assert found is not None
        yield found
        st.cache_data.clear()
        st.cache_resource.clear()


@pytest.fixture(scope="module")
def city(held: Release) -> Choice:
    return find(held, "Whole force", programme=CITY)


@pytest.fixture(scope="module")
def internal(city: Choice) -> pikepdf.Pdf:
    """The internal paper of the city, which has every kind of part."""
    return pikepdf.open(io.BytesIO(write.paper_of(city, is_internal=True)))


def words(paper: Paper) -> str:
    """Everything a paper says in words, its tables and alternative texts among them."""
    said = [paper.title, paper.subtitle, paper.standing, paper.mark, *paper.warnings]
    for section in paper.sections:
        said.append(section.heading)
        for block in section.blocks:
            match block:
                case Words():
                    said.append(block.text)
                case Points():
                    said += block.texts
                case Grid():
                    said += [
                        block.title,
                        *block.head,
                        *(cell for row in block.rows for cell in row),
                    ]
                case Picture():
                    said += [block.alt, block.caption]
    return "\n".join(typeset.plain(each) for each in said)


def tags(node: pikepdf.Object, found: list[pikepdf.Object] | None = None) -> list[pikepdf.Object]:
    """Every element of the structure tree, in the order in which it is read aloud."""
    found = [] if found is None else found
    if isinstance(node, pikepdf.Array):
        for each in node:
            tags(each, found)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        found.append(node)
        if "/K" in node:
            tags(node.K, found)
    return found


def test_a_paper_calls_itself_pdf_ua_and_has_language_and_title(internal: pikepdf.Pdf) -> None:
    with internal.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"] == f"Body-worn video: {'Whole force'}"
    assert str(internal.Root.Lang).lower() == "en-gb"
    assert bool(internal.Root.MarkInfo.Marked)
    assert bool(internal.Root.ViewerPreferences.DisplayDocTitle)
    assert len(internal.pages) in PAGES


def test_headings_come_in_order_and_none_is_left_out(internal: pikepdf.Pdf) -> None:
    kinds = [str(each.S) for each in tags(internal.Root.StructTreeRoot.K)]
    assert kinds[:2] == ["/Document", "/Title"]
    headings = [int(kind[2:]) for kind in kinds if re.fullmatch("/H[1-6]", kind)]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert kinds.count("/H1") == 6


def test_tables_have_headings_and_pictures_have_words(internal: pikepdf.Pdf) -> None:
    found = tags(internal.Root.StructTreeRoot.K)
    tables = [each for each in found if each.S == "/Table"]
    assert len(tables) == 2
    for table in tables:
        kinds = [str(each.S) for each in tags(table)]
        assert kinds.count("/TH") >= 3
        assert kinds.index("/THead") < kinds.index("/TBody")
    pictures = [each for each in found if each.S == "/Figure"]
    assert pictures
    assert [each for each in pictures if len(str(each.get("/Alt", ""))) < 40] == []


def test_every_typeface_is_within_the_file(internal: pikepdf.Pdf) -> None:
    pages: Any = internal.pages
    fonts = [font for page in pages for font in page.resources.Font.values()]
    assert fonts
    for font in fonts:
        [inside] = font.get("/DescendantFonts", [font])
        described = inside.FontDescriptor
        assert any(key.startswith("/FontFile") for key in described), font.BaseFont


def test_the_same_release_gives_the_same_paper(city: Choice) -> None:
    assert write.paper_of(city, is_internal=True) == write.paper_of(city, is_internal=True)


def test_the_marks_of_synthetic_and_internal_figures_stand_on_every_page(held: Release) -> None:
    town = find(held, "Town", programme=TOWN)
    said = paper_contents(town, is_internal=True)
    assert SYNTHETIC in said.mark
    assert "INTERNAL" in said.mark
    assert notices.SYNTHETIC in said.warnings
    # The mark is in the header of the template, which is set on every page.
    many = replace(said, sections=[*said.sections] * 3)
    drawn = pikepdf.open(io.BytesIO(pdf(many, write._made_at(held))))
    marked = pikepdf.open(io.BytesIO(pdf(replace(many, mark=""), write._made_at(held))))
    assert len(drawn.pages) > 1
    for page, without in zip(drawn.pages, marked.pages, strict=False):
        boxes = [op for op in pikepdf.parse_content_stream(page) if str(op.operator) == "BMC"]
        fewer = [op for op in pikepdf.parse_content_stream(without) if str(op.operator) == "BMC"]
        assert len(boxes) >= len(fewer)


def test_a_paper_says_what_its_pages_say(city: Choice) -> None:
    said = words(paper_contents(city, is_internal=True))
    for sentence in (
        "Management information, not official statistics.",
        "Delivered?",
        "What was promised, and where it stands",
        "Was it the cameras?",
        "february.csv was refused. Column complaint_date is missing.",
        "Limit number 6 of what is known.",
        "Invented Office: Complaint forms. Licence: Open Government Licence v3.0.",
        "Cite as: Invented Office (2026). Committee paper, Whole force",
    ):
        assert sentence in said, sentence


def test_a_public_paper_takes_its_figures_from_the_extract_alone(city: Choice) -> None:
    shown = as_public(city)
    hidden = shown.release.rows("fct_metrics", metric_id="complaints", period_grain="year")
    assert hidden["status"].to_list() == ["suppressed"]
    assert hidden["numerator"].to_list() == [None]
    assert set(shown.release.rows("fct_metrics")["period_grain"]) == {"year", "window"}
    for table in ("fct_headlines", "fct_changes", "fct_area_comparisons"):
        assert shown.release.rows(table).is_empty()
    known = [name for name in shown.release.rows("fct_promise_status").columns
             if name.startswith("figure_")]  # fmt: skip
    assert shown.release.rows("fct_promise_status")[known].null_count().sum_horizontal().item() == (
        len(known) * shown.release.rows("fct_promise_status").height
    )
    said = words(paper_contents(shown))
    assert "Figures are those of the public extract" in said
    assert "INTERNAL" not in said


def test_an_area_that_is_not_public_gives_way_to_the_one_around_it(held: Release) -> None:
    north = find(held, "North", programme=CITY)
    shown = as_public(north)
    assert shown.area["area_id"] == "all"
    paper = paper_contents(shown, stands_for=north.where)
    assert paper.title == "Body-worn video: Whole force (with North)"
    assert "gives no figures of North by itself" in words(paper)


def test_open_data_stand_as_published(held: Release) -> None:
    trial = find(held, "Trial", programme=TRIAL)
    assert as_public(trial) is trial


def test_a_release_between_two_days_of_publishing_has_no_public_paper(
    city: Choice, tmp_path: Path
) -> None:
    without = replace(city, release=replace(city.release, folder=tmp_path))
    with pytest.raises(NoPublicFigures, match=r"has no public extract.*--internal"):
        as_public(without)


def test_hostile_text_is_set_letter_by_letter(city: Choice, held: Release) -> None:
    hostile = "#panic() $x$ *a* @b <c> [d](javascript:e) \\ `f`"
    paper = replace(paper_contents(city), sections=[], warnings=[f"**{hostile}**"], title=hostile)
    made = pikepdf.open(io.BytesIO(pdf(paper, write._made_at(held))))
    with made.open_metadata() as about:
        assert about["dc:title"] == hostile


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"**Held\.** 5\: a\_b", "Held. 5: a_b"),
        (":material/check_circle: **Delivered** (5)", "Delivered (5)"),
        (":gray-badge[no year before]", "no year before"),
        ("a  \nb", "a b"),
        ("[Page \\[1\\]](https://x.org/a) and <https://y.org>", "Page [1] and https://y.org"),
    ],
)
def test_the_marks_of_the_pages_become_plain_words(text: str, plain: str) -> None:
    assert typeset.plain(text) == plain


def test_bold_and_links_are_kept() -> None:
    found = typeset.runs("**A**: [b](https://x.org)")
    assert [(run.text, run.bold, run.url) for run in found] == [
        ("A", True, ""),
        (": ", False, ""),
        ("b", False, "https://x.org"),
    ]


def test_an_unknown_area_is_refused_with_the_nearest_name(held: Release) -> None:
    with pytest.raises(
        NoSuchPaper, match=r"“Nort” is no area of this release\. Did you mean “North”"
    ):
        find(held, "Nort")
    with pytest.raises(NoSuchPaper, match="There are: Whole force, North"):
        find(held, "zzzzzzzzz")


def test_a_period_without_figures_is_refused_with_those_there_are(held: Release) -> None:
    with pytest.raises(
        NoSuchPaper, match=r"no figure of North for “2011”\. There are figures for: 20"
    ):
        find(held, "North", period="2011")
    assert find(held, "north", period="2018").year == 2018


def test_an_unknown_programme_is_refused_with_those_there_are(held: Release) -> None:
    with pytest.raises(NoSuchPaper, match=r"“nowhere” is no programme.*Invented City"):
        find(held, "North", programme="nowhere")


def test_the_command_writes_a_paper_and_refuses_in_a_sentence(
    invented: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(invented))
    out = tmp_path / "paper.pdf"
    done = CliRunner().invoke(app, ["report", "North", "--internal", "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    assert out.read_bytes().startswith(b"%PDF-1.7")
    *_, last = audit_log.read(paths.audit_log())
    assert (last["action"], last["object"]) == ("export", out.name)
    refused = CliRunner().invoke(app, ["report", "Nowhereshire", "--out", str(out)])
    assert refused.exit_code == 2
    assert "is no area of this release" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_a_release_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    refused = CliRunner().invoke(app, ["report", "North", "--out", str(tmp_path / "paper.pdf")])
    assert refused.exit_code == 2
    assert "is not a release" in refused.stderr
