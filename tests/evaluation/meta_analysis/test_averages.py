"""Averages of studies agree with another package, with algebra, and with themselves reordered."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from orchestration.evaluation.core import Refusal, Result
from tests.evaluation.meta_analysis.run_design import run

studies = st.lists(
    st.tuples(st.floats(-2, 2), st.floats(0.1, 1.5)), min_size=3, max_size=15, unique=True
)


def printed(drawn: list[tuple[float, float]]) -> pl.DataFrame:
    return pl.DataFrame(drawn, schema=["e", "s"], orient="row")


def of_printed(design: str, table: pl.DataFrame, **said: Any) -> Result:
    columns = {"effect": "e", "standard_error": "s"}
    return run(design, table, measure="difference", from_effects=columns, **said)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(deadline=None, max_examples=30)
@given(studies)
def test_moments_and_common_effect_agree_with_statsmodels(drawn: list[tuple[float, float]]) -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    table = printed(drawn)
    ours = of_printed("random_effects", table, tau2="DL", interval="z").values
    # The other package goes on with a negative variance between studies, which there is not.
    assume(float(ours["tau2"] or 0) > 0)
    common = of_printed("common_effect", table).values
    theirs = combine_effects(table["e"].to_numpy(), table["s"].to_numpy() ** 2, method_re="dl")
    frame = theirs.summary_frame()
    assert ours["tau2"] == pytest.approx(float(theirs.tau2), abs=1e-9)
    assert ours["estimate"] == pytest.approx(frame.loc["random effect", "eff"], abs=1e-9)
    assert ours["se"] == pytest.approx(frame.loc["random effect", "sd_eff"], abs=1e-9)
    assert common["estimate"] == pytest.approx(frame.loc["fixed effect", "eff"], abs=1e-9)
    assert common["Q"] == pytest.approx(float(theirs.q), abs=1e-7)


@settings(deadline=None, max_examples=40)
@given(studies)
def test_no_variance_between_studies_is_likelier_than_the_one_found(
    drawn: list[tuple[float, float]],
) -> None:
    table = printed(drawn)
    found = float(of_printed("random_effects", table).values["tau2"] or 0)
    effect, variance = table["e"].to_numpy(), table["s"].to_numpy() ** 2

    def likelihood(tau2: float) -> float:
        """The restricted log-likelihood of an average, up to a constant."""
        weight = 1 / (variance + tau2)
        mean = (weight * effect).sum() / weight.sum()
        squares = (weight * (effect - mean) ** 2).sum()
        return float(0.5 * (np.log(weight).sum() - np.log(weight.sum()) - squares))

    for other in (0.0, found / 2, found * 1.01, found + 0.01):
        assert likelihood(found) >= likelihood(other) - 1e-9


@settings(deadline=None, max_examples=25)
@given(studies, st.randoms())
def test_the_order_of_the_rows_changes_no_digit(drawn: list[tuple[float, float]], by: Any) -> None:
    table = printed(drawn)
    mixed = list(drawn)
    by.shuffle(mixed)
    for design in ("common_effect", "random_effects"):
        assert of_printed(design, printed(mixed)).values == of_printed(design, table).values


def test_few_studies_that_happen_to_agree_do_not_get_a_narrower_interval() -> None:
    table = printed([(0.30, 0.2), (0.31, 0.2), (0.29, 0.2), (0.30, 0.25)])
    ours = of_printed("random_effects", table)
    common = of_printed("common_effect", table)
    assert ours.values["tau2"] == 0
    assert ours.standard_error == pytest.approx(common.standard_error)
    assert ours.values["pi_lo"] is None
    assert {gate.name: gate.passed for gate in ours.gates} == {
        "enough studies to pool": True,
        "enough studies to predict": False,
    }
    assert any("hardly known" in note for note in ours.notes)


def test_each_study_is_left_out_in_turn() -> None:
    table = printed([(0.1, 0.1), (0.2, 0.1), (0.9, 0.1), (0.15, 0.1)])
    left = of_printed("random_effects", table).diagnostics["leave_one_out"]
    assert len(left) == 4
    assert left["study 4"]["estimate"] == pytest.approx(0.15)


def test_subgroups_of_studies_are_pooled_within_and_compared_between() -> None:
    table = printed([(0.0, 0.1), (0.2, 0.1), (0.8, 0.1), (1.0, 0.1)])
    table = table.with_columns(g=pl.Series(["low", "low", "high", "high"]))
    result = of_printed("subgroups", table, subgroup="g")
    found = result.values
    averages = {row["subgroup"]: row["estimate"] for row in result.tables["subgroups"]}
    assert (averages["low"], averages["high"]) == pytest.approx((0.1, 0.9))
    assert found["Q_between"] == pytest.approx(0.8**2 / (2 * 0.1**2 / 2))
    assert found["p_Q"] == pytest.approx(stats.chi2.sf(64, 1))


@pytest.mark.parametrize(
    ("design", "table", "said", "reason"),
    [
        ("common_effect", printed([(0.1, 0.2)]), {}, "pooling needs two or more"),
        ("random_effects", printed([(0.1, 0.2)]), {}, "pooling needs two or more"),
        ("random_effects", printed([(0.1, 0.0), (0.2, 0.1)]), {}, "must be above 0"),
        (
            "meta_regression",
            printed([(0.1, 0.2), (0.2, 0.1), (0.3, 0.1)]).with_columns(m=pl.lit(3)),
            {"moderators": ["m"]},
            "constant or one follows from the others: m",
        ),
        (
            "meta_regression",
            printed([(0.1, 0.2), (0.2, 0.1)]).with_columns(m=pl.Series([1, 2])),
            {"moderators": ["m"]},
            "2 studies cannot carry 2 coefficients",
        ),
    ],
)
def test_studies_that_cannot_be_pooled_are_refused_with_the_reason(
    design: str, table: pl.DataFrame, said: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refusal, match=reason):
        of_printed(design, table, **said)


def test_an_effect_outside_its_interval_is_refused() -> None:
    table = pl.DataFrame({"e": [0.1, 0.5], "l": [0.0, 0.6], "h": [0.2, 0.9]})
    columns = {"effect": "e", "low": "l", "high": "h"}
    with pytest.raises(Refusal, match="row 2: the effect does not lie within its interval"):
        run("common_effect", table, measure="difference", from_effects=columns)
