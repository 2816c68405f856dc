"""What the pages say about events without footage, and how recordings were matched."""

import pytest

from tests.dashboards.conftest import Open, said

pytestmark = pytest.mark.usefixtures("release")
HEADING = "Complaints without footage, and why"


@pytest.mark.parametrize(
    ("page", "more"),
    [("complaints", "Without footage"), ("footage_care", "Complaints without footage")],
)
def test_complaints_without_footage_are_shown_by_reason_and_empty_reasons_are_not(
    page: str, more: str, open_page: Open
) -> None:
    app = open_page(page, more=more)
    words = said(app)
    assert HEADING in [each.value for each in app.header]
    assert "**720 complaints without footage; 1,800 complaints logged**. That is **40%**" in words
    assert "| No camera issued | **40%**, between 31% and 50% |" in words
    assert "No recording that day" not in words


def test_a_programme_without_such_figures_has_no_heading_for_them(open_page: Open) -> None:
    app = open_page("complaints", programme="Synthetic Town")
    assert HEADING not in [each.value for each in app.header]


def test_links_are_shown_with_their_confidence_among_data_and_methods(open_page: Open) -> None:
    words = said(open_page("data_and_methods", show="Links"))
    assert "Every link has a method and a confidence" in words
    assert "**720 links to recordings**" in words
    assert "| 0.9 | **33 links** |" in words.replace("\\", "")


def test_where_nothing_is_linked_data_and_methods_says_so(open_page: Open) -> None:
    words = said(open_page("data_and_methods", show="Links", programme="Synthetic Town"))
    assert "on this subject are on file, so nothing is shown" in words
