"""The five questions people bring, each answered on a first screen in at most three clicks."""

import pytest

from tests.dashboards.browser import Visit

pytestmark = pytest.mark.browser
ABOVE = "element => element.getBoundingClientRect().bottom <= window.innerHeight"


class Reader:
    """Somebody who starts at Home and counts every click."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit.open()
        self.clicks = 0

    def page(self, name: str) -> None:
        """Follow a page's name in the menu."""
        self.visit.page.get_by_role("link", name=name, exact=True).first.click()
        self.clicks += 1
        self.visit.wait_for("Management information")

    def sees(self, words: str) -> bool:
        """Whether these words are on the screen without scrolling."""
        found = self.visit.page.get_by_text(words).first
        found.wait_for()
        return bool(found.evaluate(ABOVE))


@pytest.fixture
def reader(visit: Visit) -> Reader:
    return Reader(visit)


def test_whether_it_delivers_what_was_promised_is_one_click_away(reader: Reader) -> None:
    reader.page("Promises")
    assert reader.sees("promises in their latest version")
    assert reader.clicks <= 3


def test_use_in_my_area_and_how_it_compares_takes_three_clicks(reader: Reader) -> None:
    reader.page("Device use")
    page = reader.visit.page
    page.locator("[data-testid=stPopover] button").first.click()
    page.get_by_role("combobox", name="Area", exact=True).fill("North")
    page.keyboard.press("Enter")
    reader.clicks += 2
    assert reader.sees("North · all years · compared with all 2 districts")
    page.keyboard.press("Escape")
    assert reader.clicks <= 3


def test_whether_complaints_changed_and_it_was_the_cameras_is_one_click_away(
    reader: Reader,
) -> None:
    reader.page("Complaints")
    assert reader.sees("Was it the cameras?")
    assert reader.sees("We could not tell.")
    assert reader.clicks <= 3


def test_what_changed_and_what_is_wrong_with_the_data_is_one_click_away(reader: Reader) -> None:
    assert reader.visit.page.get_by_text("What changed since the last release").count() == 1
    reader.page("Data and methods")
    assert reader.sees("february.csv was refused")
    assert reader.clicks <= 3


def test_where_a_number_comes_from_and_how_to_cite_it_takes_three_clicks(reader: Reader) -> None:
    reader.page("Complaints")
    page = reader.visit.page
    page.get_by_role("radio", name="About").click()
    reader.clicks += 1
    # A click on a page that is still being drawn is lost.
    reader.visit.wait_for("The query:")
    page.get_by_text("Share or cite exactly these figures").click()
    reader.clicks += 1
    page.get_by_text("release=2026-11-21-aaaaaaaaaaaa").first.wait_for()
    assert reader.clicks <= 3
