"""The design `cluster_trial`: one row per team, randomised within strata such as boroughs.

Log rates by least squares, a permutation test and the variation between teams come first.
"""

from dataclasses import dataclass, replace
from itertools import combinations
from math import comb, exp, log, prod, sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from scipy import stats

from orchestration.evaluation.columns import Numbers, labels, numbers, table_of
from orchestration.evaluation.columns import counts as whole_numbers
from orchestration.evaluation.core import Design, Gate, Gives, Refusal, Result, Scale, Value
from orchestration.evaluation.gates import (
    clusters_allow_a_p_value,
    rate_may_be_shown,
    two_arms_may_be_compared,
)
from orchestration.evaluation.rates.contrasts import DETECTABLE, ratio_in_words
from orchestration.evaluation.rates.count_models import blocked_poisson
from orchestration.evaluation.rates.exact_rates import rate_ratio
from orchestration.evaluation.timing import AllocationKeys, refuse_by_rows, refuse_late_units
from orchestration.evaluation.trials.randomisation import (
    TIE,
    Allocation,
    allocations,
    column_order,
)

#: Up to this many allocations are enumerated; beyond it they are sampled.
COUNTED = 200_000
NAME = "cluster_trial"
EXACT_ONLY = (
    "One arm has no event, so that nothing shows how its teams differ: the limits take events to "
    "be independent, and where teams differ they are wider still."
)


@dataclass(frozen=True)
class LogRates:
    """Log ratio of rates per team with strata held equal, HC2 error, t."""

    log_ratio: float
    error: float
    freedom: int

    @property
    def reach(self) -> float:
        """Half the width of the 95% interval."""
        return float(stats.t.ppf(0.975, self.freedom)) * self.error

    @property
    def limits(self) -> tuple[float, float]:
        """The 95% interval of the ratio itself."""
        return exp(self.log_ratio - self.reach), exp(self.log_ratio + self.reach)

    @property
    def p_value(self) -> float:
        """Two-sided, from t."""
        return float(2 * stats.t.sf(abs(self.log_ratio) / self.error, self.freedom))


def log_rates(counts: Numbers, exposure: Numbers, allocation: Allocation) -> LogRates:
    """Least squares of log((count + 0.5) / exposure) on arm and stratum, HC2 errors, t.

    `counts` (n,) and `exposure` (n,) have one entry per team. Returns LogRates. Raises Refusal
    where too few teams are left for degrees of freedom, or rates do not vary.
    """
    value = np.log((counts + 0.5) / exposure)
    strata = int(allocation.block.max()) + 1
    freedom = len(counts) - strata - 1
    if freedom < 1:
        raise Refusal(
            f"fewer clusters than the method needs: {len(counts)} teams in {strata} strata leave "
            "nothing to judge by"
        )
    arm = _within(allocation.treated.astype(np.float64), allocation.block)
    target = _within(value, allocation.block)
    size = float((arm**2).sum())
    slope = float((arm * target).sum()) / size
    residual = target - slope * arm
    leverage = 1 / np.bincount(allocation.block)[allocation.block] + arm**2 / size
    # A team with a leverage of one has no residual, and nothing to divide it by.
    spare = np.where(leverage < 1 - 1e-10, 1 - leverage, np.inf)
    variance = float((arm**2 * residual**2 / spare).sum()) / size**2
    if variance == 0:
        raise Refusal("every team of an arm has the same rate: no spread to judge by")
    return LogRates(slope, sqrt(variance), freedom)


def permutation_test(
    values: Numbers, allocation: Allocation, *, draws: int, seed: int
) -> tuple[float, int, bool]:
    """Permutation test of the arm's sum within strata, over all allocations or `draws` of them.

    `values` (n,). Returns the two-sided p, how many allocations were examined, and whether they
    were all.
    """
    inside = _within(values, allocation.block)
    found = float(inside[allocation.treated].sum())
    parts = [
        np.flatnonzero(allocation.block == code) for code in range(int(allocation.block.max()) + 1)
    ]
    ways = prod(comb(len(part), int(allocation.treated[part].sum())) for part in parts)
    if ways <= COUNTED:
        totals = np.zeros(1)
        for part in parts:
            sums = _sums(inside[part], int(allocation.treated[part].sum()))
            totals = (totals[:, None] + sums[None, :]).ravel()
        return float((np.abs(totals) >= abs(found) - TIE).mean()), ways, True
    ordered = inside[column_order(allocation)]
    beyond = sum(
        int((np.abs(batch @ ordered) >= abs(found) - TIE).sum())
        for batch in allocations(allocation, draws, seed)
    )
    return (beyond + 1) / (draws + 1), draws, False


def variation(counts: Numbers, fitted: Numbers, freedom: int) -> float:
    """Coefficient of variation k of true rates between teams, by the method of moments.

    `counts` (n,), `fitted` (n,). Returns k, 0 where counts vary no more than Poisson.
    """
    scale = len(counts) / freedom
    excess = float((scale * (counts - fitted) ** 2 - fitted).sum() / (fitted**2).sum())
    return sqrt(max(excess, 0.0))


