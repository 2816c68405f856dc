"""Sentences written from an interval and a design, and the phrases that none may hold.

Also the singular of counted things: `1 complaint log opened`, not `1 complaint logs opened`.
"""

import re
import sys
from dataclasses import dataclass
from math import exp, floor, inf, isfinite, isinf, log, log10
from typing import Literal

from orchestration.evaluation.core import Scale

#: How the contrast came about: by randomisation, by comparison with others, or by time alone.
Basis = Literal["randomised", "compared", "descriptive"]
CAUTION: dict[Basis, str] = {
    "randomised": "",
    "compared": " Nothing was randomised: this holds only as far as the places compared would "
    "have moved alike without cameras.",
    "descriptive": " This is what happened, not what cameras did: other things changed too.",
}
#: Ratios above this are worded as multiples ("3 times as high") and not in per cent.
TIMES = 10.0
#: A fall in per cent between these two is worded as "more than" the first.
SURELY, ALL = 99.0, 100.0
#: A change in per cent below this is worded as "less than" it.
LEAST = 0.1
#: Decimals at most of a figure in its unit, and the size below which it has one digit alone.
FINEST, LEAST_SAID = 3, 0.001
#: Phrases that say more than an interval can, whatever the design.
BANNED = re.compile(
    r"\b(no (effect|impact|difference)|caus(e|ed|es|al)|prov(e|ed|es|en)|significan\w*"
    r"|effective(ly|ness)?|works?|worked|due to|because of|thanks to|led to|resulted in"
    r"|null result|trend(s|ed)? towards)\b",
    re.IGNORECASE,
)
#: The first plural of a phrase; words such as `has` and `less` are not plurals.
PLURAL = re.compile(r"\b[a-z-]{3,}(?<![su])s\b")
IRREGULAR = {
    "people": "person",
    "stops and searches": "stop and search",
    "that are": "that is",
    "that were": "that was",
    "that count": "that counts",
    "that expire": "that expires",
}
IRREGULAR_WORDS = re.compile(rf"\b(?:{'|'.join(IRREGULAR)})\b")


def basis_of(*, is_randomised: bool) -> Basis:
    """The basis of a pool of studies.

    Returns "randomised" where every study was randomised, else "descriptive".
    """
    return "randomised" if is_randomised else "descriptive"


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
    """One or two sentences on a 95% interval; nothing is concluded from a p-value.

    `interval` is on `scale`, one of logarithms or of differences; -inf and inf are infinite bounds.
    `smallest` is the smallest effect detectable with 80% power, stated where the interval holds
    zero. `is_change` chooses fell and rose instead of lower and higher. Odds are called odds, with
    the ends of their ratio. Returns the sentences. Raises ValueError for a scale on which no effect
    is not zero.
    """
    if scale.no_effect != 0:
        raise ValueError(f"an interval on the scale {scale} is not described against zero")
    low, high = interval
    if scale is Scale.LOG_ODDS_RATIO:
        outcome = f"{outcome}, odds (odds ratio {plain(_exp(low))} to {plain(_exp(high))})"
    size = _Size(scale, unit, _width(interval, scale))
    if low > 0 or high < 0:
        near, far = sorted((low, high), key=abs)
        found = f"{outcome}{' ' + _way(near, is_change=True) if is_change else ''}"
        return f"{found}{_between(near, far, size, is_change=is_change)}.{CAUTION[basis]}"
    said = f"{outcome}: we could not tell. Anything from {size.side(low)} to "
    said += f"{size.side(high)} fits these data."
    if smallest is not None:
        # On a log scale the effect is worded as a fall: in per cent it is the smaller of the two
        # ways.
        least = size.amount(-abs(smallest))
        said += f" Less than {least} would have been missed more than one time in five."
    return said + CAUTION[basis]


def _between(near: float, far: float, size: "_Size", *, is_change: bool) -> str:
    """Both ends of an interval that leaves out zero, and which way they lie."""
    if size.scale.is_logarithm and far > log(TIMES):
        return f": between {size.side(near)} and {size.side(far)}"
    ends = size.amount(near), size.amount(far)
    between = f"about {ends[0]}" if ends[0] == ends[1] else f"between {ends[0]} and {ends[1]}"
    return f" by {between}" if is_change else f": {between} {_way(near, is_change=False)}"


