"""The staged roll-out: counts against those expected without cameras, and more beside."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.difference import DETECTABLE
from orchestration.evaluation.frame import Design, Result, Value
from orchestration.evaluation.rollout import drift, few, figures, leads
from orchestration.evaluation.rollout.imputation import (
    Imputed,
    Jackknife,
    covariates_of,
    impute,
    jackknife,
    shuffled,
)
from orchestration.evaluation.rollout.keys import StagedKeys
from orchestration.evaluation.rollout.panel import Panel
from orchestration.evaluation.rollout.readied import readied
from orchestration.evaluation.rollout.shown import gates_of, shown_beside
from orchestration.evaluation.telling import tell

METHOD = (
    "Poisson imputation with unit and period effects and an exposure offset (Wooldridge 2023); "
    "jackknife over units, t; p by shuffling the dates of start"
)


def staged_rollout(keys: StagedKeys, table: pl.DataFrame | None) -> Result:
    """Observed over expected counts of treated cells that still have an untreated comparison.

    The p-value is that of shuffled dates: a test of no change anywhere, as if dates had been dealt
    out by chance. Raises Refusal as `readied` and `impute` do.
    """
    panel, notes = readied(keys, table)
    found = _read(panel, keys)
    error = found.error
    return Result(
        design="staged_rollout",
        measure="log ratio of observed to expected",
        method=METHOD,
        values=_values(panel, found),
        estimate=found.imputed.log_ratio,
        standard_error=error.error if error else None,
        interval_low=error.low if error else None,
        interval_high=error.high if error else None,
        p_value=found.p_value,
        smallest_detectable=found.smallest,
        gates=gates_of(panel, found.imputed),
        diagnostics=shown_beside(panel, keys, found.imputed, found.ahead)
        | {"relative_magnitudes": drift.rows_of(found.path)},
        notes=(*notes, *_notes(panel, found), *_draws_left_out(keys, len(found.chance))),
        is_randomised=False,
        words=_words(panel, keys, found),
    )


@dataclass(frozen=True)
class Reading:
    """Everything worked out from one panel: the headline, chance, and what few units ask for."""

    imputed: Imputed
    chance: Numbers
    p_value: float
    error: Jackknife | None
    for_few: few.FewUnits | None
    ahead: leads.Leads
    path: drift.Path | None

    @property
    def smallest(self) -> float:
        """The smallest log ratio that shuffled dates would show four times in five."""
        return DETECTABLE * float(self.chance.std(ddof=1))


def _read(panel: Panel, keys: StagedKeys) -> Reading:
    x = covariates_of(panel, keys.covariates)
    found = impute(panel, x)
    chance = shuffled(panel, x, keys.draws, keys.seed)
    error = None if few.is_few(panel) else jackknife(panel, x, found.log_ratio)
    ahead = leads.before(panel, x, keys.leads)
    return Reading(
        imputed=found,
        chance=chance,
        p_value=_as_far(chance, found.log_ratio),
        error=error,
        for_few=few.for_few(panel, keys.covariates, keys.seed),
        ahead=ahead,
        path=drift.path_of(ahead) if error else None,
    )


def _values(panel: Panel, found: Reading) -> dict[str, Value]:
    return {
        **figures.of_counted(panel, found.imputed),
        **figures.of_jackknife(found.error),
        **figures.of_shuffled(found.chance, found.p_value),
        "few_unit_rule": few.rule(panel),
        **few.values_of(found.for_few),
        **figures.of_leads(found.ahead),
        **drift.values_of(found.path),
    }


def _as_far(chance: Numbers, estimate: float) -> float:
    """The share of shufflings at least as far from nought, the one that happened among them."""
    return float((1 + (np.abs(chance) >= abs(estimate) - 1e-12).sum()) / (1 + len(chance)))


def _notes(panel: Panel, found: Reading) -> tuple[str, ...]:
    said = ["Units are taken to have moved in the same proportion, had no cameras come."]
    lost = int(panel.treated.sum() - found.imputed.counted.sum())
    if lost:
        said.append(
            f"{lost} treated cells tell nothing: in their periods no unit was without cameras."
        )
    if found.error is not None:
        said.append(drift.in_words(found.path))
    return tuple(said)


def _draws_left_out(keys: StagedKeys, made: int) -> tuple[str, ...]:
    lost = keys.draws - made
    if not lost:
        return ()
    return (f"{lost} of {keys.draws} shufflings could not be estimated and are left out.",)


def _words(panel: Panel, keys: StagedKeys, found: Reading) -> str:
    counts = (
        f"{found.imputed.total_observed:,.0f} counted where cameras were, and "
        f"{found.imputed.total_expected:,.0f} expected without them. "
    )
    if found.error is None:
        return counts + "So few units carry no interval."
    low, high = found.error.low, found.error.high
    told = tell(keys.outcome, (low, high), "log_ratio", "compared", smallest=found.smallest)
    if low > 0 or high < 0:
        told += few.doubt(panel, found.for_few, found.p_value)
    return counts + told


EXAMPLE = """\
design: staged_rollout
title: Complaints in nine areas as cameras came
question: How do complaints compare with those expected without cameras?
keys:
  outcome: Complaints
  unit: area
  period: month
  first: cameras_from
  count: complaints
  seed: 20170601
  draws: 99
  alternatives: false
inline:
  area: [{areas}]
  month: [{months}]
  cameras_from: [{starts}]
  complaints: [{counts}]
"""
AREAS = "abcdefghi"
STARTS = dict(zip(AREAS, ["3", "3", "4", "4", "5", "5", "5", "null", "null"], strict=True))
LAST = 6
STAGED = Design(
    name="staged_rollout",
    keys=StagedKeys,
    run=staged_rollout,
    about="Units that received cameras at different times, each other's comparison.",
    example=EXAMPLE.format(
        areas=", ".join(area for area in AREAS for _ in range(LAST)),
        months=", ".join(str(month) for _ in AREAS for month in range(1, LAST + 1)),
        starts=", ".join(STARTS[area] for area in AREAS for _ in range(LAST)),
        counts=", ".join(
            str(31 + 3 * place % 7 + 2 * month % 5)
            for place in range(len(AREAS))
            for month in range(LAST)
        ),
    ),
)
