"""Times to an event: censoring, refusals, and medians that are not reached."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.times.design import TimeKeys, time_to_event

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
    "must be above 0": lambda rows: rows.with_columns(days=pl.col("days") - 10),
    "1 where the event came": lambda rows: rows.with_columns(charged=pl.col("charged") + 1),
}


@pytest.mark.parametrize("reason", BAD)
def test_bad_times_are_refused_by_their_reason(reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        time_to_event(TimeKeys(**KEYS), BAD[reason](table()))


def test_a_median_that_is_not_reached_is_not_given() -> None:
    values = time_to_event(TimeKeys(**KEYS), table()).values
    assert values["median seen"] is None
    assert values["median none"] == 41
    assert values["cut_short seen"] == 4


def test_the_curve_says_nothing_beyond_the_last_wait() -> None:
    with pytest.raises(Refusal, match="the curve ends at 60"):
        time_to_event(TimeKeys(**KEYS, at=(90,)), table())


def test_few_events_fail_their_gate() -> None:
    gate = time_to_event(TimeKeys(**KEYS), table().sample(fraction=1, shuffle=True)).gates[0]
    assert not gate.passed
