"""Rates of areas shrunk towards the overall rate: with a given prior, and with an estimated one."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError
from scipy import stats

from orchestration.evaluation.areas.empirical_bayes import (
    BayesKeys,
    empirical_bayes,
    gamma_prior,
)
from orchestration.evaluation.core import Refusal


def table(events: list[float], exposure: list[float]) -> pl.DataFrame:
    names = [f"area {place}" for place in range(len(events))]
    return pl.DataFrame({"area": names, "events": events, "exposure": exposure})


def test_a_given_prior_gives_the_posterior_of_gamma_and_poisson() -> None:
    keys = BayesKeys(outcome="Complaints", prior_mean=0.1, prior_shape=4)
    [row] = empirical_bayes(keys, table([6], [20])).tables["areas"]
    assert row["shrunken_rate"] == pytest.approx((6 + 4) / (20 + 40))
    assert row["lo"] == pytest.approx(stats.gamma.ppf(0.025, 10, scale=1 / 60))
    assert row["hi"] == pytest.approx(stats.gamma.ppf(0.975, 10, scale=1 / 60))
    assert row["own_weight"] == pytest.approx(1 / 3)


def test_the_prior_of_many_areas_is_found_again() -> None:
    source = np.random.default_rng(8)
    exposure = source.uniform(200, 1000, 400)
    rates = source.gamma(9, 0.1 / 9, 400)
    shape, rate = gamma_prior(source.poisson(rates * exposure).astype(float), exposure)
    assert shape == pytest.approx(9, rel=0.25)
    assert shape / rate == pytest.approx(0.1, rel=0.05)


def test_areas_that_do_not_differ_are_drawn_together() -> None:
    exposure = [100.0, 200, 300, 400]
    found = empirical_bayes(BayesKeys(outcome="C"), table([10, 20, 30, 40], exposure))
    rates = [float(str(row["shrunken_rate"])) for row in found.tables["areas"]]
    assert rates == pytest.approx([0.1] * 4, rel=2e-3)


def test_small_areas_are_drawn_in_most() -> None:
    found = empirical_bayes(
        BayesKeys(outcome="C"), table([9, 300, 60, 150, 40], [20.0, 1500, 1000, 1000, 400])
    )
    weights = {str(row["area"]): float(str(row["own_weight"])) for row in found.tables["areas"]}
    assert min(weights, key=lambda name: weights[name]) == "area 0"
    first = found.tables["areas"][0]
    assert float(str(first["shrunken_rate"])) < float(str(first["area_value"]))


def test_shrunken_rates_are_nearer_to_the_truth_than_the_areas_own() -> None:
    source = np.random.default_rng(5)
    exposure = source.uniform(20, 300, 200)
    rates = source.gamma(6, 0.1 / 6, 200)
    events = source.poisson(rates * exposure).astype(float)
    rows = empirical_bayes(BayesKeys(outcome="C"), table(list(events), list(exposure))).tables
    shrunk = np.array([float(str(row["shrunken_rate"])) for row in rows["areas"]])
    held = np.array(
        [
            float(str(row["lo"])) <= rate <= float(str(row["hi"]))
            for row, rate in zip(rows["areas"], rates, strict=True)
        ]
    )
    assert ((shrunk - rates) ** 2).mean() < 0.7 * ((events / exposure - rates) ** 2).mean()
    assert 0.9 < held.mean() <= 1


def test_half_a_prior_and_too_few_areas_are_refused() -> None:
    with pytest.raises(ValidationError, match="both prior_mean and prior_shape"):
        BayesKeys(outcome="C", prior_mean=0.1)
    with pytest.raises(Refusal, match="a prior is estimated from 3 or more"):
        empirical_bayes(BayesKeys(outcome="C"), table([1, 2], [10.0, 10]))
