"""Officers randomised: the published contrast, the textbook's adjustment, refusals by reason."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from pydantic import ValidationError
from scipy import stats

from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.trials.officer_design import OFFICER_TRIAL, officer_trial
from orchestration.evaluation.trials.officer_table import OfficerKeys, lin_adjusted
from orchestration.studies.study import estimate, study_from
from tests.real_data import real_path

FORCE = "use_of_force_1000_rate"


def example() -> pl.DataFrame:
    """The table of the design's own example."""
    table = study_from(OFFICER_TRIAL.example, "example").inline
    assert table is not None
    return table


def run(table: pl.DataFrame, **more: object) -> Result:
    """The example's study on a table."""
    keys = study_from(OFFICER_TRIAL.example, "example").keys.model_dump()
    return officer_trial(OfficerKeys.model_validate(keys | {"draws": 199} | more), table)


@pytest.fixture(scope="module")
def district() -> Result:
    """District 1D of Washington's trial, from the officers' own rows."""
    file = real_path("data/dc_bwc_rct/dc_rct_district_1D_officers.csv")
    keys = OfficerKeys(
        outcomes=(f"{FORCE}_post", "all_complaints_1000_rate_post"),
        arm="Z",
        officer="ID_anon",
        block="block_id",
        chance="prob_1",
        covariates=(f"{FORCE}_pre",),
        unit="per 1,000 officers a year",
        draws=499,
    )
    return officer_trial(keys, pl.read_csv(file, infer_schema_length=None))


def test_district_1d_is_the_published_difference_and_error(district: Result) -> None:
    assert district.estimate == pytest.approx(-72.79763, abs=5e-6)
    assert district.standard_error == pytest.approx(329.30109, abs=5e-6)
    assert (district.values["officers_treated"], district.values["officers_control"]) == (142, 142)


def test_the_lot_drawn_again_agrees_with_the_published_p_value(district: Result) -> None:
    assert district.p_value == pytest.approx(0.8252, abs=5e-5)
    assert district.values["p_randomisation"] == pytest.approx(0.8252, abs=0.08)


def test_two_outcomes_are_one_family(district: Result) -> None:
    rows = district.tables["outcomes"]
    assert len(rows) == 2
    smaller = min(float(row["p"] or 0) for row in rows)
    assert min(float(row["p_holm"] or 0) for row in rows) == pytest.approx(min(1.0, 2 * smaller))


def test_lin_s_adjustment_equals_weighted_least_squares_with_products() -> None:
    rng = np.random.default_rng(3)
    covariates, treated = rng.normal(size=(80, 2)), np.arange(80) % 3 == 0
    chance = np.where(np.arange(80) < 40, 0.3, 0.4)
    outcome = covariates[:, 0] + treated + rng.normal(size=80)
    found = lin_adjusted(outcome, treated, chance, covariates).difference
    centred = covariates - covariates.mean(axis=0)
    design = np.column_stack([np.ones(80), treated, centred, centred * treated[:, None]])
    weight = np.where(treated, 1 / chance, 1 / (1 - chance))
    fit = sm.WLS(outcome, design, weights=weight).fit(cov_type="HC2")
    assert found.estimate == pytest.approx(fit.params[1], abs=1e-10)
    assert found.standard_error == pytest.approx(fit.bse[1], abs=1e-10)


def test_the_order_of_officers_does_not_matter() -> None:
    table = example()
    mixed = table.sample(fraction=1, shuffle=True, seed=3)
    assert run(table).values == run(mixed).values


Change = Callable[[pl.DataFrame], pl.DataFrame]
CHANGES: dict[str, Change] = {
    "one arm only": lambda t: t.filter(pl.col("arm") == "camera"),
    "stands in the table twice": lambda t: pl.concat([t, t.head(1)]),
    "holds 'other'": lambda t: t.with_columns(arm=pl.lit("other")),
    "unequal and not stated": lambda t: t.with_columns(
        pair=pl.when(pl.col("pair") < 3).then(1).otherwise(pl.col("pair"))
    ).filter(pl.col("officer") != "a"),
    "the same for every officer": lambda t: t.with_columns(force_per_year=pl.lit(2)),
    "the same for all": lambda t: t.with_columns(force_before=pl.lit(2)),
    "one officer in an arm": lambda t: t.filter(
        (pl.col("arm") == "none") | (pl.col("officer") == "a")
    ),
}


