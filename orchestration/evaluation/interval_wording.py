"""Sentences written from an interval and a design, and the phrases that none may hold."""

import re
from math import exp
from typing import Literal

from orchestration.evaluation.scale import Scale

#: How the contrast came about: by randomisation, by comparison with others, or by time alone.
Basis = Literal["randomised", "compared", "descriptive"]


def basis_of(*, is_randomised: bool) -> Basis:
    """The basis of a pool of studies.

    Returns "randomised" where every study was randomised, else "descriptive".
    """
    return "randomised" if is_randomised else "descriptive"


CAUTION: dict[Basis, str] = {
    "randomised": "",
    "compared": " Nothing was randomised: this holds only as far as the places compared would "
    "have moved alike without cameras.",
    "descriptive": " This is what happened, not what cameras did: other things changed too.",
}

#: Phrases that say more than an interval can, whatever the design.
BANNED = re.compile(
    r"\b(no (effect|impact|difference)|caus(e|ed|es|al)|prov(e|ed|es|en)|significan\w*"
    r"|effective(ly|ness)?|works?|worked|due to|because of|thanks to|led to|resulted in"
    r"|null result|trend(s|ed)? towards)\b",
    re.IGNORECASE,
)


def describe_interval(
    outcome: str,
    interval: tuple[float, float],
    scale: Scale,
    basis: Basis,
    *,
    unit: str = "",
    smallest: float | None = None,
    is_change: bool = False,
) -> str:
    """One or two sentences on a 95 % interval; nothing is concluded from a p-value.

    `interval` is on `scale`, one of logarithms or of differences; -inf and inf are bounds without
    end. `smallest` is the smallest effect detectable with 80 % power, stated where the interval
    holds zero. `is_change` chooses fell and rose instead of lower and higher. Odds are called odds,
    with the ends of their ratio.

    Returns the sentences. Raises ValueError for a scale on which no effect is not zero.
    """
    if scale.no_effect != 0:
        raise ValueError(f"an interval on the scale {scale} is not described against zero")
    low, high = interval
    if scale is Scale.LOG_ODDS_RATIO:
        outcome = f"{outcome}, odds (odds ratio {exp(low):.2f} to {exp(high):.2f})"
    if low > 0 or high < 0:
        near, far = sorted((low, high), key=abs)
        between = f"between {_amount(near, scale, unit)} and {_amount(far, scale, unit)}"
        found = (
            f"{outcome} {_way(near, is_change=True)} by {between}."
            if is_change
            else f"{outcome}: {between} {_way(near, is_change=False)}."
        )
        return found + CAUTION[basis]
    said = f"{outcome}: we could not tell. Anything from {_side(low, scale, unit)} to "
    said += f"{_side(high, scale, unit)} fits these data."
    if smallest is not None:
        # On a scale of logarithms the fall is said: it is the smaller of the two ways in per cent.
        size = _amount(-abs(smallest), scale, unit)
        said += f" Less than {size} would have been missed more than one time in five."
    return said + CAUTION[basis]


def percent(log_ratio: float) -> str:
    """The size of a change in per cent, without its sign.

    Returns text such as "12 %".
    """
    change = abs(exp(log_ratio) - 1) * 100
    return f"{change:,.0f} %" if change >= 1 or change == 0 else f"{change:.1f} %"


def _way(value: float, *, is_change: bool) -> str:
    if is_change:
        return "fell" if value < 0 else "rose"
    return "lower" if value < 0 else "higher"


def _side(value: float, scale: Scale, unit: str) -> str:
    return f"{_amount(value, scale, unit)} {_way(value, is_change=False)}"


def _amount(value: float, scale: Scale, unit: str) -> str:
    if scale.is_logarithm:
        return percent(value)
    if scale is Scale.PROPORTION_DIFFERENCE:
        return f"{100 * abs(value):.1f} percentage points"
    if scale is Scale.STANDARDISED_DIFFERENCE:
        return f"{abs(value):.2f} standard deviations"
    if scale is Scale.RATE_DIFFERENCE:
        unit = unit or "per 1,000 officers a year"
    return f"{abs(value):,.3g} {unit}".strip()
