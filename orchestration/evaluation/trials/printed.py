"""Figures printed of a trial, worked out again: which agree with one another, and which do not."""

from dataclasses import dataclass
from math import exp, log, pi, sqrt

from scipy import stats

from orchestration.evaluation.rates.contrasts import Z_95

#: Printed figures are rounded: half a unit of the third decimal of a d or of a p-value.
ROUNDING = 0.0015


@dataclass(frozen=True)
class Check:
    """One printed figure beside the same figure worked out from others that were printed."""

    what: str
    printed: str
    worked_out: str
    agrees: bool


def interval_check(d: float, error: float, printed: tuple[float, float]) -> Check:
    """The printed interval against d and 1.96 standard errors, each of them rounded."""
    low, high = d - Z_95 * error, d + Z_95 * error
    slack = ROUNDING + Z_95 * ROUNDING
    agrees = abs(low - printed[0]) <= slack and abs(high - printed[1]) <= slack
    said = f"{printed[0]:.3f} to {printed[1]:.3f}"
    return Check("interval of d", said, f"{low:.3f} to {high:.3f}", agrees)


def heterogeneity_check(q: float, p_value: float, tests: int) -> Check:
    """How many tests the printed Q and its p-value were taken over, against how many are told.

    The degrees of freedom are those whose p-value lies nearest to the printed one.
    """
    p_values = {freedom: float(stats.chi2.sf(q, freedom)) for freedom in range(1, 4 * tests)}
    freedom = min(p_values, key=lambda each: abs(p_values[each] - p_value))
    return Check(
        "tests behind the average",
        f"{tests} tests, Q = {q:g}, p = {p_value:g}",
        f"that p-value has {freedom} degrees of freedom: {freedom + 1} tests",
        freedom + 1 == tests,
    )


def units_check(when: str, events: int, rate: float, units: int) -> Check:
    """A printed rate per officer against the printed count over the printed number of officers."""
    implied = events / rate
    # A rate printed to two decimals stands for half a unit either way.
    least, most = events / (rate + 0.005), events / (rate - 0.005)
    return Check(
        f"officers, {when}",
        f"{units:,} officers",
        f"{events:,} events at {rate:g} each make {implied:,.0f} officers",
        least <= units <= most,
    )


def sum_check(parts: tuple[int, ...], whole: int) -> Check:
    """Numbers of tests in subgroups against the number of tests."""
    said = " + ".join(str(part) for part in parts)
    return Check(
        "tests in subgroups", f"{whole} tests", f"{said} = {sum(parts)}", sum(parts) == whole
    )


def percent_check(name: str, d: float, percent: float) -> Check:
    """A printed per cent against the one that a d stands for, if it came from an odds ratio."""
    worked_out = 100 * (exp(d * pi / sqrt(3)) - 1)
    return Check(
        f"change in per cent, {name}",
        f"{percent:+g} %",
        f"d = {d:g} stands for {worked_out:+.0f} % in odds; the printed figure is exp("
        f"{log(1 + percent / 100) / d:.2f} d), so it was worked out from rates",
        abs(worked_out - percent) <= 1,
    )


def average_check(printed: tuple[float, float], worked_out: tuple[float, float]) -> Check:
    """A printed average against the common-effect average of the printed subgroups."""
    agrees = all(abs(a - b) <= ROUNDING for a, b in zip(printed, worked_out, strict=True))
    return Check(
        "average over subgroups",
        f"{printed[0]:g} (standard error {printed[1]:g})",
        f"{worked_out[0]:.4f} ({worked_out[1]:.4f}), as if all tests measured one and the same",
        agrees,
    )