@pytest.mark.parametrize("reason", CHANGES)
def test_a_table_that_is_no_trial_of_officers_is_refused_with_the_reason(reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        run(CHANGES[reason](example()))


def test_a_family_names_outcomes_of_the_study() -> None:
    with pytest.raises(Refusal, match="no outcome of the study"):
        run(example(), family=("arrests",))


def test_covariates_that_say_the_same_are_refused() -> None:
    table = example().with_columns(again=3 * pl.col("force_before") - 1)
    with pytest.raises(Refusal, match="perfectly collinear"):
        run(table, covariates=("force_before", "again"))


def test_officers_counted_over_a_break_or_not_to_its_end_are_refused() -> None:
    days = {"counted_from": "begun", "counted_to": "ended"}
    table = example().with_columns(begun=pl.lit("2016-03-22"), ended=pl.lit("2016-10-20"))
    rules = [{"at": "2016-06-01", "what": "Force is reported on another form."}]
    with pytest.raises(Refusal, match="runs over a break of 2016-06-01"):
        run(table, **days, breaks=rules)
    by_choice = run(table, **days, breaks=rules, spans_breaks=True)
    assert by_choice.notes[0] == (
        "Runs over the break of 2016-06-01: Force is reported on another form."
    )
    with pytest.raises(Refusal, match="outcome of 2016-10-20 has not matured"):
        run(table, **days, data_cut="2016-11-19", matures_after=1)
    with pytest.raises(Refusal, match="row 1: '22 March', where a date YYYY-MM-DD must be"):
        run(table.with_columns(begun=pl.lit("22 March")), **days)


def test_officers_allocated_after_counting_began_are_refused_by_place_and_not_by_name() -> None:
    drawn = pl.when(pl.col("officer") == "c").then(date(2016, 3, 23)).otherwise(date(2016, 3, 20))
    table = example().with_columns(
        drawn=drawn, begun=pl.lit("2016-03-22"), ended=pl.lit("2016-10-20")
    )
    days = {"counted_from": "begun", "counted_to": "ended", "allocated_at": "drawn"}
    with pytest.raises(Refusal, match=r"^1 of 12 officers .* first in row 3: ") as refused:
        run(table, **days)
    assert "'c'" not in str(refused.value)
    turned = table.reverse()
    with pytest.raises(Refusal, match="first in row 10: allocated 2016-03-23, counted from"):
        run(turned, **days)
    gate = run(table.filter(pl.col("pair") != 2), **days).gates[0]
    assert (gate.name, gate.passed) == ("allocated before counting began", True)
    assert not run(example()).gates[0].passed


def test_the_day_of_the_lot_is_held_against_the_outcome_window_of_the_study() -> None:
    window = "outcome_window: {from: 2016-03-22, to: 2016-10-20}\n"
    asked = OFFICER_TRIAL.example.replace(
        "keys:\n", window + "keys:\n  allocated_on: 2016-03-DAY\n"
    )
    assert estimate(study_from(asked.replace("DAY", "21"), "example")).gates[0].passed
    with pytest.raises(Refusal, match=r"12 of 12 officers .* counted from 2016-03-22"):
        estimate(study_from(asked.replace("DAY", "23"), "example"))


def counted() -> pl.DataFrame:
    """The example's officers with counts of 73 days after cameras and of 146 before."""
    return (
        example()
        .rename({"force_per_year": "after"})
        .with_columns(days=pl.lit(73), before=pl.lit(3), before_days=pl.lit(146))
    )


def test_counts_over_days_become_rates_a_year_with_the_change_of_both_arms_beside() -> None:
    by_year = run(example().with_columns(force_per_year=pl.col("force_per_year") * 5 * 1000))
    rate = {"outcomes": ("after",), "days": "days", "covariates": (), "unit": ""}
    found = run(counted(), **rate, before="before", before_days="before_days", named="Force")
    assert found.estimate == pytest.approx(365.25 / 365 * (by_year.estimate or 0))
    assert found.measure == "difference of means, treated minus control, per 1,000 officers a year"
    # 26 in 73 days after, 36 in 146 days before.
    assert found.values["before_after_log_ratio"] == pytest.approx(np.log((26 / 73) / (36 / 146)))
    assert found.summary.startswith("9 counted for 6 officers allocated a camera, 17 for 6 others.")
    assert "would have been missed more than one time in five" in found.summary


def test_the_change_of_each_arm_is_a_paired_difference_told_as_not_randomised() -> None:
    rate = {"outcomes": ("after",), "days": "days", "covariates": (), "unit": ""}
    found = run(counted(), **rate, before="before", before_days="before_days", named="Force")
    for arm, name in (("treated", "camera"), ("control", "none")):
        side = counted().filter(arm=name)
        change = 1000 * 365.25 * (side["after"] / 73 - side["before"] / 146).to_numpy()
        fit = stats.ttest_1samp(change, 0)
        low, high = fit.confidence_interval()
        assert found.values[f"estimate_change_{arm}"] == pytest.approx(change.mean())
        assert found.values[f"ci_lo_change_{arm}"] == pytest.approx(low)
        assert found.values[f"ci_hi_change_{arm}"] == pytest.approx(high)
    told = [note for note in found.notes if note.startswith("Officers allocated")]
    assert ["18 counted before and 9 after" in each for each in told] == [True, False]
    assert ["18 counted before and 17 after" in each for each in told] == [False, True]
    assert all("not what cameras did: other things changed too" in each for each in told)


def test_without_counts_before_there_is_no_change_of_an_arm() -> None:
    found = run(counted(), outcomes=("after",), days="days", covariates=(), unit="")
    assert not [name for name in found.values if "change" in name or "before" in name]
    assert not [note for note in found.notes if "before" in note]


def test_an_interval_away_from_zero_is_told_as_a_range_in_its_unit() -> None:
    few = pl.when(pl.col("arm") == "camera").then(1).otherwise(9) + pl.col("pair") % 2
    table = counted().with_columns(after=few)
    rate = {"outcomes": ("after",), "days": "days", "covariates": (), "unit": "", "per": 1}
    words = run(table, **rate, named="Force").summary
    assert "Force: between" in words
    assert words.endswith("per officer a year lower.")


def test_a_change_without_the_days_of_either_side_is_no_study() -> None:
    with pytest.raises(ValidationError, match="before needs before_days"):
        run(counted(), outcomes=("after",), before="before")
