"""The table of an officer trial: its keys, order and allocation, and the adjusted difference."""

from dataclasses import dataclass
from math import log, sqrt
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy import stats

from orchestration.evaluation.columns import Numbers, labels, numbers
from orchestration.evaluation.core import Refusal, Scale, rate_difference_scale
from orchestration.evaluation.rates.contrasts import MeanDifference, difference_over_time
from orchestration.evaluation.timing import AllocationKeys
from orchestration.evaluation.trials.randomisation import Allocation

DAYS_A_YEAR = 365.25


class OfficerKeys(AllocationKeys):
    """`outcomes` are columns in the unit of the estimate; the first is the primary one.

    Where `days` names the column of the days over which they were counted, they are counts, and the
    estimate is in events a year per `per` officers. `before` and `before_days` are the primary
    outcome and its days before cameras: the change is printed next to the arms. `family` are those
    whose p-values are adjusted together (all, where it is not given). `named` is the primary
    outcome in words. `allocated_at` is a column with the day or time at which an officer was
    allocated, `allocated_on` the one day on which all were; it is compared with `counted_from`,
    else with `first_counted`, else with the first day of the outcome window.
    """

    outcomes: tuple[str, ...] = Field(min_length=1)
    arm: str = "arm"
    treated: str = "1"
    control: str = "0"
    officer: str | None = None
    block: str | None = None
    chance: str | None = None
    probability: float | None = Field(default=None, gt=0, lt=1)
    covariates: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    unit: str = ""
    named: str | None = None
    days: str | None = None
    per: float = Field(default=1000, gt=0)
    before: str | None = None
    before_days: str | None = None
    draws: int = Field(default=1_999, ge=99, le=99_999)
    seed: int = 1

    @model_validator(mode="after")
    def _change_has_its_days(self) -> Self:
        if self.before is not None and (self.before_days is None or self.days is None):
            raise ValueError("before needs before_days, and days too: a change is of rates")
        return self

    @property
    def scale(self) -> Scale:
        """That of the estimate: of rates where outcomes are counted over days."""
        return Scale.DIFFERENCE if self.days is None else rate_difference_scale(self.per)

    @property
    def title(self) -> str:
        """The primary outcome in words."""
        return self.named or self.outcomes[0].replace("_", " ").capitalize()


def outcome_of(keys: OfficerKeys, table: pl.DataFrame, name: str) -> Numbers:
    """An outcome by officer, in the unit of the estimate.

    `table` (one row per officer). Returns the outcome (n,).
    """
    if keys.days is None:
        return numbers(table, name)
    held = numbers(table, keys.days, above=0)
    return numbers(table, name, least=0) * keys.per * DAYS_A_YEAR / held


def change_over_time(keys: OfficerKeys, table: pl.DataFrame) -> float | None:
    """Log ratio of both arms' rate of the primary outcome after cameras to that before.

    `table` (one row per officer). Returns the log ratio, or None where no counts before are named.
    Raises Refusal where either side has no event.
    """
    if keys.before is None or keys.before_days is None or keys.days is None:
        return None
    sides = ((keys.outcomes[0], keys.days), (keys.before, keys.before_days))
    after, before = (
        float(numbers(table, count, least=0).sum() / numbers(table, days, above=0).sum())
        for count, days in sides
    )
    if min(after, before) == 0:
        raise Refusal(f"no event before or after cameras: no change of {keys.outcomes[0]!r}")
    return log(after / before)


def change_of_arm(
    keys: OfficerKeys, table: pl.DataFrame, arm: NDArray[np.bool_]
) -> MeanDifference | None:
    """Change of the primary outcome of the officers of one arm.

    `table` (one row per officer); `arm` (n,) is true for the officers of the arm. The mean of after
    minus before over the same officers, in events a year per `per` officers, with a t interval of n
    - 1 degrees of freedom. Returns a MeanDifference, or None where no counts before are named.
    """
    if keys.before is None or keys.before_days is None:
        return None
    officers = table.filter(pl.Series(arm))
    earlier = keys.model_copy(update={"days": keys.before_days})
    return difference_over_time(
        outcome_of(earlier, officers, keys.before), outcome_of(keys, officers, keys.outcomes[0])
    )


def sorted_officers(keys: OfficerKeys, table: pl.DataFrame) -> pl.DataFrame:
    """Sort the officers, so that the order of rows does not matter.

    `table` (one row per officer). Returns the sorted table (one row per officer). Raises Refusal
    for an officer that comes twice.
    """
    if keys.officer is not None:
        names = labels(table, keys.officer)
        if len(set(names)) < len(names):
            double = next(name for name in sorted(names) if names.count(name) > 1)
            raise Refusal(f"officer {double!r} stands in the table twice: one row per officer")
    for name in (keys.arm, *keys.outcomes, *([keys.block] if keys.block else [])):
        _ = labels(table, name)
    return table.sort(
        [each for each in (keys.officer, keys.block, keys.arm) if each] + table.columns
    )


