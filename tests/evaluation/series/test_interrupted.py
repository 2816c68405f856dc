"""One series before and after a date: refusals, and its label."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.series.interrupted import SeriesKeys, interrupted_series

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
    "one side are nought": lambda rows: rows.with_columns(
        count=pl.when(pl.col("after") == 1).then(0).otherwise("count")
    ),
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
    assert [gate.passed for gate in found.gates if "regime" in gate.name] == [False]


def test_a_series_is_described_and_no_more() -> None:
    found = interrupted_series(SeriesKeys(**KEYS), table().sample(fraction=1, shuffle=True))
    assert "This is what happened, not what cameras did" in found.words
    errors = [float(str(found.values[name])) for name in ("se", "se_newey_west")]
    assert found.standard_error == max(errors)
