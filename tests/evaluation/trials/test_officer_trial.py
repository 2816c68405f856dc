"""Officers drawn by lot: the published contrast, the textbook's adjustment, refusals by reason."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from orchestration import paths
from orchestration.evaluation.frame import Refusal, Result
from orchestration.evaluation.studies.study import study_from
from orchestration.evaluation.trials.officer_design import OFFICER_TRIAL, officer_trial
from orchestration.evaluation.trials.officer_table import OfficerKeys
from orchestration.evaluation.trials.officers import lin_adjusted

FORCE = "use_of_force_1000_rate"
FILE = "data/dc_bwc_rct/dc_rct_district_1D_officers.csv"


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
    shared = os.environ.get("BODYWORN_SHARED")
    file = (Path(shared) if shared else paths.ROOT.parent / "shared") / FILE
    if not file.is_file():
        pytest.skip("the officers' file is not here: set BODYWORN_SHARED to the folder above it")
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
    raw = district.values[f"p_{FORCE}_post"], district.values["p_all_complaints_1000_rate_post"]
    smaller = min(float(each or 0) for each in raw)
    held = (
        district.values[f"p_holm_{FORCE}_post"],
        district.values["p_holm_all_complaints_1000_rate_post"],
    )
    assert min(float(each or 0) for each in held) == pytest.approx(min(1.0, 2 * smaller))


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
}


@pytest.mark.parametrize("reason", CHANGES)
def test_a_table_that_is_no_trial_of_officers_is_refused_with_the_reason(reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        run(CHANGES[reason](example()))


def test_a_family_names_outcomes_of_the_study() -> None:
    with pytest.raises(Refusal, match="no outcome of the study"):
        run(example(), family=("arrests",))