def allocation_of(keys: OfficerKeys, table: pl.DataFrame) -> Allocation:
    """The allocation of the officers, from arms, blocks and chances of the table.

    `table` (one row per officer). Returns an Allocation. Raises Refusal for an unknown arm, fewer
    than two officers in an arm, chances outside 0 and 1, and blocks with different shares of
    treated officers where chances are not stated.
    """
    arms = labels(table, keys.arm)
    strange = sorted(set(arms) - {keys.treated, keys.control})
    if strange:
        raise Refusal(f"column {keys.arm!r} holds {strange[0]!r}: name the arms of the study")
    treated = np.array([arm == keys.treated for arm in arms])
    if min(int(treated.sum()), int((~treated).sum())) < 2:  # noqa: PLR2004 - a variance needs two
        raise Refusal("one arm only, or one officer in an arm: each arm needs two or more")
    names = labels(table, keys.block) if keys.block else ["all"] * len(arms)
    codes = {name: code for code, name in enumerate(sorted(set(names)))}
    block = np.array([codes[name] for name in names], dtype=np.int64)
    chance = _chance(keys, table, treated, block)
    if not ((chance > 0) & (chance < 1)).all():
        raise Refusal("every chance of treatment must lie between 0 and 1")
    return Allocation(treated, block, chance)


def _chance(
    keys: OfficerKeys, table: pl.DataFrame, treated: NDArray[np.bool_], block: NDArray[np.int64]
) -> Numbers:
    if keys.chance is not None:
        return numbers(table, keys.chance)
    if keys.probability is not None:
        return np.full(len(treated), keys.probability)
    shares = np.bincount(block, treated) / np.bincount(block)
    if (np.abs(shares - shares[0]) > 1e-9).any():
        raise Refusal(
            "blocks have different shares of treated officers: allocation probabilities are "
            "unequal and not stated; name their column as `chance`, or give `probability`"
        )
    return np.asarray(shares[block])


@dataclass(frozen=True)
class Adjusted:
    """A difference with covariates held at their means."""

    difference: MeanDifference
    covariates: int


def lin_adjusted(
    outcome: Numbers, treated: NDArray[np.bool_], chance: Numbers, covariates: Numbers
) -> Adjusted:
    """Difference of means with centred covariates and their products with the arm, HC2, t.

    `outcome` (n,), `treated` (n,), `chance` (n,) of treatment, `covariates` (n, k). Lin (2013,
    Annals of Applied Statistics 7:295), weighted by one over the chance of the arm, as R's
    estimatr::lm_lin. Returns an Adjusted. Raises Refusal where a covariate is constant or a
    combination of others, and where no degrees of freedom are left.
    """
    weight = np.where(treated, 1 / chance, 1 / (1 - chance))
    centred = covariates - covariates.mean(axis=0)
    arm = treated.astype(np.float64)[:, None]
    design = np.hstack([np.ones((len(outcome), 1)), arm, centred, centred * arm])
    freedom = len(outcome) - design.shape[1]
    if freedom < 1:
        raise Refusal("more covariates than people can carry: leave some out")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Refusal("covariates are perfectly collinear, or one is the same for all: drop it")
    estimate, error = _hc2(design, outcome, weight)
    reach = float(stats.t.ppf(0.975, freedom)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, freedom)) if error else None
    found = MeanDifference(estimate, error, estimate - reach, estimate + reach, p_value)
    return Adjusted(found, covariates.shape[1])


def _hc2(design: Numbers, outcome: Numbers, weight: Numbers) -> tuple[float, float]:
    """Coefficient of the arm (column 1) and its HC2 error, weighted least squares."""
    root = np.sqrt(weight)
    scaled, target = design * root[:, None], outcome * root
    bread = np.linalg.inv(scaled.T @ scaled)
    coefficients = bread @ scaled.T @ target
    leverage = np.einsum("ij,jk,ik->i", scaled, bread, scaled)
    if (leverage > 1 - 1e-10).any():
        raise Refusal("a covariate singles one person out: its error cannot be formed; drop it")
    residual = target - scaled @ coefficients
    meat = (scaled * (residual**2 / (1 - leverage))[:, None]).T @ scaled
    return float(coefficients[1]), sqrt((bread @ meat @ bread)[1, 1])
