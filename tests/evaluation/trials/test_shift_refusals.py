"""Tables that are no trial of shifts are refused with the reason, never answered."""

from collections.abc import Callable
from datetime import timedelta

import polars as pl
import pytest

from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.trials.shift.design import shift_trial
from orchestration.evaluation.trials.shift.keys import ShiftKeys
from tests.evaluation.trials.invented import shifts

Change = Callable[[pl.DataFrame], pl.DataFrame]


def late(table: pl.DataFrame) -> pl.DataFrame:
    """The lot of one shift was drawn an hour after it began."""
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


CHANGES: dict[str, Change] = {
    "one arm only": lambda t: t.filter(pl.col("alloc") == "T"),
    "no events": lambda t: t.with_columns(complaints=pl.lit(0)),
    "stands in column 'shift_id' twice": lambda t: pl.concat([t, t.head(1)]),
    "made after its shift began": late,
    "probabilities are unequal and not stated": uneven,
    "must be above 0": lambda t: t.with_columns(officer_hours=pl.lit(0)),
    "must be 0 or more": lambda t: t.with_columns(complaints=pl.lit(-1)),
    "whole numbers": lambda t: t.with_columns(complaints=pl.lit(0.5)),
    "must lie between 0 and 1": lambda t: t.with_columns(alloc_prob=pl.lit(1.0)),
    "holds 'X' in counted row": lambda t: t.with_columns(alloc=pl.lit("X")),
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
