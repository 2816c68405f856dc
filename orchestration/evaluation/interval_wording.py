"""Sentences made from an interval and a design, and the phrases that none may hold."""

import re
from math import exp
from typing import Literal

#: How the contrast came about: by lot, by comparison with others, or by nothing but time.
Basis = Literal["randomised", "compared", "descriptive"]
#: What the figures are: logarithms of a ratio, differences in a unit, or standard deviations.
Scale = Literal["log_ratio", "difference", "standardised"]


def basis_of(*, is_randomised: bool) -> Basis:
    """The basis of a pool of studies: by lot in every one of them, or descriptive."""
    return "randomised" if is_randomised else "descriptive"


CAUTION: dict[Basis, str] = {
    "randomised": "",
    "compared": " Nothing was drawn by lot: this holds only as far as the places compared would "
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


def tell(
    outcome: str,
    interval: tuple[float, float],
    scale: Scale,
    basis: Basis,
    *,
    unit: str = "",
    smallest: float | None = None,
    is_change: bool = False,
) -> str:
    """One or two sentences on a 95 % interval; nothing is read off a p-value.

    `interval` is in the scale of the estimate (logarithms for ratios). `smallest` is the smallest
    difference that would have been shown four times in five, told where the interval holds nought.
    `is_change` says fell and rose instead of lower and higher.
    """
    low, high = interval
    if low > 0 or high < 0:
        near, far = sorted((low, high), key=abs)
        between = f"between {_amount(near, scale, unit)} and {_amount(far, scale, unit)}"
        found = (
            f"{outcome} {_way(near, is_change=True)} by {between}."
            if is_change
            else f"{outcome}: {between} {_way(near, is_change=False)}."
        )
        return found + CAUTION[basis]
    told = f"{outcome}: we could not tell. Anything from {_side(low, scale, unit)} to "
    told += f"{_side(high, scale, unit)} fits these data."
    if smallest is not None:
        # On the scale of ratios the fall is told: it is the larger of the two ways in per cent.
        size = _amount(-abs(smallest), scale, unit)
        told += f" Less than {size} would have been missed more than one time in five."
    return told + CAUTION[basis]


def percent(log_ratio: float) -> str:
    """The size of a change in per cent, without its sign."""
    change = abs(exp(log_ratio) - 1) * 100
    return f"{change:,.0f} %" if change >= 1 or change == 0 else f"{change:.1f} %"


def _way(value: float, *, is_change: bool) -> str:
    if is_change:
        return "fell" if value < 0 else "rose"
    return "lower" if value < 0 else "higher"


def _side(value: float, scale: Scale, unit: str) -> str:
    return f"{_amount(value, scale, unit)} {_way(value, is_change=False)}"


def _amount(value: float, scale: Scale, unit: str) -> str:
    if scale == "log_ratio":
        return percent(value)
    if scale == "standardised":
        return f"{abs(value):.2f} standard deviations"
    return f"{abs(value):,.3g} {unit}".strip()
