"""A shift trial as a whole: allocation, flow, four denominators, sites, and its diagnostics."""

from math import exp, log

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation.core import Result
from orchestration.evaluation.trials.shift.shift_table import BeforeAfter, CountWindow, ShiftKeys
from orchestration.evaluation.trials.shift.shift_trial import shift_trial
from orchestration.evaluation.wording import BANNED
from tests.evaluation.trials.simulated_shift_trials import shifts

SITES = ("east", "north", "south", "west")


def run(table: pl.DataFrame, **more: object) -> Result:
    """The trial of complaints, with few draws."""
    keys = ShiftKeys.model_validate({"outcome": "complaints", "draws": 199} | more)
    return shift_trial(keys, table)


@pytest.fixture(scope="module")
def whole() -> Result:
    """Four sites, one of them without any complaint."""
    table = shifts(sites=SITES).with_columns(
        complaints=pl.when(pl.col("site_id") == "south").then(0).otherwise(pl.col("complaints"))
    )
    windows = BeforeAfter(
        before=CountWindow(events=240, exposure=1000),
        during=CountWindow(events=60, exposure=1000),
        others_before=CountWindow(events=300, exposure=1500),
        others_during=CountWindow(events=210, exposure=1500),
        history=tuple(range(10, 34)),
    )
    classes = {"east": "high", "north": "none", "south": "none", "west": "high"}
    return run(table, balance=("tour",), before_after=windows, compliance=classes, schedule_seed=7)


def test_a_lot_of_the_platform_passes_its_own_audit(whole: Result) -> None:
    audit = {gate.name: gate.passed for gate in whole.gates}
    assert audit["allocated before the shift"]
    assert audit["block totals reproduce"]
    assert audit["the schedule comes again from its seed"]


def test_another_seed_does_not_bring_the_schedule_again() -> None:
    gates = {gate.name: gate for gate in run(shifts(), schedule_seed=8).gates}
    assert not gates["the schedule comes again from its seed"].passed


def test_flow_counts_every_shift_of_every_site_and_arm(whole: Result) -> None:
    assert {(row["site"], row["arm"], row["planned"]) for row in whole.diagnostics["consort"]} == {
        (site, arm, 84) for site in SITES for arm in "CT"
    }
    assert whole.diagnostics["delivered_as_allocated"] == 1


def test_shifts_not_allocated_or_not_counted_stay_in_the_flow() -> None:
    table = shifts().with_row_index("row")
    table = table.with_columns(
        alloc=pl.when(pl.col("row") == 3).then(None).otherwise(pl.col("alloc")),
        complaints=pl.when(pl.col("row") == 5).then(None).otherwise(pl.col("complaints")),
    )
    flow = run(table, draws=99).diagnostics["consort"]
    assert sum(row["planned"] for row in flow) == 168
    assert sum(row["analysed"] for row in flow) == 166


def test_a_site_without_events_is_named_left_out_of_ratios_and_kept_in_differences(
    whole: Result,
) -> None:
    assert whole.diagnostics["without_events"] == ["south"]
    assert whole.values["sites_without_events"] == 1
    assert {row["site"] for row in whole.diagnostics["ratios"]} == {"east", "north", "west"}
    assert len(whole.diagnostics["forest"]) == 4
    assert any("Without events in either arm: south" in note for note in whole.notes)


def test_every_site_has_a_ratio_over_each_of_four_denominators(whole: Result) -> None:
    kinds = {(row["site"], row["per"]) for row in whole.diagnostics["ratios"]}
    assert len(kinds) == 3 * 4
    for row in whole.diagnostics["ratios"]:
        assert row["exact_low"] < row["rate_ratio"] < row["exact_high"]
        assert row["overdispersed_low"] < row["rate_ratio"] < row["overdispersed_high"]


def test_sites_are_pooled_by_our_average_and_by_the_authors(whole: Result) -> None:
    names = ("rate_ratio_lo", "rate_ratio", "rate_ratio_hi", "mh_rate_ratio_lo", "mh_rate_ratio_hi")
    low, ratio, high, mh_low, mh_high = (float(whole.values[name] or 0) for name in names)
    assert low < ratio < high
    assert set(whole.diagnostics["leave_one_out"]) == {"east", "north", "west"}
    assert whole.values["d_Q"] is not None
    assert mh_low < ratio < mh_high


