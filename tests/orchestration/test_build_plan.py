"""What a run builds anew: tables whose sources changed, by programme, and everything in doubt."""

import pytest

from orchestration.steps.build_plan import NO_WAREHOUSE, OTHER_CODE, Fingerprints, make_plan

OWN = {"bodyworn.shifts": "1", "programme.areas": "1"}
BEFORE = Fingerprints("code", {"east": OWN, "north": OWN, "west": OWN})


def test_only_the_programme_that_changed_is_built_and_the_others_are_kept() -> None:
    now = Fingerprints("code", {**BEFORE.programmes, "north": OWN | {"bodyworn.shifts": "2"}})
    plan = make_plan(BEFORE, now)
    assert (plan.rebuilt, plan.kept) == (("north",), ("east", "west"))
    assert plan.changed == {"north": ("bodyworn.shifts",)}
    assert plan.sentence == "Rebuilding what changed of 1 of 3 programmes: north (dbt)"


def test_a_table_that_comes_or_goes_changed() -> None:
    now = Fingerprints("code", {"east": {"bodyworn.shifts": "1", "bodyworn.spend": "1"}})
    plan = make_plan(BEFORE, now)
    assert plan.changed == {"east": ("bodyworn.spend", "programme.areas")}


def test_a_programme_that_is_new_is_built_and_one_that_left_is_not_kept() -> None:
    plan = make_plan(BEFORE, Fingerprints("code", {"east": OWN, "south": OWN}))
    assert (plan.rebuilt, plan.kept) == (("south",), ("east",))
    assert plan.changed == {"south": tuple(OWN)}


def test_nothing_is_built_where_nothing_changed() -> None:
    plan = make_plan(BEFORE, BEFORE)
    assert plan.rebuilt == ()
    assert plan.kept == ("east", "north", "west")
    assert plan.sentence == "Rebuilding what changed of 0 of 3 programmes (dbt)"


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (None, BEFORE, NO_WAREHOUSE),
        (BEFORE, Fingerprints("other code", BEFORE.programmes), OTHER_CODE),
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
