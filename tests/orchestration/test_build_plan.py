"""What a run builds anew: programmes whose fingerprint changed, and everything when in doubt."""

import pytest

from orchestration.steps.build_plan import (
    ALL_CHANGED,
    NO_WAREHOUSE,
    OTHER_CODE,
    Fingerprints,
    make_plan,
)

BEFORE = Fingerprints("code", {"east": "1", "north": "1", "west": "1"})


def test_only_the_programme_that_changed_is_built_and_the_others_are_kept() -> None:
    plan = make_plan(BEFORE, Fingerprints("code", {"east": "1", "north": "2", "west": "1"}))
    assert (plan.rebuilt, plan.kept) == (("north",), ("east", "west"))
    assert plan.sentence == "Rebuilding 1 of 3 programmes: north (dbt)"


def test_a_programme_that_is_new_is_built_and_one_that_left_is_not_kept() -> None:
    plan = make_plan(BEFORE, Fingerprints("code", {"east": "1", "south": "1"}))
    assert (plan.rebuilt, plan.kept) == (("south",), ("east",))


def test_nothing_is_built_where_nothing_changed() -> None:
    plan = make_plan(BEFORE, BEFORE)
    assert plan.rebuilt == ()
    assert plan.kept == ("east", "north", "west")
    assert plan.sentence == "Rebuilding 0 of 3 programmes (dbt)"


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (None, BEFORE, NO_WAREHOUSE),
        (BEFORE, Fingerprints("other code", BEFORE.programmes), OTHER_CODE),
        (BEFORE, Fingerprints("code", {"east": "2", "north": "2", "west": "2"}), ALL_CHANGED),
    ],
)
def test_everything_is_built_from_nothing_and_the_reason_said(
    before: Fingerprints | None, now: Fingerprints, why: str
) -> None:
    plan = make_plan(before, now)
    assert plan.kept == ()
    assert set(plan.rebuilt) == set(now.programmes)
    assert plan.why_whole == why


def test_a_reason_that_is_known_already_goes_before_all_others() -> None:
    plan = make_plan(BEFORE, BEFORE, why_whole="it was asked for")
    assert (plan.rebuilt, plan.kept) == (("east", "north", "west"), ())
    assert plan.as_dict()["why_whole"] == "it was asked for"
