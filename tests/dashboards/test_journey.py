"""A reader's way through the dashboards in Chromium: links, downloads, swaps, the keyboard."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.dashboards.browser import NOT_OURS, TABLES_WIDER, WIDER, Visit
from tests.dashboards.conftest import FIRST, PAGES
from tests.dashboards.fixture_release import make_release, serve
from tests.proofs.deployed_proxy import opened_as

pytestmark = pytest.mark.browser

# The invented programmes have no areas of a map.
OUT_OF_THE_MENU = {"area_map"}
SECOND = "2026-11-22-bbbbbbbbbbbb"


MOST_WORDS = 350


@pytest.fixture(scope="module", params=["light", "dark"])
def tour(request: pytest.FixtureRequest, kept: BrowserContext, address: str) -> Iterator[Visit]:
    """A window in which one page after the other is looked at, in each theme."""
    visiting = Visit(kept, address)
    visiting.page.emulate_media(color_scheme=request.param)
    yield visiting.open()
    visiting.page.close()


# 1,280 pixels at 400 % are 320 pixels.
@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_nobody_else_and_can_be_read_by_everybody(page: str, tour: Visit) -> None:
    if page in OUT_OF_THE_MENU:
        tour.open(page)
    else:
        tour.follow("" if page == "home" else page)
    assert tour.page.locator("[data-testid=stException]").count() == 0
    assert tour.serious_marks(NOT_OURS) == set()
    assert tour.skipped_headings() == []
    assert tour.page.title().endswith(", Whole force: Bodyworn")
    assert tour.words() <= MOST_WORDS
    tour.page.set_viewport_size({"width": 320, "height": 640})
    tour.settle()
    assert tour.page.evaluate(WIDER) <= 0
    assert tour.page.evaluate(TABLES_WIDER) == 0
    assert tour.trouble == []
    assert tour.hosts == {"127.0.0.1"}


# Every page is looked at in the tour, and all have their addresses from one list; journeys begin at
# the addresses of four others.
def test_a_page_opens_by_its_address(visit: Visit) -> None:
    visit.open("research")
    assert urlsplit(visit.page.url).path == "/research"
    assert visit.page.locator("[data-testid=stException]").count() == 0
    assert visit.trouble == []
    assert visit.hosts == {"127.0.0.1"}


def test_a_name_that_a_page_elsewhere_points_at_this_machine_is_not_answered(address: str) -> None:
    port = urlsplit(address).port
    assert port
    own, evil = f"127.0.0.1:{port}", ("evil.example", f"127.0.0.1.evil.example:{port}")
    assert opened_as(port, own, *evil) == [own]


def test_a_copied_address_shows_the_same_figures_to_another_reader(
    visit: Visit, browser: Browser
) -> None:
    visit.open("complaints")
    visit.choose("Area", "North", "Invented City · North · all years")
    visit.choose("Period", "2018", "Invented City · North · 2018")
    copied = visit.page.url
    assert "area=North" in copied
    assert "period=2018" in copied
    other = Visit(browser, visit.address)
    other.page.goto(copied)
    other.wait_for("Invented City · North · 2018")
    figures = visit.figures()
    assert other.figures(at_least=len(figures)) == figures
    assert "7 complaint logs opened" in "".join(figures)
    assert "release=" in copied
    assert "peers=" in copied
    assert FIRST in other.page.locator("[data-testid=stMain]").inner_text()
    other.page.close()


def test_what_was_chosen_stays_chosen_on_the_next_page(visit: Visit) -> None:
    visit.open("complaints")
    visit.choose("Area", "North", "Invented City · North")
    visit.page.get_by_role("link", name="Case outcomes").click()
    visit.wait_for("How do cases end")
    assert "area=North" in visit.page.url
    assert "Invented City · North" in visit.page.locator("[data-testid=stMain]").inner_text()


def test_another_programme_is_chosen_and_its_synthetic_banner_shown(visit: Visit) -> None:
    visit.open("device_use")
    visit.choose("Programme", "Synthetic Town", "Synthetic data.")
    assert "programme=Synthetic+Town" in visit.page.url
    assert "Synthetic data." in visit.page.locator("[data-testid=stAlert]").first.inner_text()


def test_the_rows_behind_a_chart_are_saved_as_csv(visit: Visit, tmp_path: Path) -> None:
    visit.open("complaints?measure=Complaints&view=In+parts")
    rows = visit.page.locator(".st-key-csv_complaints_parts")
    with visit.page.expect_download() as waiting:
        rows.get_by_role("button").click()
    saved = tmp_path / "rows.csv"
    waiting.value.save_as(saved)
    text = saved.read_text()
    assert waiting.value.suggested_filename == f"complaints_parts_{FIRST}.csv"
    assert "'=cmd|" in text
    assert ",=cmd|" not in text
    assert FIRST in text


def test_a_chart_has_words_for_those_who_do_not_see_it(visit: Visit) -> None:
    visit.open("complaints")
    chart = visit.page.get_by_label("Chart over time: Complaints per 1000 officers").first
    assert "All values are in the table below" in str(chart.get_attribute("aria-label"))


def test_lineage_is_drawn_without_anything_else_installed(visit: Visit) -> None:
    visit.open("data_and_methods?show=How+it+is+made&model=fct_metrics")
    diagram = visit.page.get_by_alt_text(
        "fct_metrics: what it is made from, and what is made from it"
    )
    diagram.wait_for()
    assert diagram.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_every_control_can_be_reached_and_used_with_the_keyboard(visit: Visit) -> None:
    visit.open("complaints")
    reached = set()
    for _ in range(45):
        visit.page.keyboard.press("Tab")
        reached.add(
            visit.page.evaluate(
                "(document.activeElement.getAttribute('aria-label') || "
                "document.activeElement.innerText || '').trim().split('\\n').pop()"
            )
        )
        outline = visit.page.evaluate(
            "(mark => mark.closest('[data-testid=stSidebarNav]') === null"
            " || getComputedStyle(mark).outlineStyle !== 'none')(document.activeElement)"
        )
        assert outline, "a link of the menu has no visible focus"
    # A group of buttons is one stop: the arrow keys move inside it.
    assert {"Home", "Data and methods", "Chart"} <= reached
    assert any("Open a measure" in name for name in reached)
    visit.choose("Area", "North", "Invented City · North")
    visit.page.get_by_role("link", name="Device use").focus()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/device_use*")


def test_a_page_left_open_is_right_after_the_release_is_swapped(
    visit: Visit, journey_home: Path
) -> None:
    visit.open("complaints")
    try:
        make_release(journey_home, SECOND)
        visit.choose("Area", "North", f"You are looking at release {FIRST}")
        visit.choose("Release", "current", f"Release {SECOND}, published")
        words = visit.page.locator("[data-testid=stMain]").inner_text()
        assert "You are looking at" not in words
        assert "release=current" in visit.page.url
        assert visit.trouble == []
    finally:
        serve(journey_home, FIRST)


def test_on_paper_stands_the_page_to_its_end_and_not_its_menu(visit: Visit) -> None:
    visit.open("complaints").wait_for("More on this subject")
    visit.page.emulate_media(media="print")
    for part in ("stSidebar", "stHeader", "stPopover", "stSelectbox", "stButtonGroup"):
        marks = visit.page.locator(f"[data-testid={part}]").all()
        assert marks, part
        assert not any(mark.is_visible() for mark in marks), part
    assert visit.page.get_by_text("Was it the cameras?").first.is_visible()
    # A dark page whose ground is left out would print light words on white paper.
    ground = "getComputedStyle(document.querySelector('.stApp')).printColorAdjust"
    assert visit.page.evaluate(ground) == "exact"
    paper = visit.page.pdf(format="A4")
    with pikepdf.open(BytesIO(paper)) as pages:
        assert len(pages.pages) > 1, "what lies below the window is not printed"
