"""The design `staged_rollout`: counts against those expected without cameras, and its checks.

It reads the panel, refuses what must not be estimated, fits, and reports values, gates and tables.
"""

from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Design, Gate, Gives, Result, Scale, Value
from orchestration.evaluation.gates import hold_back
from orchestration.evaluation.rates.contrasts import DETECTABLE
from orchestration.evaluation.staged_adoption import event_study, few_clusters, sensitivity
from orchestration.evaluation.staged_adoption.event_study import (
    counted_values,
    jackknife_values,
    partial_values,
    pre_test_values,
    shuffled_values,
)
from orchestration.evaluation.staged_adoption.few_clusters import gate_of_rollout, gates_of_units
from orchestration.evaluation.staged_adoption.panel import Panel, StagedKeys, prepare_panel
from orchestration.evaluation.staged_adoption.poisson_imputation import (
    CarryingCell,
    Imputed,
    Jackknife,
    carrying_cell,
    covariates_of,
    impute,
    jackknife,
    share_as_far,
    shuffled,
)
from orchestration.evaluation.staged_adoption.sensitivity import (
    robustness_checks,
    sensitivity_analyses,
)
from orchestration.evaluation.wording import describe_interval

METHOD = (
    "Poisson imputation with unit and period effects and an exposure offset (Wooldridge 2023); "
    "jackknife over units, t; p by shuffling the dates of start"
)
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
  sensitivity_analyses: false
inline:
  area: [{areas}]
  month: [{months}]
  cameras_from: [{starts}]
  complaints: [{counts}]
