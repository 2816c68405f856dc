"""Classes, thresholds and rounding are those of the policy, and are declared in one place."""

import re

import pytest
import yaml
from pydantic import ValidationError

from orchestration import paths
from orchestration.disclosure.policy import ADDITIVE, FILE, Cube, Policy, read_policy

POLICY = read_policy()


def test_people_are_hidden_below_ten_and_rounded_to_five_and_events_below_five() -> None:
    people, events, openly = POLICY.classes["P"], POLICY.classes["A"], POLICY.classes["O"]
    assert (people.threshold, people.round_to, people.zero_needs) == (10, 5, 10)
    assert people.class_disclosure
    assert (events.threshold, events.round_to, events.zero_needs) == (5, 1, 0)
    assert (openly.threshold, openly.round_to) == (0, 1)


def test_a_metric_is_of_the_class_it_declares_or_else_of_events_and_open_data_stay_open() -> None:
    assert POLICY.class_of("P", is_open_data=False) == "P"
    assert POLICY.class_of(None, is_open_data=False) == "A"
    assert POLICY.class_of("P", is_open_data=True) == "O"
    with pytest.raises(ValueError, match="there is no disclosure class Q: choose one of P, A, O"):
        POLICY.class_of("Q", is_open_data=False)


def test_a_misspelt_key_or_a_base_that_rounds_into_hiding_is_refused() -> None:
    said = yaml.safe_load(FILE.read_text())
    said["classes"]["P"]["round_to"] = 4
    with pytest.raises(ValidationError, match="threshold must be a multiple of round_to"):
        Policy.model_validate(said)
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Policy.model_validate(yaml.safe_load(FILE.read_text()) | {"treshold": 3})


def entries() -> dict[str, dict[str, str]]:
    """What each metric's entry says, by metric."""
    return {
        model["name"].removeprefix("met_"): model["config"]["meta"]
        for path in (paths.ROOT / "models" / "metrics").rglob("met_*.yml")
        for model in yaml.safe_load(path.read_text()).get("models", [])
    }


def test_the_cube_holds_only_metrics_that_exist_and_add_up() -> None:
    kinds = {name: entries().get(name, {}).get("kind") for name in POLICY.cube.metrics}
    assert {name: kind for name, kind in kinds.items() if kind not in ADDITIVE} == {}


def test_every_metric_declares_a_class_that_exists() -> None:
    declared = {name: entry.get("disclosure") for name, entry in entries().items()}
    assert len(declared) > 100
    assert {name: said for name, said in declared.items() if said not in POLICY.classes} == {}


def test_what_is_counted_of_people_is_of_the_class_of_people() -> None:
    people = re.compile(
        r"defendants?|victims?|pleas?|people|positive answers|officer-months|officers in the arm"
        r"|officers of the arm|assaults on officers|upheld|trials"
    )
    counted = {
        name: entry["disclosure"]
        for name, entry in entries().items()
        if people.search(entry["numerator_words"])
        or (entry["kind"] == "quantile" and people.search(entry["denominator_words"]))
    }
    assert len(counted) > 15
    assert {name: said for name, said in counted.items() if said != "P"} == {}


def test_the_note_of_a_hidden_figure_name_the_threshold_of_its_own_class() -> None:
    assert POLICY.classes["P"].note.startswith("Hidden to protect people (fewer than 10")
    assert POLICY.classes["A"].note.startswith("Hidden to protect people (fewer than 5")


def test_figures_restated_to_another_geography_stay_out_of_the_public_cube() -> None:
    said = POLICY.cube.model_dump()
    said["metrics"] = {"complaints": ["geography"]}
    with pytest.raises(ValidationError, match="complaints: geography does not add up"):
        Cube.model_validate(said)
