"""Tables that are no trial of shifts are refused with the reason, never answered."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys
from orchestration.evaluation.trials.shift.shift_trial import shift_trial
from tests.evaluation.trials.simulated_shift_trials import shifts

Change = Callable[[pl.DataFrame], pl.DataFrame]


def late(table: pl.DataFrame) -> pl.DataFrame:
    """One shift was allocated an hour after it began."""
    begun = pl.col("shift_started_at")
    is_first = pl.int_range(pl.len()) == 0
    return table.with_columns(
        alloc_generated_at=pl.when(is_first)
        .then(begun + timedelta(hours=1))
        .otherwise("alloc_generated_at")
    )


def uneven(table: pl.DataFrame) -> pl.DataFrame:
    """One week had twelve treated shifts of fourteen, and no chances were recorded."""
    in_week = pl.col("block_id") == "w3"
    number = pl.int_range(pl.len()).over("block_id")
    return table.drop("alloc_prob").with_columns(
        alloc=pl.when(in_week)
        .then(pl.when(number < 12).then(pl.lit("T")).otherwise(pl.lit("C")))
        .otherwise("alloc")
    )


def no_time(table: pl.DataFrame) -> pl.DataFrame:
    """Times of allocation were typed in as words."""
    return table.with_columns(alloc_generated_at=pl.lit("the week before"))


CHANGES: dict[str, Change] = {
    "holds what is no time": no_time,
    "-[0-9]+, where it must be above 0": lambda t: t.with_columns(
        officer_hours=-pl.col("officer_hours")
    ),
    "one arm only": lambda t: t.filter(pl.col("alloc") == "T"),
    "no events": lambda t: t.with_columns(complaints=pl.lit(0)),
    "stands in column 'shift_id' twice": lambda t: pl.concat([t, t.head(1)]),
    "made after its shift began": late,
    "probabilities are unequal and not stated": uneven,
    "must be above 0": lambda t: t.with_columns(officer_hours=pl.lit(0)),
    "must be 0 or more": lambda t: t.with_columns(complaints=pl.lit(-1)),
    "a whole number of events": lambda t: t.with_columns(complaints=pl.lit(0.5)),
    "must lie between 0 and 1": lambda t: t.with_columns(alloc_prob=pl.lit(1.0)),
    "row 1: 'X', where it must be 'T' or 'C'": lambda t: t.with_columns(alloc=pl.lit("X")),
    "there is no column 'complaints'": lambda t: t.drop("complaints"),
    "by its blocks": lambda t: t.drop("block_id"),
    "encounters recorded of": lambda t: t.with_columns(encounters_recorded=pl.lit(99)),
    "no contacts in one arm": lambda t: t.with_columns(contacts_n=pl.lit(0)),
}


@pytest.mark.parametrize("reason", CHANGES)
def test_a_table_that_is_no_trial_is_refused_with_the_reason(reason: str) -> None:
    keys = ShiftKeys(outcome="complaints", draws=99)
    with pytest.raises(Refusal, match=reason):
        shift_trial(keys, CHANGES[reason](shifts(6)))


BREAK = [{"at": date(2015, 3, 20), "what": "Complaints may be made online."}]


def test_shifts_over_a_break_are_refused_unless_by_choice() -> None:
    keys: dict[str, Any] = {"outcome": "complaints", "draws": 99, "breaks": BREAK}
    with pytest.raises(Refusal, match="runs over a break of 2015-03-20"):
        shift_trial(ShiftKeys(**keys), shifts(6))
    found = shift_trial(ShiftKeys(**keys, spans_breaks=True), shifts(6))
    assert "Runs over the break of 2015-03-20: Complaints may be made online." in found.notes
    early = shifts(6).filter(pl.col("shift_date") < date(2015, 3, 20))
    assert shift_trial(ShiftKeys(**keys), early).notes


def test_shifts_whose_complaints_may_still_come_are_refused() -> None:
    # Six weeks from 2 March 2015 end with 12 April.
    keys: dict[str, Any] = {"outcome": "complaints", "draws": 99, "matures_after": 6}
    with pytest.raises(Refusal, match="outcome of 2015-04-12 has not matured"):
        shift_trial(ShiftKeys(**keys, data_cut=date(2015, 10, 11)), shifts(6))
    found = shift_trial(ShiftKeys(**keys, data_cut=date(2015, 10, 12)), shifts(6))
    assert found.estimate is not None


def test_a_break_without_dates_of_shifts_is_refused_and_not_passed_over() -> None:
    keys = ShiftKeys(outcome="complaints", draws=99, breaks=BREAK)
    with pytest.raises(Refusal, match="no column 'shift_date'"):
        shift_trial(keys, shifts(6).drop("shift_date"))


def test_shifts_of_which_some_have_no_time_of_drawing_do_not_pass_the_audit() -> None:
    is_first = pl.int_range(pl.len()) == 0
    table = shifts(6).with_columns(
        alloc_generated_at=pl.when(is_first).then(None).otherwise("alloc_generated_at")
    )
    gates = shift_trial(ShiftKeys(outcome="complaints", draws=99), table).gates
    assert [gate.passed for gate in gates if gate.name == "allocated before the shift"] == [False]


def test_shifts_drawn_one_by_one_with_chances_that_differ_by_site_must_say_so() -> None:
    table = shifts(12, sites=("east", "north")).drop("alloc_prob")
    mostly = pl.int_range(pl.len()).over("site_id") % 5 > 0
    uneven_sites = table.with_columns(
        alloc=pl.when((pl.col("site_id") == "east") & mostly).then(pl.lit("T")).otherwise("alloc")
    )
    keys = ShiftKeys(outcome="complaints", draws=99, scheme="independent")
    with pytest.raises(Refusal, match=r"site 'east' has .* unequal and not stated"):
        shift_trial(keys, uneven_sites)
    assert shift_trial(keys, table).estimate is not None


def test_a_site_with_one_arm_is_named() -> None:
    table = shifts(6, sites=("east", "north"))
    table = table.filter((pl.col("site_id") == "north") | (pl.col("alloc") == "T"))
    with pytest.raises(Refusal, match="site 'east' has one arm only"):
        shift_trial(ShiftKeys(outcome="complaints", draws=99), table)


def test_compliance_needs_a_class_for_every_site() -> None:
    keys = ShiftKeys(outcome="complaints", draws=99, compliance={"east": "high"})
    with pytest.raises(Refusal, match="no class for site 'north'"):
        shift_trial(keys, shifts(6, sites=("east", "north")))


def test_unequal_chances_that_are_recorded_are_allowed_for() -> None:
    table = uneven(shifts()).with_columns(
        alloc_prob=pl.when(pl.col("block_id") == "w3")
        .then((pl.col("alloc") == "T").mean().over("block_id"))
        .otherwise(0.5)
    )
    found = shift_trial(ShiftKeys(outcome="complaints", draws=99), table)
    assert found.estimate is not None