def _sums(values: Numbers, chosen: int) -> Numbers:
    return np.array([values[list(each)].sum() for each in combinations(range(len(values)), chosen)])


def _within(values: Numbers, block: NDArray[np.int64]) -> Numbers:
    return np.asarray(values - (np.bincount(block, values) / np.bincount(block))[block])


class ClusterKeys(AllocationKeys):
    """Columns of the table, one row per cluster, and how the randomisation test is done.

    `allocated_at` is a column with the day or time at which a cluster was allocated, `allocated_on`
    the one day on which all were; it is compared with `counted_from`, else with `first_counted`,
    else with the first day of the outcome window. Where only a day is known, an allocation on that
    day is in time.
    """

    outcome: str
    exposure: str
    cluster: str = "cluster"
    stratum: str | None = None
    arm: str = "arm"
    treated: str = "T"
    control: str = "C"
    draws: int = Field(default=9_999, ge=99, le=99_999)
    seed: int = 1


def cluster_trial(keys: ClusterKeys, given: pl.DataFrame | None) -> Result:
    """Ratio of rates by least squares over clusters, quasi-Poisson and permutation as checks.

    `given` (one row per cluster). Returns a Result on the log scale. Raises Refusal for one arm,
    duplicate clusters, fewer clusters than the method needs, no events, exposure that is not above
    zero, an allocation made after counting began, and counts over a break or too recent to be
    complete.
    """
    rows = table_of(given)
    table = _checked(keys, rows)
    notes, timed = refuse_by_rows(keys, rows), refuse_late_units(keys, rows, "teams")
    counts = whole_numbers(table, keys.outcome)
    exposure = numbers(table, keys.exposure, above=0)
    allocation = _allocation(keys, table)
    if counts.sum() == 0:
        raise Refusal(f"no events: {keys.outcome!r} is zero in every cluster")
    first = log_rates(counts, exposure, allocation)
    gates = timed, *_gates(counts, allocation)
    has_p = all(gate.passed for gate in gates[-2:])
    values = _values(keys, counts, exposure, allocation, first)
    result = Result(
        design=NAME,
        measure="log rate ratio, treated over control clusters",
        scale=Scale.LOG_RATIO,
        method="least squares of log((count + 0.5) / exposure) on arm and stratum, HC2, t",
        values=values | _counts_model(counts, exposure, allocation),
        estimate=first.log_ratio,
        standard_error=first.error,
        interval_low=first.log_ratio - first.reach,
        interval_high=first.log_ratio + first.reach,
        p_value=first.p_value if has_p else None,
        smallest_detectable=DETECTABLE * first.error,
        gates=gates,
        notes=notes,
        is_randomised=True,
        summary=_words(counts, allocation, first.limits),
    )
    if counts[allocation.treated].any() and counts[~allocation.treated].any():
        return result
    return _without_events(result, counts, exposure, allocation, has_p=has_p)


def _without_events(
    found: Result, counts: Numbers, exposure: Numbers, allocation: Allocation, *, has_p: bool
) -> Result:
    """The result where one arm has no event: exact limits, and the permutation's p-value.

    Half an event added to every team of that arm would make the teams look alike, and an interval
    of hardly any width.
    """
    arms = allocation.treated, ~allocation.treated
    events = int(counts[arms[0]].sum()), int(counts[arms[1]].sum())
    exact = rate_ratio(events, (float(exposure[arms[0]].sum()), float(exposure[arms[1]].sum())))
    p_value = found.values["p_permutation"]
    return replace(
        found,
        method="exact given the sum of events: one arm has none; p by permutation",
        estimate=None,
        standard_error=None,
        interval_low=log(exact.low) if exact.low > 0 else None,
        interval_high=log(exact.high) if exact.high else None,
        p_value=float(p_value) if has_p and isinstance(p_value, float) else None,
        smallest_detectable=None,
        notes=(*found.notes, EXACT_ONLY),
        summary=_words(counts, allocation, exact.limits),
    )


def _gates(counts: Numbers, allocation: Allocation) -> tuple[Gate, Gate, Gate]:
    sizes = int(allocation.treated.sum()), int((~allocation.treated).sum())
    return (
        rate_may_be_shown(float(counts[~allocation.treated].sum())),
        two_arms_may_be_compared(float(counts.sum()), sizes),
        clusters_allow_a_p_value(sizes),
    )


def _words(counts: Numbers, allocation: Allocation, limits: tuple[float, float | None]) -> str:
    treated, control = counts[allocation.treated], counts[~allocation.treated]
    counted = (
        f"{treated.sum():,.0f} events in {len(treated)} teams with cameras, "
        f"{control.sum():,.0f} in {len(control)} without."
    )
    base = float(control.sum())
    return ratio_in_words("The rate of teams with cameras", counted, limits, base, "randomised")


