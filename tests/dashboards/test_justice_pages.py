"""What the pages on complaints, case outcomes and safety say, and what they never leave out."""

import pytest

from tests.dashboards.conftest import Open, said

pytestmark = pytest.mark.usefixtures("release")


def test_a_split_by_camera_evidence_never_stands_without_its_warning(open_page: Open) -> None:
    app = open_page("case_outcomes", more="Kinds of case")
    assert "With and without camera evidence" in [each.value for each in app.header]
    assert any("An association, and no more." in each.value for each in app.warning)
    words = said(app).replace("\\", "")
    assert "| Figure | used (association only) | not used (association only) |" in words
    assert "| Conviction share | **40%**, between 31% and 50% | 7 counted, too few |" in words


def test_a_page_without_a_split_shows_no_heading_and_no_warning_of_it(open_page: Open) -> None:
    app = open_page("case_outcomes", area="North", more="Kinds of case")
    assert "With and without camera evidence" not in [each.value for each in app.header]
    assert not any("An association" in each.value for each in app.warning)


def test_early_guilty_pleas_say_which_denominator_they_have(open_page: Open) -> None:
    app = open_page("case_outcomes", more="Early guilty pleas")
    assert "Early guilty pleas: three answers" in [each.value for each in app.header]
    assert "720 early pleas; 1,800 guilty pleas" in said(app)


def test_cases_and_allegations_are_kept_apart_and_the_reduction_says_what_it_is(
    open_page: Open,
) -> None:
    words = said(open_page("complaints", more="Cases and allegations"))
    assert "the three are counted separately and never added up" in words
    assert "**720 allegations; 1,800 officer-months**" in words
    words = said(open_page("complaints", more="Before and after"))
    assert words.index("**Complaint reduction** is") < words.index("800 events in the baseline")


def test_a_complaint_reduction_stands_with_the_reason_there_is_no_estimate(
    open_page: Open,
) -> None:
    words = said(open_page("complaints", more="Before and after"))
    assert "800 events in the baseline, 600 in 2018" in words
    assert "No randomised trial of this programme was supplied" in words


def test_safety_has_its_own_page_and_says_that_recording_changes(open_page: Open) -> None:
    words = said(open_page("safety_and_trust", more="Before and after"))
    assert "**720 assaults; 1,800 months**" in words
    assert "Cameras also make things easier to record" in words


def test_a_programme_without_records_of_safety_says_so(open_page: Open) -> None:
    words = said(open_page("safety_and_trust", programme="Synthetic Town"))
    assert "on this subject are on file, so nothing is shown" in words
