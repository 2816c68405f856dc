"""Sites against the share that they recorded: always points, a line only from ten sites on."""

import polars as pl
import pytest

from orchestration.evaluation.core import Result
from orchestration.evaluation.meta_analysis.subgroups_and_meta_regression import (
    META_REGRESSION,
    RegressionKeys,
)
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys
from orchestration.evaluation.trials.shift.shift_trial import shift_trial
from tests.evaluation.trials.simulated_shift_trials import shifts

KEYS = ShiftKeys(outcome="complaints", draws=99)
TEN = tuple(f"site {number:02}" for number in range(10))


def trial(sites: tuple[str, ...]) -> Result:
    """Eight weeks a site; every site recorded another share on its camera shifts."""
    share = 0.35 + 0.06 * (pl.col("site_id").rank("dense") - 1)
    recorded = (pl.col("encounters_recordable") * share).floor()
    return shift_trial(KEYS, shifts(8, sites=sites).with_columns(encounters_recorded=recorded))


def test_few_sites_give_points_to_draw_and_no_line() -> None:
    found = trial(TEN[:4]).diagnostics["activation"]
    assert len(found["points"]) == 4
    assert found["slope"] is None
    few = "too few sites: studies: 4, needed 10; plot the points without a line"
    assert found["why_not"] == few
    assert "not randomised" in found["caution"]


def test_ten_sites_give_the_slope_of_the_meta_regression_of_their_points() -> None:
    found = trial(TEN).diagnostics["activation"]
    asked = {
        "measure": "log_rate_ratio",
        "outcome": "complaints",
        "from_effects": {"effect": "log_rate_ratio", "standard_error": "se"},
        "moderators": ["activation"],
    }
    again = META_REGRESSION.run(RegressionKeys.model_validate(asked), pl.DataFrame(found["points"]))
    assert found["sites"] == 10
    assert found["slope"] == pytest.approx(again.estimate, abs=1e-9)
    assert found["low"] == pytest.approx(again.interval_low, abs=1e-9)
    assert "An association among studies" in found["words"]


def test_the_share_is_that_of_recordable_encounters_of_camera_shifts() -> None:
    table = shifts(8).filter(pl.col("alloc") == "T")
    made, of = table.select(pl.col("encounters_recorded", "encounters_recordable").sum()).row(0)
    (point,) = shift_trial(KEYS, shifts(8)).diagnostics["activation"]["points"]
    assert point["activation"] == pytest.approx(made / of)


def test_sites_that_all_recorded_the_same_share_have_no_line() -> None:
    even = shifts(8, sites=TEN).with_columns(encounters_recorded=pl.col("encounters_recordable"))
    assert "constant" in shift_trial(KEYS, even).diagnostics["activation"]["why_not"]


def test_a_table_without_encounters_has_no_points() -> None:
    table = shifts(8).drop("encounters_recorded")
    assert shift_trial(KEYS, table).diagnostics["activation"] is None
