"""Times to an event: censoring, refusals, and medians that are not reached."""

from collections.abc import Callable
from datetime import date
from math import exp
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.survival.time_to_event import TimeKeys, time_to_event

KEYS: dict[str, Any] = {
    "outcome": "Charge",
    "time": "days",
    "event": "charged",
    "arm": "arm",
    "against": "none",
}


def table() -> pl.DataFrame:
    """Six cases in each of two arms, some still waiting."""
    return pl.DataFrame(
        {
            "days": [10, 14, 21, 30, 45, 60, 12, 25, 33, 41, 59, 60],
            "charged": [1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0],
            "arm": ["seen"] * 6 + ["none"] * 6,
        }
    )


BAD: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "two needed": lambda rows: rows.filter(pl.col("arm") == "none"),
    "has no event": lambda rows: rows.with_columns(
        charged=pl.when(pl.col("arm") == "seen").then(0).otherwise("charged")
    ),
    "must be 0 or more": lambda rows: rows.with_columns(days=pl.col("days") - 11),
    "1 where the event came": lambda rows: rows.with_columns(charged=pl.col("charged") + 1),
}


@pytest.mark.parametrize("reason", BAD)
def test_bad_times_are_refused_by_their_reason(reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        time_to_event(TimeKeys(**KEYS), BAD[reason](table()))


def test_a_median_that_is_not_reached_is_not_given() -> None:
    none, seen = time_to_event(TimeKeys(**KEYS), table()).tables["arms"]
    assert (none["arm"], seen["arm"]) == ("none", "seen")
    assert (seen["median"], none["median"]) == (None, 41)
    assert seen["censored"] == 4


def test_the_curve_says_nothing_beyond_the_last_wait() -> None:
    with pytest.raises(Refusal, match="the curve ends at 60"):
        time_to_event(TimeKeys(**KEYS, at=(90,)), table())


def test_few_events_are_counted_and_no_ratio_is_shown() -> None:
    found = time_to_event(TimeKeys(**KEYS), table().sample(fraction=1, shuffle=True))
    assert not found.gates[0].passed
    assert (found.estimate, found.interval_high, found.p_value) == (None, None, None)
    assert found.diagnostics == {}
    assert "2 of 6 in seen" in found.summary
    few = "Not enough data for an estimate (events in the smaller arm: 2, needed 20)"
    assert few in found.summary


def test_twenty_events_an_arm_are_shown_with_their_interval() -> None:
    many = pl.concat([table().with_columns(days=pl.col("days") + 7 * turn) for turn in range(10)])
    found = time_to_event(TimeKeys(**KEYS), many)
    assert found.gates[0].passed
    assert found.estimate == found.values["log_hazard_ratio_efron"]
    assert found.diagnostics["hazard_ratio"] == pytest.approx(exp(found.estimate or 0))


def waits() -> pl.DataFrame:
    """The cases with the days on which their waits began and ended."""
    return table().with_columns(
        begun=pl.lit(date(2019, 11, 1)),
        ended=pl.lit(date(2019, 11, 1)) + pl.duration(days=pl.col("days")),
    )


DAYS = {"counted_from": "begun", "counted_to": "ended"}
BREAK = [{"at": date(2019, 12, 15), "what": "Charges are recorded on a new form."}]


def test_waits_over_a_break_are_refused_unless_by_choice() -> None:
    with pytest.raises(Refusal, match="runs over a break of 2019-12-15"):
        time_to_event(TimeKeys(**KEYS, **DAYS, breaks=BREAK), waits())
    found = time_to_event(TimeKeys(**KEYS, **DAYS, breaks=BREAK, spans_breaks=True), waits())
    assert found.notes == (
        "Runs over the break of 2019-12-15: Charges are recorded on a new form.",
    )


def test_waits_that_ended_too_near_to_the_cut_are_refused() -> None:
    cut = {"data_cut": date(2020, 3, 30), "matures_after": 3}
    with pytest.raises(Refusal, match="outcome of 2019-12-31 has not matured"):
        time_to_event(TimeKeys(**KEYS, **DAYS, **cut), waits())
    later = cut | {"data_cut": date(2020, 3, 31)}
    assert time_to_event(TimeKeys(**KEYS, **DAYS, **later), waits()).notes == ()


def test_a_wait_that_ends_before_it_began_is_refused_by_its_row() -> None:
    bad = waits().with_columns(begun=pl.when(pl.col("days") == 21).then("ended").otherwise("begun"))
    swapped = bad.with_columns(
        ended=pl.when(pl.col("days") == 21).then(date(2019, 1, 1)).otherwise("ended")
    )
    with pytest.raises(Refusal, match="row 3: counted from"):
        time_to_event(TimeKeys(**KEYS, **DAYS), swapped)


def test_breaks_without_columns_of_days_are_no_study() -> None:
    with pytest.raises(ValidationError, match="need counted_from and counted_to"):
        TimeKeys(**KEYS, breaks=BREAK)


def test_an_arm_that_orders_all_events_alone_has_no_finite_ratio_and_says_so() -> None:
    # Everybody in one arm had the event before anybody in the other.
    apart = table().with_columns(
        days=pl.col("days") + pl.when(pl.col("arm") == "none").then(100).otherwise(0),
        charged=pl.lit(1),
    )
    with pytest.raises(Refusal, match="separation"):
        time_to_event(TimeKeys(**KEYS), apart)


def test_covariates_that_say_the_same_are_refused() -> None:
    twice = table().with_columns(one=pl.col("days"), two=2 * pl.col("days"))
    with pytest.raises(Refusal, match="collinear"):
        time_to_event(TimeKeys(**KEYS, covariates=("one", "two")), twice)
