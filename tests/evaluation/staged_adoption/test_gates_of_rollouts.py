"""A gate that fails comes first and holds the estimate back (item 10)."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation.core import Result
from orchestration.evaluation.staged_adoption.panel import StagedKeys
from orchestration.evaluation.staged_adoption.staged_rollout import staged_rollout
from tests.evaluation.staged_adoption.simulated_panels import COUNTS, table
from tests.evaluation.staged_adoption.test_refusals import RUNS

#: Ten units: three waves that begin within a month, and four units never treated.
DAYS = {
    **dict.fromkeys("ab", date(2017, 3, 20)),
    **dict.fromkeys("cd", date(2017, 8, 10)),
    **dict.fromkeys("ef", date(2018, 3, 3)),
    **dict.fromkeys("ghij"),
}
ESTIMATES = (
    "estimate",
    "standard_error",
    "interval_low",
    "interval_high",
    "p_value",
    "smallest_detectable",
)


def months(ratio: float = 1.0, seed: int = 3) -> pl.DataFrame:
    """Thirty-six months of counts near 40; from the day of cameras on times `ratio`."""
    draw = np.random.default_rng(seed)
    every = pl.date_range(date(2016, 1, 1), date(2018, 12, 1), "1mo", eager=True)
    rows: list[dict[str, Any]] = []
    for unit, day in DAYS.items():
        for month in every:
            is_on = day is not None and month >= day.replace(day=1)
            mean = 40 * (ratio if is_on else 1.0)
            rows.append(
                {
                    "unit": unit,
                    "month": month,
                    "cameras_from": day,
                    "count": int(draw.poisson(mean)),
                }
            )
    return pl.DataFrame(rows, schema_overrides={"cameras_from": pl.Date})


def held(found: Result) -> bool:
    """Whether nothing is left that a reader would take for a finding."""
    return all(getattr(found, name) is None for name in ESTIMATES)


@pytest.mark.parametrize("run", RUNS)
def test_every_estimator_of_staged_adoption_holds_back_what_its_gate_gates(run: str) -> None:
    found = RUNS[run](table())
    assert held(found)
    assert found.summary.startswith("Not enough data for an estimate (months before the first: 4")
    assert [gate.name for gate in found.gates][:2] == [
        "enough for a staged roll-out",
        "enough units for an interval",
    ]


def test_the_headline_design_holds_back_too_and_says_its_counts() -> None:
    keys = StagedKeys(**COUNTS, seed=5, draws=99, sensitivity_analyses=False, leads=3)
    found = staged_rollout(keys, table())
    assert held(found)
    assert found.summary.startswith("Not enough data for an estimate (months before the first: 4")
    assert "counted where cameras were" in found.summary
    assert found.values["log_ratio"] is not None


@pytest.mark.parametrize("run", RUNS)
def test_a_panel_that_carries_an_estimate_keeps_it(run: str) -> None:
    found = RUNS[run](table(periods=30, start=10))
    assert found.estimate is not None
    assert found.interval_low is not None
    assert not found.summary.startswith("Not enough")
