"""Teams randomised within boroughs: three ways to judge them, and refusals by reason."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from pydantic import ValidationError

from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.trials.cluster_trial import ClusterKeys, cluster_trial


def teams(seed: int = 1, *, boroughs: int = 10, ratio: float = 1.0, k: float = 0.3) -> pl.DataFrame:
    """Five teams in each borough, two of them treated; true rates vary by k."""
    rng = np.random.default_rng(seed)
    treated = np.concatenate([rng.permutation(np.arange(5) < 2) for _ in range(boroughs)])
    years = rng.uniform(35, 50, 5 * boroughs)
    true = rng.gamma(1 / k**2, k**2, 5 * boroughs)
    return pl.DataFrame(
        {
            "team": [f"{b}-{n}" for b in range(boroughs) for n in range(5)],
            "borough": [f"b{b}" for b in range(boroughs) for _ in range(5)],
            "arm": np.where(treated, "T", "C"),
            "allegations": rng.poisson(0.5 * years * true * np.where(treated, ratio, 1)),
            "years": years,
        }
    )


def run(table: pl.DataFrame, **more: object) -> Result:
    """The trial of allegations, with few draws."""
    keys = {"outcome": "allegations", "exposure": "years", "cluster": "team", "stratum": "borough"}
    return cluster_trial(ClusterKeys.model_validate(keys | {"draws": 299} | more), table)


def test_the_ratio_and_its_error_are_those_of_least_squares_with_dummies() -> None:
    table = teams().sort("team")
    found = run(table)
    arm = (table["arm"] == "T").cast(pl.Float64).to_numpy()
    dummies = table["borough"].to_dummies().to_numpy()
    value = np.log((table["allegations"].to_numpy() + 0.5) / table["years"].to_numpy())
    fit = sm.OLS(value, np.column_stack([arm, dummies])).fit(cov_type="HC2")
    assert found.values["log_ratio"] == pytest.approx(fit.params[0], abs=1e-10)
    assert found.standard_error == pytest.approx(fit.bse[0], abs=1e-10)
    assert found.values["df"] == 50 - 10 - 1


def test_quasi_poisson_beside_it_is_the_library_s() -> None:
    table = teams().sort("team")
    found = run(table).values
    arm = (table["arm"] == "T").cast(pl.Float64).to_numpy()
    design = np.column_stack([arm, table["borough"].to_dummies().to_numpy()])
    model = sm.GLM(
        table["allegations"].to_numpy(),
        design,
        family=sm.families.Poisson(),
        offset=np.log(table["years"].to_numpy()),
    ).fit(scale="X2")
    assert found["quasi_poisson_log_ratio"] == pytest.approx(model.params[0], abs=1e-8)
    assert found["quasi_poisson_se"] == pytest.approx(model.bse[0], abs=1e-8)


def test_teams_of_few_boroughs_are_counted_out_over_all_ways() -> None:
    found = run(teams(boroughs=3)).values
    assert found["permutation_is_exact"] is True
    assert found["arrangements"] == 10**3


def test_a_halving_is_found_and_variation_between_teams_is_told() -> None:
    found = run(teams(5, ratio=0.5))
    assert found.interval_high is not None
    assert found.interval_high < 0
    assert found.values["p_permutation"] == pytest.approx(1 / 300)
    assert float(found.values["variation_k"] or 0) == pytest.approx(0.3, abs=0.12)
    assert float(found.values["design_effect"] or 0) > 1


def test_under_no_difference_few_trials_reject_though_teams_vary() -> None:
    p_values = [float(run(teams(seed, k=0.4), draws=99).values["p"] or 0) for seed in range(100)]
    assert np.mean(np.array(p_values) <= 0.05) <= 0.12


def test_few_teams_have_no_p_value_but_an_interval() -> None:
    found = run(teams(boroughs=2))
    assert found.p_value is None
    assert found.interval_low is not None
    assert not found.gates[-1].passed


def test_the_order_of_teams_does_not_matter() -> None:
    table = teams()
    assert run(table).values == run(table.sample(fraction=1, shuffle=True, seed=8)).values


Change = Callable[[pl.DataFrame], pl.DataFrame]
CHANGES: dict[str, Change] = {
    "one arm only": lambda t: t.filter(pl.col("arm") == "T"),
    "duplicate cluster": lambda t: pl.concat([t, t.head(1)]),
    "fewer clusters than the method needs": lambda t: (
        t.group_by("borough", "arm").head(1).filter(pl.col("borough") == "b1")
    ),
    "no events": lambda t: t.with_columns(allegations=pl.lit(0)),
    "must be above 0": lambda t: t.with_columns(years=pl.lit(0.0)),
    "-[0-9.]+, where it must be above 0": lambda t: t.with_columns(years=-pl.col("years")),
    "a whole number of events": lambda t: t.with_columns(allegations=pl.lit(0.5)),
    "within strata": lambda t: t.with_columns(borough=pl.col("arm")),
    "holds 'X'": lambda t: t.with_columns(arm=pl.lit("X")),
}


@pytest.mark.parametrize("reason", CHANGES)
def test_a_table_that_is_no_trial_of_teams_is_refused_with_the_reason(reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        run(CHANGES[reason](teams()))


def test_teams_counted_over_a_break_or_not_to_its_end_are_refused() -> None:
    days = {"counted_from": "begun", "counted_to": "ended"}
    table = teams().with_columns(begun=pl.lit(date(2014, 5, 1)), ended=pl.lit(date(2015, 4, 30)))
    rules = [{"at": date(2014, 11, 1), "what": "Allegations are counted by another rule."}]
    with pytest.raises(Refusal, match="runs over a break of 2014-11-01"):
        run(table, **days, breaks=rules)
    by_choice = run(table, **days, breaks=rules, spans_breaks=True)
    assert by_choice.notes == (
        "Runs over the break of 2014-11-01: Allegations are counted by another rule.",
    )
    with pytest.raises(Refusal, match="outcome of 2015-04-30 has not matured"):
        run(table, **days, data_cut=date(2015, 9, 30), matures_after=6)
    assert run(table, **days, data_cut=date(2015, 10, 31), matures_after=6).notes == ()


IN_TIME = "allocated before counting began"
DAYS = {"counted_from": "begun", "counted_to": "ended"}


def drawn(late: int = 0) -> pl.DataFrame:
    """Fifty teams allocated on 28 April and counted from 1 May; the last `late` only on 2 May."""
    is_late = pl.int_range(pl.len()) >= 50 - late
    day = pl.when(is_late).then(date(2014, 5, 2)).otherwise(date(2014, 4, 28))
    return teams().with_columns(
        drawn=day, begun=pl.lit(date(2014, 5, 1)), ended=pl.lit(date(2015, 4, 30))
    )


def test_teams_allocated_after_counting_began_are_refused_by_their_place_in_the_table() -> None:
    said = r"2 of 50 teams .* first in row 49: allocated 2014-05-02, counted from 2014-05-01\."
    with pytest.raises(Refusal, match=said):
        run(drawn(late=2), **DAYS, allocated_at="drawn")
    with pytest.raises(Refusal, match=r"not a random one: count from the day after it"):
        run(drawn(), allocated_on=date(2014, 5, 2), first_counted=date(2014, 5, 1))


def test_teams_allocated_in_time_pass_and_so_do_those_of_the_day_itself() -> None:
    gate = run(drawn(), **DAYS, allocated_at="drawn").gates[0]
    assert (gate.name, gate.passed) == (IN_TIME, True)
    assert gate.reason == "all 50 teams were allocated before it, or on that day"
    gate = run(drawn(), allocated_on=date(2014, 5, 1), first_counted=date(2014, 5, 1)).gates[0]
    assert gate.passed


def test_teams_of_which_the_hours_are_known_are_held_against_the_hour() -> None:
    hours = {"drawn": pl.lit("2014-05-01T06:00"), "begun": pl.lit("2014-05-01T07:00")}
    gate = run(drawn().with_columns(**hours), **DAYS, allocated_at="drawn").gates[0]
    assert gate.reason == "all 50 teams were allocated before it"
    late = drawn().with_columns(**hours | {"drawn": pl.lit("2014-05-01T07:00")})
    with pytest.raises(Refusal, match=r"50 of 50 teams .* row 1: allocated 2014-05-01 07:00"):
        run(late, **DAYS, allocated_at="drawn")


def test_a_day_of_allocation_that_is_not_known_is_said_and_not_passed_over() -> None:
    first = pl.when(pl.int_range(pl.len()) > 0).then("drawn")
    ways = {
        "names no day of allocation": run(drawn(), **DAYS),
        "names no first day of counting": run(drawn(), allocated_at="drawn"),
        "recorded for 1 of 50": run(
            drawn().with_columns(drawn=first), **DAYS, allocated_at="drawn"
        ),
    }
    for why, found in ways.items():
        gate = found.gates[0]
        assert (gate.name, gate.passed) == (IN_TIME, False)
        assert why in gate.reason
        assert gate.reason.endswith("it could not be checked")
    assert {found.estimate for found in ways.values()} == {run(teams()).estimate}


def test_a_column_of_allocation_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refusal, match="no column 'allocated'"):
        run(drawn(), **DAYS, allocated_at="allocated")
    with pytest.raises(ValidationError, match="name one of them"):
        run(drawn(), allocated_at="drawn", allocated_on=date(2014, 4, 28))