def percent(log_ratio: float, width: float | None = None) -> str:
    """The size of a change in per cent, without its sign.

    `width` is that of the interval in per cent: where it is below one, a decimal more is said.
    Returns text such as "12%".
    """
    change = abs(_exp(log_ratio) - 1) * 100
    if log_ratio < 0 and SURELY < change < ALL:
        return f"more than {SURELY:.0f}%"
    if 0 < change < LEAST:
        return f"less than {LEAST}%"
    places = 1 if 0 < change < 1 or (width is not None and 0 < width < 1) else 0
    return f"{change:,.{places}f}%"


def side(log_ratio: float) -> str:
    """A ratio and which way it lies.

    Returns text such as "12% lower" or "14 times as high".
    """
    return _Size(Scale.LOG_RATIO, "", inf).side(log_ratio)


def plain(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, never with an exponent; whole numbers in full.

    Returns text such as "1,020" or "0.0123"; "any number" for an infinite one.
    """
    if isinf(value):
        return "any number"
    if value == round(value):
        return f"{value:,.0f}"
    places = digits - 1 - floor(log10(abs(value)))
    return _trimmed(round(value, places), max(places, 0))


def as_said(value: object, digits: int = 6) -> str:
    """A figure of a result as it is printed in a list.

    Returns text; "not given" for None.
    """
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value, digits) if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class _Size:
    """How figures of one interval are rounded: as finely as its width allows, and no finer."""

    scale: Scale
    unit: str
    width: float

    def side(self, value: float) -> str:
        """A figure and which way it lies."""
        if self.scale.is_logarithm and value > log(TIMES):
            times = "any number of" if isinf(value) else plain(_exp(value), 2)
            return f"{times} times as high"
        return f"{self.amount(value)} {_way(value, is_change=False)}"

    def amount(self, value: float) -> str:
        """The size of a figure, without its sign."""
        if self.scale.is_logarithm:
            return percent(value, self.width)
        if self.scale is Scale.PROPORTION_DIFFERENCE:
            return counted(self._rounded(100 * abs(value)), "percentage points")
        if self.scale is Scale.STANDARDISED_DIFFERENCE:
            return counted(self._rounded(abs(value)), "standard deviations")
        unit = self.unit
        if self.scale is Scale.RATE_DIFFERENCE:
            unit = unit or "per 1,000 officers a year"
        return counted(self._rounded(abs(value)), unit)

    def _rounded(self, value: float) -> str:
        """Two significant figures of the width, one of the figure at least, and whole numbers."""
        if not isfinite(value) or value == 0 or not 0 < self.width < inf:
            return plain(value)
        places = max(0, 1 - floor(log10(self.width)), -floor(log10(value)))
        return _trimmed(value, min(places, FINEST)) if value >= LEAST_SAID else plain(value, 1)


def _width(interval: tuple[float, float], scale: Scale) -> float:
    """The width of an interval as it is printed: in per cent, in points, or in its unit."""
    low, high = interval
    if scale.is_logarithm:
        return 100 * (_exp(high) - _exp(low))
    return (high - low) * (100 if scale is Scale.PROPORTION_DIFFERENCE else 1)


def _trimmed(value: float, places: int) -> str:
    """A number without the zeros that end its decimals."""
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exp(value: float) -> float:
    return inf if value > log(sys.float_info.max) else exp(value)


def _way(value: float, *, is_change: bool) -> str:
    if is_change:
        return "fell" if value < 0 else "rose"
    return "lower" if value < 0 else "higher"


def counted(number: str, words: str) -> str:
    """A number with what it counts, in the singular for one.

    Returns the number as it is printed, followed by the words, which are given in the plural.
    """
    return f"{number} {singular(words) if number == '1' else words}".strip()


def singular(words: str) -> str:
    """Turn a plural phrase into the singular.

    Returns the phrase with its first plural, and that of the verb that follows it, in the singular.
    """
    plain = IRREGULAR_WORDS.sub(lambda found: IRREGULAR[found[0]], words)
    if plain.split(" ")[0] in {"person", "stop", "per"}:
        return plain
    return PLURAL.sub(_one, plain, count=1)


def _one(plural: re.Match[str]) -> str:
    word = plural[0]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]
