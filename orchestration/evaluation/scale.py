"""The scales on which a result can stand: one for its estimate, interval, error and power."""

from enum import StrEnum
from math import inf, log1p

#: Publications print rates per this many officers.
OFFICERS = 1000


class Scale(StrEnum):
    """What the four figures of a result measure; its design sets it.

    A result gives its estimate, both ends of its interval, its standard error and its smallest
    detectable effect on one and the same scale.
    """

    LOG_RATIO = "log_ratio"
    LOG_ODDS_RATIO = "log_odds_ratio"
    LOG_HAZARD_RATIO = "log_hazard_ratio"
    RATIO = "ratio"
    PERCENT_CHANGE = "percent_change"
    DIFFERENCE = "difference"
    RATE_DIFFERENCE = "rate_difference"
    PROPORTION_DIFFERENCE = "proportion_difference"
    STANDARDISED_DIFFERENCE = "standardised_difference"
    RATE = "rate"
    PROPORTION = "proportion"
    DISPERSION = "dispersion"
    SLOPE = "slope"
    NONE = "none"

    @property
    def meaning(self) -> str:
        """What a figure on this scale is, in words."""
        return MEANINGS[self]

    @property
    def is_logarithm(self) -> bool:
        """Whether the exponential of a figure is a ratio."""
        return self in LOGARITHMS

    @property
    def is_ratio(self) -> bool:
        """Whether every figure is above zero, or zero itself."""
        return self in {Scale.RATIO, Scale.RATE, Scale.PROPORTION, Scale.DISPERSION}

    @property
    def no_effect(self) -> float | None:
        """The figure that means no difference; None where a scale compares nothing."""
        if self is Scale.RATIO:
            return 1.0
        return None if self in LEVELS else 0.0


LOGARITHMS = frozenset({Scale.LOG_RATIO, Scale.LOG_ODDS_RATIO, Scale.LOG_HAZARD_RATIO})
LEVELS = frozenset({Scale.RATE, Scale.PROPORTION, Scale.DISPERSION, Scale.NONE})
MEANINGS = {
    Scale.LOG_RATIO: "natural logarithm of a ratio of rates, risks or counts",
    Scale.LOG_ODDS_RATIO: "natural logarithm of an odds ratio",
    Scale.LOG_HAZARD_RATIO: "natural logarithm of a hazard ratio",
    Scale.RATIO: "ratio of two rates; 1 where they are alike",
    Scale.PERCENT_CHANGE: "change in per cent of the figure before; a fall is below 0",
    Scale.DIFFERENCE: "difference of means in the unit of the outcome, which `measure` names",
    Scale.RATE_DIFFERENCE: "difference of events per 1,000 officers a year",
    Scale.PROPORTION_DIFFERENCE: "difference of two proportions, from -1 to 1",
    Scale.STANDARDISED_DIFFERENCE: "difference in standard deviations (d)",
    Scale.RATE: "events per unit of exposure, which `measure` names",
    Scale.PROPORTION: "proportion, from 0 to 1",
    Scale.DISPERSION: "variance over mean; 1 for Poisson counts",
    Scale.SLOPE: "change of an effect per unit of a moderator",
    Scale.NONE: "no single estimate: every figure stands among the values",
}


def log_of_fall(fall: float | None) -> float | None:
    """The size on the log scale of a fall given as a share from 0 to 1.

    Returns -log(1 - fall), or None for None and for a fall of everything, whose logarithm is
    infinite.
    """
    return None if fall is None or fall >= 1 else -log1p(-fall)


def finite(value: float | None) -> float | None:
    """Replace an infinite bound by None.

    Returns the value, or None where it is infinite.
    """
    return None if value is None or abs(value) == inf else value


def rate_difference_scale(per: float) -> Scale:
    """The scale of a difference of events a year per `per` officers.

    Returns RATE_DIFFERENCE per 1,000 officers, as publications print it, and DIFFERENCE per any
    other number.
    """
    return Scale.RATE_DIFFERENCE if per == OFFICERS else Scale.DIFFERENCE