"""
AREAS = "abcdefghi"
STARTS = dict(zip(AREAS, ["13", "13", "15", "15", "17", "17", "17", "null", "null"], strict=True))
LAST = 20


def gates_of(panel: Panel, found: Imputed) -> tuple[Gate, ...]:
    """Gates: whether the roll-out may be estimated, and whether and how it may have an interval.

    Returns the gates.
    """
    estimated = panel.counts[:, : int(np.flatnonzero(found.counted.any(0)).max()) + 1]
    return gate_of_rollout(panel, float(estimated.mean())), *gates_of_units(panel)


def diagnostics_of(panel: Panel, keys: StagedKeys, found: "RolloutEstimates") -> dict[str, Any]:
    """The event study, the waves, and the sensitivity analyses where they were asked for.

    A point of the event study has an interval where the estimate has one. Returns lists of rows by
    name.
    """
    imputed = found.imputed
    tables: dict[str, Any] = {
        "event_study": event_study.points(panel, imputed, found.ahead, found.reach),
        "waves": [_wave(panel, imputed, wave) for wave in panel.waves],
    }
    if keys.sensitivity_analyses:
        tables["sensitivity_analyses"] = [
            line.document() for line in sensitivity_analyses(panel, keys)
        ]
        tables["robustness_checks"] = [line.document() for line in robustness_checks(panel, keys)]
    return tables


def _wave(panel: Panel, found: Imputed, wave: int) -> dict[str, Any]:
    mine = found.counted & (panel.first == wave)[:, None]
    seen, due = float(found.observed[mine].sum()), float(found.expected[mine].sum())
    return {
        "first": str(panel.calendar.label(wave)),
        "units": int((panel.first == wave).sum()),
        "observed": seen,
        "expected": due,
        "log_ratio": log(seen / due) if seen and due else None,
    }


def staged_rollout(keys: StagedKeys, table: pl.DataFrame | None) -> Result:
    """Observed over expected counts of treated cells that still have an untreated comparison.

    `table` (one row per unit and period). The p-value is that of shuffled dates: a test of no
    effect anywhere, as if dates had been assigned at random. Returns a Result on the log scale.
    Raises Refusal as `prepare_panel` and `impute` do.
    """
    panel, notes = prepare_panel(keys, table)
    found = _read(panel, keys)
    error = found.error
    result = Result(
        design="staged_rollout",
        measure="log ratio of observed to expected",
        scale=Scale.LOG_RATIO,
        method=METHOD,
        values=_values(panel, found),
        estimate=found.imputed.log_ratio,
        standard_error=error.error if error else None,
        interval_low=error.low if error else None,
        interval_high=error.high if error else None,
        p_value=found.p_value,
        smallest_detectable=found.smallest,
        diagnostics=diagnostics_of(panel, keys, found)
        | {"relative_magnitudes": sensitivity.relative_magnitudes_rows(found.path)},
        notes=(*notes, *_notes(panel, found), *_draws_left_out(keys, len(found.chance))),
        is_randomised=False,
        summary=_counted(found) + _words(panel, keys, found),
    )
    gates = gates_of(panel, found.imputed)
    return hold_back(result, *gates, counts=_counted(found).strip())


@dataclass(frozen=True)
class RolloutEstimates:
    """Everything estimated from one panel: the headline, chance, and the checks for few units.

    `chance` (draws,) holds the log ratios at shuffled dates; `partial` are figures about the cells
    within which cameras came; `reach` is half the width of the interval of each event period.
    """

    imputed: Imputed
    partial: dict[str, int | float]
    carried_by: CarryingCell | None
    chance: Numbers
    p_value: float
    error: Jackknife | None
    for_few: few_clusters.FewUnits | None
    ahead: event_study.Leads
    reach: dict[int, float]
    path: sensitivity.Path | None

    @property
    def smallest(self) -> float:
        """The smallest log ratio that shuffled dates would detect with 80% power."""
        return DETECTABLE * float(self.chance.std(ddof=1))


def _read(panel: Panel, keys: StagedKeys) -> RolloutEstimates:
    x = covariates_of(panel, keys.covariates)
    found = impute(panel, x)
    chance = shuffled(panel, x, keys.draws, keys.seed)
    error = None if few_clusters.is_few(panel) else jackknife(panel, x, found.log_ratio)
    ahead = event_study.before(panel, x, keys.leads)
    return RolloutEstimates(
        imputed=found,
        partial=partial_values(panel, x),
        carried_by=carrying_cell(panel, x, found.log_ratio),
        chance=chance,
        p_value=share_as_far(chance, found.log_ratio),
        error=error,
        for_few=few_clusters.for_few(panel, keys.covariates, keys.seed),
        ahead=ahead,
        reach=event_study.reaches(panel, x, ahead) if error else {},
        path=sensitivity.path_of(ahead) if error else None,
    )


def _values(panel: Panel, found: RolloutEstimates) -> dict[str, Value]:
    return {
        **counted_values(panel, found.imputed),
        **found.partial,
        **_carried_values(found.carried_by),
        **jackknife_values(found.error),
        **shuffled_values(found.chance, found.p_value),
        "few_unit_rule": few_clusters.rule(panel),
        **few_clusters.values_of(found.for_few),
        **pre_test_values(found.ahead),
        **sensitivity.relative_magnitudes_values(found.path),
    }


def _carried_values(cell: CarryingCell | None) -> dict[str, Value]:
    names = ("carrying_cell", "without_carrying_cell_log_ratio")
    if cell is None:
        return dict.fromkeys(names)
    said = f"{cell.unit}, {cell.period} ({cell.count:,.0f} counted)"
    return dict(zip(names, (said, cell.log_ratio), strict=True))


def _carried_in_words(found: RolloutEstimates) -> tuple[str, ...]:
    """Name the most influential cell, if it moves the estimate by more than half its error."""
    cell, error = found.carried_by, found.error
    if cell is None or error is None:
        return ()
    estimate = found.imputed.log_ratio
    if abs(cell.log_ratio - estimate) <= error.error / 2:
        return ()
    ours, without = (100 * (exp(each) - 1) for each in (estimate, cell.log_ratio))
    said = f"One cell carries the estimate: without {cell.unit} in {cell.period} "
    said += f"({cell.count:,.0f} counted) it would be {without:+.0f}% instead of {ours:+.0f}%. "
    return (f"{said}Look at that cell first.",)


def _notes(panel: Panel, found: RolloutEstimates) -> tuple[str, ...]:
    said = ["Units are taken to have moved in the same proportion, had no cameras come."]
    if "partial_as_untreated_log_ratio" in found.partial:
        said.append(_partial_in_words(found))
    said += _carried_in_words(found)
    lost = int(panel.treated.sum() - found.imputed.counted.sum())
    if lost:
        said.append(
            f"{lost} treated cells have no comparison: in their periods every unit had cameras."
        )
    if found.error is not None:
        said.append(sensitivity.relative_magnitudes_in_words(found.path))
    return tuple(said)


def _partial_in_words(found: RolloutEstimates) -> str:
    cells = found.partial["partial_cells"]
    ours, other = (
        100 * (exp(each) - 1)
        for each in (
            found.imputed.log_ratio,
            found.partial["partial_as_untreated_log_ratio"],
        )
    )
    return (
        f"Cameras came within {cells} of the cells (a unit in a period): these are neither before "
        f"nor after and are left out. Counted as before, the figure would be {other:+.0f}% "
        f"instead of {ours:+.0f}%."
    )


def _draws_left_out(keys: StagedKeys, made: int) -> tuple[str, ...]:
    lost = keys.draws - made
    if not lost:
        return ()
    return (f"{lost} of {keys.draws} shufflings could not be estimated and are left out.",)


def _counted(found: RolloutEstimates) -> str:
    return (
        f"{found.imputed.total_observed:,.0f} counted where cameras were, and "
        f"{found.imputed.total_expected:,.0f} expected without them. "
    )


def _words(panel: Panel, keys: StagedKeys, found: RolloutEstimates) -> str:
    if found.error is None:
        return "So few units carry no interval."
    low, high = found.error.low, found.error.high
    summary = describe_interval(
        keys.outcome, (low, high), Scale.LOG_RATIO, "compared", smallest=found.smallest
    )
    if low > 0 or high < 0:
        summary += few_clusters.doubt(panel, found.for_few, found.p_value)
    return summary


STAGED_ROLLOUT = Design(
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
    gives=Gives(
        values=(
            "log_ratio",
            "ratio",
            "observed",
            "expected",
            "units",
            "waves",
            "first_identified",
            "last_identified",
            "before_after_log_ratio",
            "partial_cells",
            "carrying_cell",
            "without_carrying_cell_log_ratio",
            "se_jackknife",
            "ci_lo",
            "ci_hi",
            "p_jackknife",
            "p_randomisation",
            "sd_shuffled",
            "draws",
            "few_unit_rule",
            "cr2_log_ratio",
            "cr2_se",
            "cr2_df",
            "cr2_lo",
            "cr2_hi",
            "cr2_p",
            "p_wild_bootstrap",
            "pre_test_F",
            "pre_test_p",
            "missed_drift_per_period",
            "drift_log_ratio",
            "drift_half_lo",
            "drift_half_hi",
            "drift_once_lo",
            "drift_once_hi",
            "drift_twice_lo",
            "drift_twice_hi",
            "drift_breakdown",
        ),
        sometimes=("partial_as_untreated_log_ratio",),
        diagnostics=(
            "event_study",
            "waves",
            "relative_magnitudes",
            "sensitivity_analyses",
            "robustness_checks",
        ),
    ),
)
