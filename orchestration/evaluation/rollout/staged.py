"""The staged roll-out: counts against those expected without cameras, and more beside."""

from math import exp, log

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.difference import DETECTABLE
from orchestration.evaluation.frame import Design, Result
from orchestration.evaluation.rollout import leads
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
from orchestration.evaluation.rollout.shown import gates_of, is_few, shown_beside
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
    x = covariates_of(panel, keys.covariates)
    found = impute(panel, x)
    estimate = found.log_ratio
    chance = shuffled(panel, x, keys.draws, keys.seed)
    p_value = _as_far(chance, estimate)
    error = None if is_few(panel) else jackknife(panel, x, estimate)
    smallest = DETECTABLE * float(chance.std(ddof=1))
    ahead = leads.before(panel, x, keys.leads)
    beside = {**_shuffled(chance, p_value), **_before(ahead)}
    return Result(
        design="staged_rollout",
        measure="log ratio of observed to expected",
        method=METHOD,
        values={**_counted(panel, found), **_errors(error), **beside},
        estimate=estimate,
        standard_error=error.error if error else None,
        interval_low=error.low if error else None,
        interval_high=error.high if error else None,
        p_value=p_value,
        smallest_detectable=smallest,
        gates=gates_of(panel, found),
        diagnostics=shown_beside(panel, keys, found, ahead),
        notes=(*notes, *_notes(panel, found), *_draws_left_out(keys, len(chance))),
        is_randomised=False,
        words=_words(keys, found, error, smallest),
    )


def _as_far(chance: Numbers, estimate: float) -> float:
    """The share of shufflings at least as far from nought, the one that happened among them."""
    return float((1 + (np.abs(chance) >= abs(estimate) - 1e-12).sum()) / (1 + len(chance)))


def _shuffled(chance: Numbers, p_value: float) -> dict[str, float | int]:
    spread = float(chance.std(ddof=1))
    return {"p_randomisation": p_value, "sd_shuffled": spread, "draws": len(chance)}


def _counted(panel: Panel, found: Imputed) -> dict[str, float | int | str]:
    shown = np.flatnonzero(found.counted.any(0))
    return {
        "log_ratio": found.log_ratio,
        "ratio": exp(found.log_ratio),
        "observed": found.total_observed,
        "expected": found.total_expected,
        "units": len(panel.units),
        "waves": len(panel.waves),
        "first_identified": str(panel.calendar.label(int(shown.min()))),
        "last_identified": str(panel.calendar.label(int(shown.max()))),
        "before_after_log_ratio": before_after(panel),
    }


def before_after(panel: Panel) -> float:
    """Log ratio of all rates at or after the date to all before it: a description."""
    treated = panel.treated & (panel.first < panel.counts.shape[1])[:, None]
    earlier = ~panel.treated & (panel.first < panel.counts.shape[1])[:, None]
    after, before = (
        panel.counts[side].sum() / panel.exposure[side].sum() for side in (treated, earlier)
    )
    return log(after / before)


def _errors(error: Jackknife | None) -> dict[str, float | None]:
    if error is None:
        return {"se_jackknife": None, "ci_lo": None, "ci_hi": None, "p_jackknife": None}
    return {
        "se_jackknife": error.error,
        "ci_lo": error.low,
        "ci_hi": error.high,
        "p_jackknife": error.p_value,
    }


def _before(ahead: leads.Leads) -> dict[str, float | None]:
    test = ahead.test()
    return {
        "pre_test_F": test.statistic if test else None,
        "pre_test_p": test.p_value if test else None,
        "missed_drift_per_period": test.missed_drift if test else None,
    }


def _notes(panel: Panel, found: Imputed) -> tuple[str, ...]:
    said = ["Units are taken to have moved in the same proportion, had no cameras come."]
    lost = int(panel.treated.sum() - found.counted.sum())
    if lost:
        said.append(
            f"{lost} treated cells tell nothing: in their periods no unit was without cameras."
        )
    return tuple(said)


def _draws_left_out(keys: StagedKeys, made: int) -> tuple[str, ...]:
    lost = keys.draws - made
    if not lost:
        return ()
    return (f"{lost} of {keys.draws} shufflings could not be estimated and are left out.",)


def _words(keys: StagedKeys, found: Imputed, error: Jackknife | None, smallest: float) -> str:
    counts = (
        f"{found.total_observed:,.0f} counted where cameras were, and {found.total_expected:,.0f} "
        "expected without them. "
    )
    if error is None:
        return counts + "So few units carry no interval."
    interval = error.low, error.high
    return counts + tell(keys.outcome, interval, "log_ratio", "compared", smallest=smallest)


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
