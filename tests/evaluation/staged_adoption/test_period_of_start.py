"""The period within which a unit gets its cameras is neither before nor after (item 9)."""

from datetime import date
from math import log

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation.columns import NEVER
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.staged_adoption.panel import StagedKeys, prepare_panel
from orchestration.evaluation.staged_adoption.staged_rollout import staged_rollout
from tests.evaluation.staged_adoption.test_gates_of_rollouts import DAYS, months

KEYS = {
    "outcome": "Complaints",
    "unit": "unit",
    "period": "month",
    "first": "cameras_from",
    "first_is": "day",
    "count": "count",
    "seed": 1,
    "draws": 99,
    "leads": 3,
    "sensitivity_analyses": False,
}


def keys(**more: object) -> StagedKeys:
    return StagedKeys.model_validate(KEYS | more)


def test_a_start_within_a_month_leaves_that_month_out_of_both_states() -> None:
    panel, _ = prepare_panel(keys(), months())
    place = panel.units.index("a")
    [begun] = np.flatnonzero(panel.partial[place])
    assert panel.calendar.label(int(begun)) == date(2017, 3, 1)
    assert not panel.treated[place, begun]
    assert not panel.untreated[place, begun]
    assert panel.treated[place, begun + 1]
    assert panel.untreated[place, begun - 1]


def test_a_start_on_the_first_day_of_a_period_leaves_nothing_out() -> None:
    rows = months().with_columns(cameras_from=pl.col("cameras_from").dt.truncate("1mo"))
    panel, _ = prepare_panel(keys(), rows)
    assert not panel.partial.any()
    assert staged_rollout(keys(), rows).values["partial_cells"] == 0


def test_a_start_given_as_a_period_is_a_whole_treated_period() -> None:
    rows = months().with_columns(cameras_from=pl.col("cameras_from").dt.truncate("1mo"))
    panel, _ = prepare_panel(keys(first_is="period"), rows)
    assert panel.treated[panel.units.index("a"), 14]
    assert panel.begun is None


def test_a_start_within_the_last_period_makes_a_unit_never_treated_and_leaves_the_cell_out() -> (
    None
):
    rows = months().with_columns(
        cameras_from=pl.when(pl.col("unit") == "a")
        .then(date(2018, 12, 5))
        .otherwise("cameras_from")
    )
    panel, _ = prepare_panel(keys(), rows)
    place = panel.units.index("a")
    assert panel.first[place] == NEVER
    assert panel.partial[place].tolist() == [False] * 35 + [True]


def test_what_happens_within_the_month_of_a_start_moves_no_figure() -> None:
    within = pl.col("month") == pl.col("cameras_from").dt.truncate("1mo")
    moved = months().with_columns(count=pl.when(within).then(500).otherwise("count"))
    ours, other = staged_rollout(keys(), months()), staged_rollout(keys(), moved)
    assert ours.estimate == pytest.approx(other.estimate, abs=1e-12)
    assert ours.standard_error == pytest.approx(other.standard_error, abs=1e-12)
    assert ours.values["pre_test_p"] == pytest.approx(other.values["pre_test_p"], abs=1e-9)
    assert ours.values["before_after_log_ratio"] == other.values["before_after_log_ratio"]
    assert ours.values["cr2_log_ratio"] == pytest.approx(other.values["cr2_log_ratio"], abs=1e-12)


def test_the_number_of_cells_and_the_estimate_with_them_stand_beside() -> None:
    found = staged_rollout(keys(), months(ratio=0.5))
    assert found.values["partial_cells"] == len([day for day in DAYS.values() if day])
    beside = float(str(found.values["partial_as_untreated_log_ratio"]))
    assert found.estimate is not None
    assert found.estimate == pytest.approx(log(0.5), abs=0.1)
    assert beside > found.estimate
    assert any("neither before nor after" in note for note in found.notes)


def test_quarters_leave_the_quarter_of_a_start_out_and_say_when_months_would_do() -> None:
    panel, notes = prepare_panel(keys(quarters=True, leads=2), months())
    assert int(panel.partial.sum()) == len([day for day in DAYS.values() if day])
    assert any("Months carry enough events by themselves" in note for note in notes)


def test_a_unit_whose_first_period_is_cut_has_nothing_to_stand_against() -> None:
    rows = months().with_columns(
        cameras_from=pl.when(pl.col("unit") == "a").then(date(2016, 1, 5)).otherwise("cameras_from")
    )
    with pytest.raises(Refusal, match="unit a is treated from 2016-01-05, before the second"):
        prepare_panel(keys(), rows)
