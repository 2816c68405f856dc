"""One series before and after a date: refusals, and its label."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from orchestration.evaluation.before_after.interrupted_time_series import (
    SeriesKeys,
    interrupted_series,
)
from orchestration.evaluation.core import Refusal

KEYS: dict[str, Any] = {
    "outcome": "Complaints",
    "count": "count",
    "period": "month",
    "after": "after",
}


def table() -> pl.DataFrame:
    """Forty months with a step down after the twenty-fifth."""
    months = range(1, 41)
    return pl.DataFrame(
        {
            "month": months,
            "count": [100 + 3 * (month % 5) - 20 * (month > 25) for month in months],
            "after": [int(month > 25) for month in months],
        }
    )


BAD: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "none missing": lambda rows: rows.filter(pl.col("month") != 7),
    "never back to 0": lambda rows: rows.with_columns(
        after=pl.when(pl.col("month") > 35).then(0).otherwise("after")
    ),
    "one side alone": lambda rows: rows.with_columns(after=pl.lit(0)),
    "one side are zero": lambda rows: rows.with_columns(
        count=pl.when(pl.col("after") == 1).then(0).otherwise("count")
    ),
    "must be 0 or more": lambda rows: rows.with_columns(count=pl.col("count") - 100),
    "collinear": lambda rows: rows.filter(pl.col("month").is_between(25, 27)),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_series_is_refused_by_its_reason(reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        interrupted_series(SeriesKeys(**KEYS), BAD[reason](table()))


def test_a_break_is_spanned_only_by_choice_and_fails_its_gate_when_near() -> None:
    breaks = [{"at": 28, "what": "Another definition."}]
    with pytest.raises(Refusal, match="runs over a break of 28"):
        interrupted_series(SeriesKeys(**KEYS, breaks=breaks), table())
    keys = SeriesKeys(**KEYS, breaks=breaks, spans_breaks=True)
    found = interrupted_series(keys, table())
    assert "Runs over the break of 28: Another definition." in found.notes
    (gate,) = found.gates
    assert not gate.passed
    assert "months to the nearest change of regime: 2, needed 6" in gate.reason


def test_a_series_too_short_to_show_gives_its_counts_and_no_estimate() -> None:
    found = interrupted_series(SeriesKeys(**KEYS), table().filter(pl.col("month") > 5))
    assert (found.estimate, found.interval_low, found.p_value) == (None, None, None)
    assert "points before: 20, needed 24" in found.gates[0].reason
    assert found.summary.startswith(
        "Not enough data for an estimate (points before: 20, needed 24). "
        "2,120 counted in 20 periods before and 1,290 in 15 after."
    )
    assert "we could not tell" not in found.summary
    assert found.values["log_ratio"] is not None


def test_a_break_beyond_the_table_counts_for_its_distance_and_is_not_spanned() -> None:
    early = [{"at": 0, "what": "Another form."}]
    found = interrupted_series(SeriesKeys(**KEYS, breaks=early), table())
    assert found.notes[0].startswith("One series")
    assert "change of regime: 26" in found.gates[0].reason


def dated() -> pl.DataFrame:
    """The same months with their dates, January 2015 to April 2018."""
    first = [date(2015 + place // 12, place % 12 + 1, 1) for place in range(40)]
    return table().with_columns(month=pl.Series(first))


@pytest.mark.parametrize(("cut", "lag", "is_whole"), [
    (date(2018, 4, 29), 0, False), (date(2018, 4, 30), 0, True),
    (date(2018, 7, 30), 3, False), (date(2018, 7, 31), 3, True),
])  # fmt: skip
def test_a_last_month_that_is_not_whole_yet_is_refused(
    cut: date, lag: int, *, is_whole: bool
) -> None:
    keys = SeriesKeys(**KEYS, data_cut=cut, matures_after=lag)
    if is_whole:
        assert interrupted_series(keys, dated()).estimate is not None
        return
    with pytest.raises(Refusal, match="outcome of 2018-04-30 has not matured"):
        interrupted_series(keys, dated())


def test_a_break_within_the_last_month_is_within_the_series() -> None:
    late = [{"at": date(2018, 4, 15), "what": "A new form."}]
    with pytest.raises(Refusal, match=r"break of 2018-04-15"):
        interrupted_series(SeriesKeys.model_validate(KEYS | {"breaks": late}), dated())


def test_numbered_periods_cannot_be_held_against_the_day_of_a_cut() -> None:
    with pytest.raises(Refusal, match="numbered periods"):
        interrupted_series(SeriesKeys(**KEYS, data_cut=date(2018, 1, 1)), table())


def test_a_lag_without_the_day_of_the_cut_is_no_study() -> None:
    with pytest.raises(ValidationError, match="matures_after needs data_cut"):
        SeriesKeys(**KEYS, matures_after=3)


def test_a_series_is_described_and_no_more() -> None:
    found = interrupted_series(SeriesKeys(**KEYS), table().sample(fraction=1, shuffle=True))
    assert "This is what happened, not what cameras did" in found.summary
    errors = [float(str(found.values[name])) for name in ("se_quasi_poisson", "se_newey_west")]
    assert found.standard_error == max(errors)
