"""Before against after: described, with the regression to the mean to be expected."""

from datetime import date
from math import log
from typing import Any

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation.before_after.before_after import (
    BeforeAfterKeys,
    before_after,
    shrunk_rates,
)
from orchestration.evaluation.core import Refusal, Result


def run(rows: pl.DataFrame, **more: Any) -> Result:
    given: dict[str, Any] = {
        "outcome": "Complaints",
        "count": "count",
        "period": "year",
        "before": {"from": 1, "to": 1},
        "after": {"from": 2, "to": 2},
    }
    return before_after(BeforeAfterKeys(**given | more), rows)


def test_the_change_at_rialto_is_that_of_its_counts() -> None:
    found = run(pl.DataFrame({"year": [1, 2], "count": [24, 3]}))
    assert found.values["rate_ratio"] == pytest.approx(0.125)
    assert found.values["rate_ratio_exact_lo"] == pytest.approx(0.024094332694, abs=1e-6)
    assert found.values["rate_ratio_exact_hi"] == pytest.approx(0.411605790837, abs=1e-6)
    assert "This is what happened, not what cameras did" in found.summary
    assert not found.is_randomised


def test_units_picked_for_their_record_are_expected_to_regress_to_the_mean() -> None:
    draw = np.random.default_rng(3)
    rate = draw.gamma(20, 1, 200)
    first, second = draw.poisson(rate), draw.poisson(rate)
    chosen = first >= np.sort(first)[-20]
    rows = pl.DataFrame(
        {
            "unit": np.tile(np.arange(200), 2),
            "year": np.repeat([1, 2], 200),
            "count": np.concatenate([first, second]),
            "picked": np.tile(chosen.astype(int), 2),
        }
    )
    keys = {"chosen_for_record": True, "unit": "unit", "chosen": "picked"}
    found = run(rows, **keys, chosen_on={"from": 1, "to": 1})
    fell = log(second[chosen].sum() / first[chosen].sum())
    assert found.values["regression_to_the_mean_log_ratio"] == pytest.approx(fell, abs=0.08)
    assert "would be expected by regression to the mean" in found.summary


def test_rates_are_drawn_together_where_they_differ_no_more_than_chance() -> None:
    held = np.full(4, 10.0)
    assert shrunk_rates(np.array([9.0, 11, 10, 10]), held).tolist() == pytest.approx([1.0] * 4)


def test_a_break_between_the_sides_is_refused_without_a_choice() -> None:
    rows = pl.DataFrame({"year": [1, 2], "count": [24, 3]})
    with pytest.raises(Refusal, match="runs over a break of 2"):
        run(rows, breaks=[{"at": 2, "what": "Another definition."}])


def test_a_side_without_events_is_refused() -> None:
    with pytest.raises(Refusal, match="no event from 2 to 2"):
        run(pl.DataFrame({"year": [1, 2], "count": [24, 0]}))


def test_the_regression_to_the_mean_needs_the_units_that_were_not_chosen() -> None:
    rows = pl.DataFrame({"unit": ["a", "a"], "year": [1, 2], "count": [24, 3], "picked": [1, 1]})
    keys = {"chosen_for_record": True, "unit": "unit", "chosen": "picked"}
    with pytest.raises(Refusal, match="units that were not chosen"):
        run(rows, **keys, chosen_on={"from": 1, "to": 1})


def test_a_last_period_that_is_not_whole_yet_is_refused() -> None:
    months = [date(2019, month, 1) for month in (1, 2, 3, 4)]
    rows = pl.DataFrame({"year": months, "count": [24, 21, 9, 8]})
    sides = {"before": {"from": months[0], "to": months[1]}}
    sides |= {"after": {"from": months[2], "to": months[3]}}
    with pytest.raises(Refusal, match="outcome of 2019-04-30 has not matured"):
        run(rows, **sides, data_cut=date(2019, 7, 30), matures_after=3)
    assert run(rows, **sides, data_cut=date(2019, 7, 31), matures_after=3).estimate is not None


def test_numbered_periods_cannot_be_held_against_a_cut() -> None:
    with pytest.raises(Refusal, match="numbered periods"):
        run(pl.DataFrame({"year": [1, 2], "count": [24, 3]}), data_cut=date(2019, 7, 30))
