"""The design `published_trial`: a trial known only by what was printed of it."""

from dataclasses import asdict, dataclass
from math import exp, log1p, pi, sqrt

import polars as pl
from pydantic import Field
from scipy import stats

from orchestration.evaluation.columns import column_of, counts, labels, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Scale, Value
from orchestration.evaluation.meta_analysis.effects import FromEffects
from orchestration.evaluation.meta_analysis.subgroups_and_meta_regression import (
    SubgroupKeys,
    subgroups,
)
from orchestration.evaluation.rates.contrasts import Z_95, percent_fall
from orchestration.evaluation.wording import CAUTION, describe_interval, plain

#: Printed figures are rounded: half a unit of the third decimal of a d or of a p-value.
ROUNDING = 0.0015
#: What a publication can print: a fall of less than everything, a rise, and a d.
ALL, MOST_PER_CENT, LARGEST_D = 100.0, 100_000.0, 20.0


@dataclass(frozen=True)
class Check:
    """One printed figure next to the same figure computed from others that were printed.

    `is_comparable` is false for two figures of different kinds, which need not agree.
    """

    what: str
    printed: str
    worked_out: str
    agrees: bool
    is_comparable: bool = True


def interval_check(d: float, error: float, printed: tuple[float, float]) -> Check:
    """The printed interval against d and 1.96 standard errors, each of them rounded.

    Returns the Check.
    """
    low, high = d - Z_95 * error, d + Z_95 * error
    slack = ROUNDING + Z_95 * ROUNDING
    agrees = abs(low - printed[0]) <= slack and abs(high - printed[1]) <= slack
    said = f"{printed[0]:.3f} to {printed[1]:.3f}"
    return Check("interval of d", said, f"{low:.3f} to {high:.3f}", agrees)


def heterogeneity_check(q: float, p_value: float, tests: int) -> Check:
    """How many tests the printed Q and its p-value were taken over, against how many are printed.

    The degrees of freedom are those whose p-value lies nearest to the printed one. Returns the
    Check.
    """
    p_values = {freedom: float(stats.chi2.sf(q, freedom)) for freedom in range(1, 4 * tests)}
    freedom = min(p_values, key=lambda each: abs(p_values[each] - p_value))
    return Check(
        "tests behind the average",
        f"{tests} tests, Q = {plain(q, 6)}, p = {p_value:g}",
        f"that p-value has {freedom} degrees of freedom: {freedom + 1} tests",
        freedom + 1 == tests,
    )


def units_check(when: str, events: int, rate: float, units: int) -> Check:
    """A printed rate per officer against the printed count over the printed number of officers.

    Returns the Check.
    """
    implied = events / rate
    # A rate printed to two decimals stands for half a unit either way.
    least, most = events / (rate + 0.005), events / (rate - 0.005)
    return Check(
        f"officers, {when}",
        f"{units:,} officers",
        f"{events:,} events at {plain(rate, 6)} each make {implied:,.0f} officers",
        least <= units <= most,
    )


def sum_check(parts: tuple[int, ...], whole: int) -> Check:
    """Numbers of tests in subgroups against the number of tests.

    Returns the Check.
    """
    said = " + ".join(str(part) for part in parts)
    return Check(
        "tests in subgroups", f"{whole} tests", f"{said} = {sum(parts)}", sum(parts) == whole
    )


def percent_check(name: str, d: float, percent: float) -> Check:
    """A printed per cent against the one that a d stands for, if it came from an odds ratio.

    The per cent is one of rates, so the two need not agree. Returns the Check. Raises Refusal for
    figures that nobody can have printed.
    """
    if not (abs(d) <= LARGEST_D and -ALL < percent <= MOST_PER_CENT):
        raise Refusal(f"{name}: d = {plain(d)} with {plain(percent)}% cannot both be printed")
    worked_out = 100 * (exp(d * pi / sqrt(3)) - 1)
    said = f"d = {plain(d)} stands for {worked_out:+,.0f}% in odds"
    if d != 0:
        share = plain(log1p(percent / 100) / d)
        said += f"; the printed figure is exp({share} d), so it was worked out from rates"
    return Check(
        f"change in per cent, {name}",
        f"{percent:+,.12g}%",
        said,
        abs(worked_out - percent) <= 1,
        is_comparable=False,
    )


def average_check(printed: tuple[float, float], worked_out: tuple[float, float]) -> Check:
    """A printed average against the common-effect average of the printed subgroups.

    Returns the Check.
    """
    agrees = all(abs(a - b) <= ROUNDING for a, b in zip(printed, worked_out, strict=True))
    return Check(
        "average over subgroups",
        f"{printed[0]:g} (standard error {printed[1]:g})",
        f"{worked_out[0]:.3f} ({worked_out[1]:.3f}), as if all tests measured one and the same",
        agrees,
    )


class Change(Keys):
    """Counts and rates (before, during), and the printed number of officers."""

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
    """Both contrasts of a printed trial, its subgroups, and the figures that do not agree.

    `given` (one row per subgroup). Returns a Result on the standardised scale.
    """
    table = table_of(given)
    arms = keys.arms
    values = _values(keys, table)
    checks = _checks(keys, table, values)
    differing = [check for check in checks if check.is_comparable and not check.agrees]
    disagreeing = [asdict(check) for check in differing]
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
        notes=tuple(_said(check) for check in differing),
        is_randomised=True,
        summary=_words(keys, values, len(disagreeing)),
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
        table.select(column_of(table, each) for each in ("name", "d", "se")),
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
    tests = tuple(int(each) for each in counts(table, "tests"))
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
    summary = describe_interval(
        f"{keys.outcome} by arm", (low, high), Scale.STANDARDISED_DIFFERENCE, "randomised"
    )
    return (
        f"{summary} Over time, both arms together: {before:,} before and {during:,} during, "
        f"{float(values['percent_drop_counts'] or 0):.0f}% fewer.{CAUTION['descriptive']} "
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