def test_two_sites_are_one_regression_and_no_average() -> None:
    found = run(shifts(sites=("north", "south")))
    assert "dispersion" in found.method
    assert found.diagnostics["leave_one_out"] == {}
    assert found.interval_low is not None
    assert found.interval_high is not None
    assert found.interval_high - found.interval_low < log(4)
    mantel_haenszel = float(found.values["mh_rate_ratio"] or 0)
    assert exp(found.estimate or 0) == pytest.approx(mantel_haenszel, rel=0.05)


def test_two_sites_with_events_in_one_arm_alone_have_exact_limits() -> None:
    table = shifts(sites=("north", "south")).with_columns(
        complaints=pl.when(pl.col("alloc") == "T").then(0).otherwise(pl.col("complaints"))
    )
    found = run(table)
    assert found.method.startswith("exact")
    assert (found.estimate, found.interval_low) == (None, None)
    assert found.interval_high is not None
    assert found.interval_high < log(0.2)
    assert found.values["rate_ratio_lo"] == 0


def test_compliance_is_an_association_even_in_a_trial(whole: Result) -> None:
    moderator = whole.diagnostics["compliance"]
    assert len(moderator["classes"]) == moderator["k"] == 2
    assert "associations" in moderator["caution"]
    assert "not declared beforehand" in moderator["caution"]


def test_what_was_allocated_comes_before_what_was_delivered(whole: Result) -> None:
    told = whole.diagnostics["instrument"]
    assert next(iter(told)) == "itt_difference_per_hour"
    assert told["first_stage_F"] > 10
    assert told["recording_difference"] == pytest.approx(0.75, abs=0.03)
    assert told["cace"] == pytest.approx(
        told["itt_difference_per_hour"] / told["recording_difference"], rel=1e-9
    )


def test_an_instrument_that_moves_nothing_is_not_used() -> None:
    table = shifts().with_columns(encounters_recorded=pl.col("encounters_recordable") // 2)
    assert run(table, draws=99).diagnostics["instrument"]["cace"] is None


def test_the_change_over_time_stands_under_its_banner_with_others_beside(whole: Result) -> None:
    panel = whole.diagnostics["before_after"]
    assert panel["banner"].startswith("Not randomised")
    assert panel["units_in_the_trial"]["percent_fall"] == pytest.approx(75)
    assert panel["other_units"]["percent_fall"] == pytest.approx(30)
    wide = panel["units_in_the_trial"]
    assert wide["overdispersed_low"] < wide["rate_ratio"] < wide["overdispersed_high"]


def test_signs_of_spillover_and_the_warning_are_always_there(whole: Result) -> None:
    signs = whole.diagnostics["spillover"]
    assert [gap["third"] for gap in signs["gap_by_third"]] == [1, 2, 3]
    assert signs["control_rate_per_30_days"]["low"] < 1 < signs["control_rate_per_30_days"]["high"]
    assert "treated share" in signs["control_rate_by_prior_treated_share"]["why"]
    assert "shifts alone cannot separate" in whole.notes[0]


def test_words_hold_counts_and_no_more_than_the_interval(whole: Result) -> None:
    events = whole.values["events_treated"]
    assert whole.summary.startswith(f"Complaints: {events} on 336 shifts with cameras")
    assert BANNED.findall(whole.summary) == []


def test_extra_complaints_on_an_incident_widen_the_interval() -> None:
    plain, extra = run(shifts(40), draws=99), run(shifts(40, extra=2), draws=99)
    assert float(extra.values["dispersion"] or 0) > 2 > float(plain.values["dispersion"] or 0)
    row = extra.diagnostics["ratios"][0]
    assert row["overdispersed_high"] > row["exact_high"]


def test_neither_order_of_rows_nor_names_of_columns_change_the_result() -> None:
    table = shifts(sites=("east", "north"))
    mixed = table.sample(fraction=1, shuffle=True, seed=5).rename({"alloc": "arm"})
    there, back = run(table), run(mixed, columns={"arm": "arm"})
    assert there.values == back.values
    assert there.diagnostics == back.diagnostics


def test_an_arm_without_events_has_exact_limits_alone() -> None:
    table = shifts().with_columns(
        complaints=pl.when(pl.col("alloc") == "T").then(0).otherwise(pl.col("complaints"))
    )
    found = run(table, draws=99)
    assert (found.estimate, found.interval_low) == (None, None)
    assert found.interval_high is not None
    assert found.interval_high < 0
    assert np.isfinite(found.p_value or np.nan)
