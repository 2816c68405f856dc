"""What the pages on roll-out, footage and requests say of a figure, and when there is none."""

import pytest

from dashboards.text import figures
from tests.dashboards.conftest import Open, said

pytestmark = pytest.mark.usefixtures("release")


def test_spend_is_said_in_pounds_and_as_counted_whole(open_page: Open) -> None:
    words = said(open_page("rollout_and_spend", view="About"))
    assert "**720 pounds paid**" in words
    assert "every record is counted, nothing is sampled" in words


def test_a_percentile_says_how_many_lie_within_it_and_not_half(open_page: Open) -> None:
    words = said(open_page("footage_care", view="About"))
    assert "**1,800 recordings uploaded**, 95 in 100 within **40.0 hours**" in words
    assert "half within" not in words
    assert "Counted:** 95 in 100 within" in words


def test_a_share_of_requests_on_time_says_its_counts_and_its_interval(open_page: Open) -> None:
    words = said(open_page("requests"))
    assert "**720 answered on time; 1,800 requests**. That is **40%**" in words
    assert "between 31% and 50%" in words


def test_names_of_programmes_that_hold_commas_stay_apart() -> None:
    said_for = figures.supplied_for(["England and Wales", "Metropolitan Police, Washington DC"])
    assert said_for.endswith(": England and Wales; Metropolitan Police, Washington DC.")


@pytest.mark.parametrize("page", ["rollout_and_spend", "footage_care", "requests"])
def test_a_programme_that_supplied_nothing_on_a_page_says_so_and_names_those_that_did(
    page: str, open_page: Open
) -> None:
    words = said(open_page(page, programme="Synthetic Town"))
    assert "on this subject are on file, so nothing is shown" in words
    assert "In this release it is supplied for: Invented City." in words
