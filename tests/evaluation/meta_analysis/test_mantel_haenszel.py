"""Averages over sites agree with one another and with another package; quiet sites are named."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.evaluation.core import Refusal
from tests.evaluation.meta_analysis.run_design import run

COUNTS = {
    "treated_events": "a",
    "treated_others": "b",
    "control_events": "c",
    "control_others": "d",
}
RATES = {
    "treated_events": "a",
    "treated_exposure": "x",
    "control_events": "c",
    "control_exposure": "y",
}
sites = st.lists(
    st.tuples(*[st.integers(0, 60), st.integers(50, 500)] * 2), min_size=2, max_size=8
).filter(lambda drawn: sum(s[0] for s in drawn) > 0 and sum(s[2] for s in drawn) > 0)


@settings(deadline=None, max_examples=40)
@given(sites)
def test_one_stratum_gives_its_own_ratio_and_difference(drawn: list[tuple[int, ...]]) -> None:
    sums = [sum(site[place] for site in drawn) for place in range(4)]
    table = pl.DataFrame({name: [total] for name, total in zip("axcy", sums, strict=True)})
    found = run("mantel_haenszel", table, from_rates=RATES).values
    a, x, c, y = sums
    assert found["rate_ratio"] == pytest.approx(a / x / (c / y))
    assert found["rate_difference"] == pytest.approx(a / x - c / y)
    assert found["se"] == pytest.approx(np.sqrt(1 / a + 1 / c))
    assert found["se_rate_difference"] == pytest.approx(np.sqrt(a / x**2 + c / y**2))


def test_mantel_haenszel_of_counts_agrees_with_statsmodels() -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    cells = [(4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209)]
    table = pl.DataFrame(cells, schema=list("abcd"), orient="row")
    found = run("mantel_haenszel", table, from_counts=COUNTS).values
    theirs = StratifiedTable([np.array(each).reshape(2, 2) for each in cells])
    assert found["log_odds_ratio"] == pytest.approx(theirs.logodds_pooled)
    assert found["se_log_odds_ratio"] == pytest.approx(theirs.logodds_pooled_se)
    assert found["risk_ratio"] == pytest.approx(theirs.riskratio_pooled)


def test_a_site_without_events_is_named_left_out_of_the_ratio_and_kept_in_the_difference() -> None:
    some = pl.DataFrame({"s": ["e"], "a": [10], "x": [100], "c": [20], "y": [100]})
    none = pl.DataFrame({"s": ["quiet"], "a": [0], "x": [400], "c": [0], "y": [400]})
    both = pl.concat([some, none])
    alone = run("mantel_haenszel", some, from_rates=RATES, label="s").values
    found = run("mantel_haenszel", both, from_rates=RATES, label="s")
    assert found.values["rate_ratio"] == alone["rate_ratio"]
    assert found.values["rate_difference"] == pytest.approx(-0.1 * 50 / (50 + 200))
    assert found.notes == ("quiet had no event: in the difference, not in the ratio",)
    pooled = run(
        "random_effects",
        pl.concat([both, some.with_columns(s=pl.lit("w"))]),
        measure="log_rate_ratio",
        from_rates=RATES,
        label="s",
    )
    assert pooled.values["k"] == 2
    assert "quiet had no event in either arm: no ratio" in pooled.notes


def test_strata_without_events_in_one_arm_have_no_ratio() -> None:
    table = pl.DataFrame({"a": [0, 0], "x": [10, 10], "c": [3, 1], "y": [10, 10]})
    with pytest.raises(Refusal, match="no event in one arm of all strata"):
        run("mantel_haenszel", table, from_rates=RATES)
