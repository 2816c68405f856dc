"""Washington's districts from the panel by arm, labelled with the days that it knows."""

import os
from collections.abc import Callable
from math import log
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from orchestration import paths
from orchestration.evaluation.frame import Refusal, Result
from orchestration.evaluation.studies.study import study_from
from orchestration.evaluation.trials.panel_design import ARM_PANEL, PanelKeys, arm_panel

FOLDER = "data/dc_bwc_rct"


def folder() -> Path:
    """The published files of the trial."""
    shared = os.environ.get("BODYWORN_SHARED")
    found = (Path(shared) if shared else paths.ROOT.parent / "shared") / FOLDER
    if not found.is_dir():
        pytest.skip("the trial's files are not here: set BODYWORN_SHARED to the folder above them")
    return found


def washington(outcome: str) -> Result:
    """Seven 30-day periods from the first camera on, of the trial's 212 days."""
    keys = PanelKeys(
        outcome=outcome,
        area="district",
        arm="z",
        period="relative_day_bin_start",
        officers="n_officers",
        window=(0, 210),
        whole_window=212,
    )
    return arm_panel(keys, pl.read_csv(folder() / "dc_rct_district_period_arm.csv"))


def test_districts_lie_close_to_the_published_ones_and_say_which_days_they_know() -> None:
    found = washington("use_of_force")
    published = pl.read_csv(folder() / "dc_published_by_district_use_of_force.csv")
    for district, estimate, error in published.select("district", "estimate", "std_error").rows():
        gap = float(found.values[f"difference_{district}"] or 0) - estimate
        assert abs(gap) < 0.05 * error, district
        assert float(found.values[f"poisson_se_{district}"] or 0) < error
    assert found.values["label"] == "210 of 212 days"
    assert found.words.startswith("210 of 212 days.")
    assert found.p_value is None


def test_complaints_over_all_officers_lie_close_to_the_published_difference() -> None:
    found = washington("complaints")
    assert found.estimate == pytest.approx(57.27, abs=2)
    assert found.values["control_rate"] == pytest.approx(280.13, abs=2)


Change = Callable[[pl.DataFrame], pl.DataFrame]
CHANGES: dict[str, Change] = {
    "missing cells in a panel": lambda t: t.head(-1),
    "each once": lambda t: pl.concat([t, t.head(1)]),
    "number of officers changes": lambda t: t.with_columns(officers=pl.int_range(pl.len()) + 9),
    "no period begins within": lambda t: t.with_columns(period_start=pl.col("period_start") + 90),
    "must be above 0": lambda t: t.with_columns(officers=pl.lit(0)),
}


@pytest.mark.parametrize("reason", CHANGES)
def test_a_panel_that_cannot_be_added_up_is_refused_with_the_reason(reason: str) -> None:
    study = study_from(ARM_PANEL.example, "example")
    assert study.inline is not None
    with pytest.raises(Refusal, match=reason):
        arm_panel(study.keys, CHANGES[reason](study.inline))  # type: ignore[arg-type]


def test_the_change_of_both_arms_stands_beside_where_a_window_before_is_named() -> None:
    study = study_from(ARM_PANEL.example, "example")
    assert study.inline is not None
    later = study.inline.with_columns(pl.col("complaints") + (pl.col("period_start") == 30))
    asked = study.keys.model_dump() | {"window": (30, 60), "before_window": (0, 30)}
    found = arm_panel(PanelKeys.model_validate(asked | {"named": "Grievances"}), later)
    # 13 complaints in the first thirty days, 17 in the next.
    assert found.values["before_after_log_ratio"] == pytest.approx(log(17 / 13))
    counts = "7 counted for 279 officers drawn for a camera, 10 for 279 others. Grievances: "
    assert counts in found.words


def test_a_window_before_is_whole_periods_too() -> None:
    keys = study_from(ARM_PANEL.example, "example").keys.model_dump()
    with pytest.raises(ValidationError, match="a whole number of periods"):
        PanelKeys.model_validate(keys | {"before_window": (-45, 0)})
