"""Washington's districts from the panel by arm, labelled with the days that it knows."""

from collections.abc import Callable
from datetime import date
from math import log

import polars as pl
import pytest
from pydantic import ValidationError

from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.trials.arm_panel import ARM_PANEL, ArmPanelKeys, arm_panel
from orchestration.studies.study import study_from
from tests.known_answers.published_answers import WASHINGTON_FORCE
from tests.real_data import real_path


def washington(outcome: str) -> Result:
    """Seven 30-day periods from the first camera on, of the trial's 212 days."""
    keys = ArmPanelKeys(
        outcome=outcome,
        area="district",
        arm="z",
        period="relative_day_bin_start",
        officers="n_officers",
        window=(0, 210),
        whole_window=212,
    )
    return arm_panel(keys, pl.read_csv(real_path("data/dc_bwc_rct/dc_rct_district_period_arm.csv")))


def test_districts_lie_close_to_the_published_ones_and_say_which_days_they_know() -> None:
    found = washington("use_of_force")
    areas = {row["area"]: row for row in found.tables["areas"]}
    for district, published in WASHINGTON_FORCE.items():
        gap = float(areas[district]["difference"] or 0) - published.estimate
        assert abs(gap) < 0.05 * published.standard_error, district
        assert 0 < float(areas[district]["poisson_se"] or 0) < published.standard_error
    assert found.values["label"] == "210 of 212 days"
    assert found.summary.startswith("210 of 212 days.")
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
    found = arm_panel(ArmPanelKeys.model_validate(asked | {"named": "Grievances"}), later)
    # 13 complaints in the first thirty days, 17 in the next.
    assert found.values["before_after_log_ratio"] == pytest.approx(log(17 / 13))
    counts = "7 counted for 279 officers allocated a camera, 10 for 279 others. Grievances: "
    assert counts in found.summary


def test_a_window_before_is_whole_periods_too() -> None:
    keys = study_from(ARM_PANEL.example, "example").keys.model_dump()
    with pytest.raises(ValidationError, match="a whole number of periods"):
        ArmPanelKeys.model_validate(keys | {"before_window": (-45, 0)})


def on_dates(**more: object) -> Result:
    """The example's sixty days, asked with more keys."""
    study = study_from(ARM_PANEL.example, "example")
    assert study.inline is not None
    return arm_panel(ArmPanelKeys.model_validate(study.keys.model_dump() | more), study.inline)


FORM = [{"at": date(2015, 7, 20), "what": "A new form."}]


def test_days_without_a_date_are_said_not_to_have_been_held_against_anything() -> None:
    gate = on_dates().gates[-1]
    assert (gate.name, gate.passed) == ("periods clear of breaks and of the data cut", False)
    assert "(`day_zero`): it could not be checked" in gate.reason
    gate = on_dates(day_zero=date(2015, 6, 28)).gates[-1]
    assert not gate.passed
    assert "neither `breaks` nor `data_cut` is named for 2015-06-28 to 2015-08-26" in gate.reason


def test_a_break_within_the_dates_of_the_window_is_refused_unless_by_choice() -> None:
    with pytest.raises(Refusal, match="runs over a break of 2015-07-20"):
        on_dates(day_zero=date(2015, 6, 28), breaks=FORM)
    by_choice = on_dates(day_zero=date(2015, 6, 28), breaks=FORM, spans_breaks=True)
    assert by_choice.notes[-1] == "Runs over the break of 2015-07-20: A new form."
    assert by_choice.gates[-1].passed
    assert by_choice.estimate == on_dates().estimate
    # The change since a window before runs from the first day of that window.
    assert on_dates(day_zero=date(2015, 7, 20), breaks=FORM).estimate is not None
    with pytest.raises(Refusal, match="runs over a break"):
        on_dates(day_zero=date(2015, 6, 21), breaks=FORM, window=(30, 60), before_window=(0, 30))


def test_a_window_that_ended_too_near_to_the_cut_is_refused() -> None:
    ripening = {"day_zero": date(2015, 7, 3), "matures_after": 3}
    with pytest.raises(Refusal, match="outcome of 2015-08-31 has not matured"):
        on_dates(**ripening, data_cut=date(2015, 11, 29))
    assert on_dates(**ripening, data_cut=date(2015, 11, 30)).gates[-1].passed


def test_areas_that_began_on_different_days_are_held_against_the_last_of_them() -> None:
    study = study_from(ARM_PANEL.example, "example")
    assert study.inline is not None
    later = pl.when(pl.col("area") == "a").then(date(2015, 6, 28)).otherwise(date(2015, 7, 3))
    keys = study.keys.model_dump() | {"day_zero_in": "began", "data_cut": date(2015, 8, 30)}
    with pytest.raises(Refusal, match="outcome of 2015-08-31 has not matured"):
        arm_panel(ArmPanelKeys.model_validate(keys), study.inline.with_columns(began=later))


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"breaks": FORM}, "need day_zero"),
        ({"day_zero": date(2015, 6, 28), "day_zero_in": "began"}, "name one of them"),
    ],
)
def test_keys_of_dates_that_say_too_little_or_too_much_are_no_study(
    keys: dict[str, object], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        on_dates(**keys)
