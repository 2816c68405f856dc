"""The design `published_trial`: a trial known only by what was printed of it."""

from dataclasses import asdict

import polars as pl
from pydantic import Field

from orchestration.evaluation.columns import labels, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Result, Value
from orchestration.evaluation.interval_wording import CAUTION, describe_interval
from orchestration.evaluation.meta_analysis.effects import FromEffects
from orchestration.evaluation.meta_analysis.subgroups import SubgroupKeys, subgroups
from orchestration.evaluation.rates.contrasts import Z_95, percent_fall
from orchestration.evaluation.scale import Scale
from orchestration.evaluation.trials.printed import (
    Check,
    average_check,
    heterogeneity_check,
    interval_check,
    percent_check,
    sum_check,
    units_check,
)


class Change(Keys):
    """Counts and rates (before, during), and the officers told."""

    counts: tuple[int, int]
    rates: tuple[float, float]
    officers: int = Field(ge=1)


class Arms(Keys):
    """The contrast of arms as printed, with the heterogeneity between its tests."""

    d: float
    standard_error: float = Field(gt=0)
    interval: tuple[float, float]
    q: float = Field(gt=0)
    p: float = Field(gt=0, lt=1)
    tests: int = Field(ge=2)


class Average(Keys):
    """The printed average of the outcome that the table's subgroups are about."""

    d: float
    standard_error: float = Field(gt=0)
    tests: int = Field(ge=2)
    outcome: str


class PrintedKeys(Keys):
    """What was printed; the table holds the subgroups: name, d, se, tests, and percent if any."""

    outcome: str
    before_after: Change
    arms: Arms
    average: Average


def published_trial(keys: PrintedKeys, given: pl.DataFrame | None) -> Result:
    """Both contrasts of a printed trial, its subgroups, and the figures that do not agree."""
    table = table_of(given)
    arms = keys.arms
    values = _values(keys, table)
    checks = _checks(keys, table, values)
    disagreeing = [asdict(check) for check in checks if not check.agrees]
    return Result(
        design="published_trial",
        measure="standardised difference d, shifts with cameras minus shifts without",
        scale=Scale.STANDARDISED_DIFFERENCE,
        method="as printed; subgroups by common-effect average (Cochran 1954)",
        values=values | {"n_do_not_reconcile": len(disagreeing)},
        estimate=arms.d,
        standard_error=arms.standard_error,
        interval_low=arms.d - Z_95 * arms.standard_error,
        interval_high=arms.d + Z_95 * arms.standard_error,
        diagnostics={
            "checks": [asdict(check) for check in checks],
            "do_not_reconcile": disagreeing,
        },
        notes=tuple(_said(check) for check in checks if not check.agrees),
        is_randomised=True,
        words=_words(keys, values, len(disagreeing)),
    )


def _values(keys: PrintedKeys, table: pl.DataFrame) -> dict[str, Value]:
    pooled = subgroups(
        SubgroupKeys(
            measure="standardised_difference",
            outcome=keys.average.outcome,
            label="name",
            from_effects=FromEffects(effect="d", standard_error="se"),
            is_randomised=True,
        ),
        table.select("name", "d", "se"),
    ).values
    reach = Z_95 * keys.arms.standard_error
    return {
        "percent_drop_counts": percent_fall(*keys.before_after.counts),
        "percent_drop": percent_fall(*keys.before_after.rates),
        "d": keys.arms.d,
        "ci_lo": keys.arms.d - reach,
        "ci_hi": keys.arms.d + reach,
        "pooled_d": pooled["estimate"],
        "pooled_se": pooled["se"],
        "Q_between": pooled["Q_between"],
    }


def _checks(keys: PrintedKeys, table: pl.DataFrame, values: dict[str, Value]) -> list[Check]:
    change, arms, average = keys.before_after, keys.arms, keys.average
    worked_out = float(values["pooled_d"] or 0), float(values["pooled_se"] or 0)
    tests = tuple(int(each) for each in numbers(table, "tests", above=0))
    checks = [
        units_check("before", change.counts[0], change.rates[0], change.officers),
        units_check("during", change.counts[1], change.rates[1], change.officers),
        interval_check(arms.d, arms.standard_error, arms.interval),
        heterogeneity_check(arms.q, arms.p, arms.tests),
        average_check((average.d, average.standard_error), worked_out),
        sum_check(tests, average.tests),
    ]
    if "percent" not in table.columns:
        return checks
    given = table.filter(pl.col("percent").is_not_null())
    figures = zip(
        labels(given, "name"), numbers(given, "d"), numbers(given, "percent"), strict=True
    )
    return checks + [percent_check(name, float(d), float(share)) for name, d, share in figures]


def _said(check: Check) -> str:
    return (
        f"Does not agree: {check.what}. Printed: {check.printed}. Worked out: {check.worked_out}."
    )


def _words(keys: PrintedKeys, values: dict[str, Value], disagreeing: int) -> str:
    low, high = float(values["ci_lo"] or 0), float(values["ci_hi"] or 0)
    before, during = keys.before_after.counts
    told = describe_interval(
        f"{keys.outcome} by arm", (low, high), Scale.STANDARDISED_DIFFERENCE, "randomised"
    )
    return (
        f"{told} Over time, both arms together: {before:,} before and {during:,} during, "
        f"{float(values['percent_drop_counts'] or 0):.2f} % fewer.{CAUTION['descriptive']} "
        f"{disagreeing} printed figures do not agree with the others."
    )


PUBLISHED_TRIAL = Design(
    "published_trial",
    PrintedKeys,
    published_trial,
    "A trial known by what was printed: both contrasts, subgroups, and what does not agree.",
    """\
design: published_trial
title: Seven shift trials of complaints, and ten of force
question: What do the printed figures say, and do they agree with one another?
keys:
  outcome: Complaints
  before_after: {counts: [1539, 113], rates: [1.20, 0.08], officers: 1847}
  arms: {d: 0.053, standard_error: 0.11, interval: [-0.163, 0.269], q: 4.905, p: 0.428, tests: 7}
  average: {d: 0.021, standard_error: 0.056, tests: 10, outcome: Use of force}
inline:
  name: [protocol kept in both arms, in neither arm, in the control arm alone]
  d: [-0.346, 0.009, 0.392]
  se: [0.137, 0.070, 0.130]
  tests: [3, 4, 4]
  percent: [-37, null, 71]
""",
    gives=Gives(
        values=(
            "percent_drop_counts",
            "percent_drop",
            "d",
            "ci_lo",
            "ci_hi",
            "pooled_d",
            "pooled_se",
            "Q_between",
            "n_do_not_reconcile",
        ),
        diagnostics=("checks", "do_not_reconcile"),
    ),
)
