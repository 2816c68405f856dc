"""The design `empirical_bayes`: rates of areas shrunk towards the overall rate, small areas most.

Counts are Poisson about rates that vary between areas as a gamma distribution does; its parameters
are given, or estimated from the areas themselves.
"""

from math import log
from typing import Self

import numpy as np
import polars as pl
from pydantic import Field, model_validator
from scipy import optimize, special, stats

from orchestration.evaluation.columns import Numbers, counts, labels, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Rows, Scale
from orchestration.evaluation.wording import plain

FEWEST = 3
#: A shape above this means that areas hardly differ: their rates are treated as equal.
SAME = 1e7


class BayesKeys(Keys):
    """Columns of a table with one row per area.

    The prior is given by its `prior_mean` (a rate) and `prior_shape` (1 / its squared coefficient
    of variation), both or neither.
    """

    outcome: str
    area: str = "area"
    events: str = "events"
    exposure: str = "exposure"
    prior_mean: float | None = Field(default=None, gt=0)
    prior_shape: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _whole_prior(self) -> Self:
        if (self.prior_mean is None) != (self.prior_shape is None):
            raise ValueError("a prior has both prior_mean and prior_shape; or leave both out")
        return self


def gamma_prior(events: Numbers, exposure: Numbers) -> tuple[float, float]:
    """Shape and rate of the gamma distribution of rates, by maximum likelihood.

    `events` (n,) and `exposure` (n,). The counts are then negative binomial (Robbins 1956; Clayton
    and Kaldor 1987, Biometrics 43:671). Where areas differ by no more than chance the shape is
    effectively infinite. Returns (shape, rate); the mean of the rates is shape over rate.
    """
    level = float(events.sum() / exposure.sum())

    def loss(parameters: Numbers) -> float:
        shape, mean = np.exp(parameters)
        rate = shape / mean
        terms = (
            special.gammaln(events + shape)
            - special.gammaln(shape)
            + shape * np.log(rate / (rate + exposure))
            + events * np.log(1 / (rate + exposure))
        )
        return -float(terms.sum())

    starts = [np.array([log(each), log(level)]) for each in (1.0, 20.0, 400.0)]
    bounds = [(log(1e-3), log(SAME)), (log(level) - 3, log(level) + 3)]
    fits = [optimize.minimize(loss, each, method="L-BFGS-B", bounds=bounds) for each in starts]
    shape, mean = np.exp(min(fits, key=lambda each: float(each.fun)).x)
    return float(shape), float(shape / mean)


def empirical_bayes(keys: BayesKeys, table: pl.DataFrame | None) -> Result:
    """The rate of each area given its own count and the rates of all, with a 95% interval.

    `table` (one row per area). The interval takes the prior as known. Returns a Result with a row
    per area in its tables. Raises Refusal for fewer than three areas without a given prior, and
    where no area has an event.
    """
    rows = table_of(table)
    names = labels(rows, keys.area)
    events, exposure = counts(rows, keys.events), numbers(rows, keys.exposure, above=0)
    shape, rate = _prior(keys, events, exposure)
    after, held = events + shape, exposure + rate
    weight = exposure / held
    shrunk: Rows = [
        {
            "area": name,
            "area_value": float(events[place] / exposure[place]),
            "shrunken_rate": float(after[place] / held[place]),
            "lo": float(stats.gamma.ppf(0.025, after[place]) / held[place]),
            "hi": float(stats.gamma.ppf(0.975, after[place]) / held[place]),
            "own_weight": float(weight[place]),
        }
        for place, name in enumerate(names)
    ]
    return Result(
        design="empirical_bayes",
        measure="events per unit of exposure, by area",
        scale=Scale.NONE,
        method="gamma-Poisson, prior "
        + ("as given" if keys.prior_shape else "by maximum likelihood (Clayton and Kaldor 1987)"),
        values={"areas": len(names), "prior_mean": shape / rate, "prior_shape": shape},
        tables={"areas": shrunk},
        is_randomised=False,
        summary=f"{keys.outcome}: rates of {len(names)} areas, shrunk towards "
        f"{plain(shape / rate)}. Their own counts weigh "
        f"{100 * weight.min():.0f} to {100 * weight.max():.0f}%.",
    )


def _prior(keys: BayesKeys, events: Numbers, exposure: Numbers) -> tuple[float, float]:
    if keys.prior_shape is not None and keys.prior_mean is not None:
        return keys.prior_shape, keys.prior_shape / keys.prior_mean
    if len(events) < FEWEST:
        raise Refusal(f"{len(events)} areas: a prior is estimated from {FEWEST} or more")
    if not events.any():
        raise Refusal("no area has an event: no prior can be estimated; give one")
    return gamma_prior(events, exposure)


EMPIRICAL_BAYES = Design(
    name="empirical_bayes",
    keys=BayesKeys,
    run=empirical_bayes,
    about="Rates of areas shrunk towards the overall rate, with a given or an estimated prior.",
    example="""\
design: empirical_bayes
title: Complaints of six areas of very different size
question: What rate is to be expected of each area, given its own count and the others?
keys: {outcome: Complaints}
inline:
  area: [a, b, c, d, e, f]
  events: [4, 55, 38, 1, 47, 90]
  exposure: [20, 520, 390, 30, 480, 510]
""",
    gives=Gives(
        values=("areas", "prior_mean", "prior_shape"),
        tables={"areas": ("area", "area_value", "shrunken_rate", "lo", "hi", "own_weight")},
    ),
)