def _values(
    keys: ClusterKeys, counts: Numbers, exposure: Numbers, allocation: Allocation, first: LogRates
) -> dict[str, Value]:
    p_permuted, ways, is_exact = permutation_test(
        np.log((counts + 0.5) / exposure), allocation, draws=keys.draws, seed=keys.seed
    )
    return {
        "rate_ratio": exp(first.log_ratio),
        "log_ratio": first.log_ratio,
        "se": first.error,
        "df": first.freedom,
        "p": first.p_value,
        "clusters_treated": int(allocation.treated.sum()),
        "clusters_control": int((~allocation.treated).sum()),
        "strata": int(allocation.block.max()) + 1,
        "p_permutation": p_permuted,
        "arrangements": ways,
        "permutation_is_exact": is_exact,
        "events_treated": int(counts[allocation.treated].sum()),
        "events_control": int(counts[~allocation.treated].sum()),
    }


def _counts_model(counts: Numbers, exposure: Numbers, allocation: Allocation) -> dict[str, Value]:
    """Quasi-Poisson on arm and stratum, and how much the true rates of teams vary."""
    fit = blocked_poisson(counts, exposure, allocation.treated, allocation.block)
    if fit is None:
        return {}
    error = fit.naive_error * sqrt(fit.dispersion)
    k = variation(counts[fit.used], fit.fitted[fit.used], fit.freedom)
    return {
        "quasi_poisson_log_ratio": fit.log_ratio,
        "quasi_poisson_se": error,
        "quasi_poisson_p": float(2 * stats.t.sf(abs(fit.log_ratio) / error, fit.freedom)),
        "dispersion": fit.dispersion,
        "variation_k": k,
        "design_effect": 1 + k**2 * float(counts.mean()),
    }


def _checked(keys: ClusterKeys, table: pl.DataFrame) -> pl.DataFrame:
    names = labels(table, keys.cluster)
    if len(set(names)) < len(names):
        double = next(name for name in sorted(names) if names.count(name) > 1)
        raise Refusal(f"duplicate cluster {double!r}: one row per cluster, its counts summed")
    return table.sort(keys.cluster)


def _allocation(keys: ClusterKeys, table: pl.DataFrame) -> Allocation:
    arms = labels(table, keys.arm)
    strange = sorted(set(arms) - {keys.treated, keys.control})
    if strange:
        raise Refusal(f"column {keys.arm!r} holds {strange[0]!r}: name the arms of the study")
    treated = np.array([arm == keys.treated for arm in arms])
    fewest = min(int(treated.sum()), int((~treated).sum()))
    if fewest == 0:
        raise Refusal("one arm only: no cluster is compared with")
    if fewest < 2:  # noqa: PLR2004 - a variance needs two
        raise Refusal("fewer clusters than the method needs: each arm needs two or more")
    names = labels(table, keys.stratum) if keys.stratum else ["all"] * len(arms)
    codes = {name: code for code, name in enumerate(sorted(set(names)))}
    block = np.array([codes[name] for name in names], dtype=np.int64)
    share = np.bincount(block, treated) / np.bincount(block)
    if not ((share > 0) & (share < 1)).any():
        raise Refusal("no stratum has clusters of both arms: nothing is compared within strata")
    return Allocation(treated, block, np.asarray(share[block]))


CLUSTER_TRIAL = Design(
    NAME,
    ClusterKeys,
    cluster_trial,
    "Teams randomised, one row per team, within strata where there are any: cluster-level, "
    "quasi-Poisson and permutation, variation between teams, design effect.",
    """\
design: cluster_trial
title: Allegations in fifteen teams of three boroughs
question: Did teams with cameras have fewer allegations?
keys: {outcome: allegations, exposure: officer_years, stratum: borough, cluster: team}
inline:
  team: [a1, a2, a3, a4, a5, b1, b2, b3, b4, b5, c1, c2, c3, c4, c5]
  borough: [a, a, a, a, a, b, b, b, b, b, c, c, c, c, c]
  arm: [T, T, C, C, C, C, T, C, T, C, T, C, C, C, T]
  allegations: [9, 12, 15, 11, 18, 22, 13, 19, 16, 25, 8, 10, 14, 9, 7]
  officer_years: [41, 44, 42, 40, 45, 43, 42, 41, 44, 43, 40, 42, 41, 39, 43]
""",
    gives=Gives(
        values=(
            "rate_ratio",
            "log_ratio",
            "se",
            "df",
            "p",
            "clusters_treated",
            "clusters_control",
            "strata",
            "p_permutation",
            "arrangements",
            "permutation_is_exact",
            "events_treated",
            "events_control",
        ),
        sometimes=(
            "quasi_poisson_log_ratio",
            "quasi_poisson_se",
            "quasi_poisson_p",
            "dispersion",
            "variation_k",
            "design_effect",
        ),
    ),
)
