"""The library of published findings agrees with itself: each figure with the counts beside it."""

import csv

import polars as pl
import pytest

from orchestration import paths
from tests.real_data import real_path

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


def rounding(printed: str | None) -> float:
    """Half a unit of the last digit that was printed; none for a whole number, which is a count."""
    decimals = len(str(printed or "").partition(".")[2])
    return 0.5 * 10**-decimals if decimals else 0.0


def slack(finding: Finding) -> float:
    """How far rounding of the two values before and after moves a change in per cent of them."""
    before, after = finding["before_value"], finding["after_value"]
    if finding["effect_measure"] != "percent_change_before_after" or not (before and after):
        return 0.0
    ratio = float(after) / float(before)
    relative = rounding(after) / float(after) + rounding(before) / float(before)
    return 100 * ratio * relative


@pytest.mark.parametrize("finding", COMPUTED, ids=lambda finding: str(finding["effect_id"]))
def test_an_effect_follows_from_the_values_printed_with_it(finding: Finding) -> None:
    printed = str(finding["published_effect"])
    decimals = len(printed.partition(".")[2])
    allowed = 0.5001 * 10**-decimals + slack(finding)
    assert computed(finding) == pytest.approx(float(printed), abs=allowed)


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
        "-93": "before_after",
        "0.053": "randomised",
        "-93.3": "before_after",
        "-94.09": "before_after",
        "-97.89": "before_after",
    }


BY_ID = {finding["effect_id"]: finding for finding in LIBRARY}


def test_no_number_of_shifts_or_officers_stands_as_a_value_of_the_outcome() -> None:
    wrong = [each["effect_id"] for each in LIBRARY if each["value_unit"] in {"shifts", "officers"}]
    assert wrong == []


@pytest.mark.parametrize(
    ("effect_id", "column", "right"),
    [
        ("ariel2017_contagious_complaints_1", "published_effect", "-93"),
        ("phoenix2014_complaints_1", "design_class", "compared"),
        ("lasvegas2018_complaints_2", "design_class", "randomised"),
        ("rialto2015_use_of_force_2", "before_value", "61"),
        ("rialto2015_use_of_force_2", "after_value", "25"),
        ("dc2019_use_of_force_1", "effect_low", "-96.84"),
        ("dc2019_complaints_1", "effect_high", "138.47"),
    ],
)
def test_the_corrections_of_the_library_stand(effect_id: str, column: str, right: str) -> None:
    assert BY_ID[effect_id][column] == right


def test_studies_that_were_missing_are_there() -> None:
    studies = {finding["published_study"] for finding in LIBRARY}
    assert {"kim2025", "zamoff2022", "boston2020", "milwaukee2018", "orlando2015"} <= studies
    assert {"spokane2018", "denver2016", "brazil2021", "cubukcu2023", "tampa2017"} <= studies
    assert len(BY_ID) == len(LIBRARY) == 94


FIGURES = (
    *("outcome_group", "effect_measure", "design_class", "unit_of_randomisation", "value_unit"),
    *("treated_value", "control_value", "before_value", "after_value"),
    *("published_effect", "effect_low", "effect_high", "significance_as_printed", "source_kind"),
)
# Where the library says other than the record, both stand here with the reason.
JUDGED_OTHERWISE = {
    # Both printed values, 61 and 25, are rounded, and so is the change worked out from them.
    ("rialto2015_use_of_force_2", "published_effect"): ("-59.02", "-59"),
    ("orlando2015_use_of_force_1", "published_effect"): ("-27.3", "-27"),
    # A comparison is not told by the change of one side: worked out from both printed changes.
    ("phoenix2014_complaints_1", "published_effect"): ("-22.5", "-47"),
    ("phoenix2014_complaints_1", "effect_measure"): (
        "percent_change_before_after",
        "percent_difference",
    ),
    ("tampa2017_use_of_force_1", "published_effect"): ("-8.4", "-11"),
    ("tampa2017_use_of_force_1", "effect_measure"): (
        "percent_change_before_after",
        "percent_difference",
    ),
}


def record(name: str) -> list[dict[str, str]]:
    """The rows of a file of the public record beside the real data."""
    with real_path(f"record/{name}").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_row_of_the_record_stands_in_the_library_or_the_difference_is_explained() -> None:
    different = {
        (row["effect_id"], column): (row[column], BY_ID[row["effect_id"]][column] or "")
        for row in record("effects_rows.csv")
        for column in FIGURES
        if row[column] != (BY_ID[row["effect_id"]][column] or "")
    }
    assert different == JUDGED_OTHERWISE


def test_rows_that_the_record_replaces_or_adds_are_those_of_the_library() -> None:
    actions = {row["effect_id"]: row["action"] for row in record("effects_rows_actions.csv")}
    assert set(actions) <= set(BY_ID)
    assert sorted(actions.values()).count("replace") == 12
    assert sorted(actions.values()).count("add") == 30
