"""The library of published findings agrees with itself: each figure with the counts beside it."""

import polars as pl
import pytest

from orchestration import paths

LIBRARY = pl.read_csv(paths.SEEDS / "published_effects.csv", infer_schema=False).to_dicts()
CHANGES = {"percent_change_before_after", "percentage_points_before_after"}
Finding = dict[str, str | None]


def number(finding: Finding, column: str) -> float | None:
    """A figure as printed, or None where none was."""
    text = finding[column]
    return None if text is None else float(text)


def computed(finding: Finding) -> float | None:
    """The effect again from the two values printed with it; None where they are of another kind."""
    before, after = number(finding, "before_value"), number(finding, "after_value")
    treated, control = number(finding, "treated_value"), number(finding, "control_value")
    if before is not None and after is not None:
        change = after - before
        in_percent = finding["effect_measure"] == "percent_change_before_after"
        return 100 * change / before if in_percent else change
    if finding["effect_measure"] == "percentage_points" and treated is not None:
        return treated - (control or 0)
    return None


COMPUTED = [finding for finding in LIBRARY if computed(finding) is not None]
WITH_INTERVAL = [finding for finding in LIBRARY if finding["effect_low"]]


@pytest.mark.parametrize("finding", COMPUTED, ids=lambda finding: str(finding["effect_id"]))
def test_an_effect_follows_from_the_values_printed_with_it(finding: Finding) -> None:
    printed = str(finding["published_effect"])
    decimals = len(printed.partition(".")[2])
    assert computed(finding) == pytest.approx(float(printed), abs=0.5001 * 10**-decimals)


@pytest.mark.parametrize("finding", WITH_INTERVAL, ids=lambda finding: str(finding["effect_id"]))
def test_an_effect_lies_within_its_interval(finding: Finding) -> None:
    low, high = number(finding, "effect_low"), number(finding, "effect_high")
    effect = number(finding, "published_effect")
    assert low is not None
    assert high is not None
    assert effect is not None
    assert low < effect < high


def test_both_kinds_of_finding_were_held_against_something() -> None:
    assert len(COMPUTED) >= 10
    assert len(WITH_INTERVAL) >= 3
    assert CHANGES & {finding["effect_measure"] for finding in COMPUTED} == CHANGES


@pytest.mark.parametrize("finding", LIBRARY, ids=lambda finding: str(finding["effect_id"]))
def test_a_finding_names_its_source_and_the_place_or_says_that_none_was_found(
    finding: Finding,
) -> None:
    url, place = str(finding["source_url"]), finding["place_in_source"]
    assert url.startswith(("https://", "http://", "not found"))
    assert place
    if url == "not found":
        assert finding["source_kind"] in {"press_or_secondary", "not_found"}


def test_a_study_that_drew_lots_also_has_findings_that_are_not_randomised() -> None:
    kinds = {
        finding["published_effect"]: finding["design_class"]
        for finding in LIBRARY
        if finding["published_study"] == "ariel2017_contagious"
    }
    assert kinds == {
        "-92.66": "before_after",
        "0.053": "randomised",
        "-93.3": "before_after",
        "-94.09": "before_after",
        "-97.89": "before_after",
    }
