"""What every design shares: its scale, its keys, its gates, its result, and how it refuses.

Errors of statistical libraries become refusals, their warnings become notes.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import inf, isfinite, isnan, log1p
from typing import Any

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

#: Publications print rates per this many officers.
OFFICERS = 1000
#: Warnings about how a library is called. They say nothing about the data, and `uv.lock` pins the
#: versions that give today's answers.
OF_CODE = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)
Value = float | int | str | bool | None
#: Rows of one kind (arms, areas, outcomes, cells), each with the same names.
Rows = list[dict[str, Value]]


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


class Refusal(ValueError):
    """A design or a table that cannot be estimated; it says what, where and what to do."""


def require_variation(error: float) -> float:
    """Require a standard error above zero.

    Returns it. Raises Refusal for one that is zero or not a number: data that do not vary cannot be
    compared with chance.
    """
    if not error > 0:
        raise Refusal(
            "nothing varies beyond the terms of the model, so nothing can be said of chance: look "
            "for figures that were filled in"
        )
    return error


@contextmanager
def library_refusals() -> Iterator[None]:
    """Turn a library's error about the data into a Refusal; its warnings pass through.

    Yields nothing. Raises Refusal where the library raises ValueError, LinAlgError or RuntimeError.
    """
    with warnings.catch_warnings():
        _ignore_those_of_code()
        try:
            yield
        except (ValueError, np.linalg.LinAlgError, RuntimeError) as error:
            if isinstance(error, Refusal):
                raise
            raise Refusal(f"the library refuses these data: {error}") from error


@contextmanager
def collected_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """Collect the warnings that libraries give during an estimate, instead of printing them.

    Yields the list that the warnings are added to.
    """
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        _ignore_those_of_code()
        yield found


def warnings_as_notes(found: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    """Warnings as notes on a result.

    Returns one note for each different message, in the order in which they came.
    """
    said = dict.fromkeys(" ".join(str(each.message).split()) for each in found)
    return tuple(f"A library warned: {each}" for each in said)


def _ignore_those_of_code() -> None:
    for category in OF_CODE:
        warnings.simplefilter("ignore", category)


class Keys(BaseModel):
    """What a study says under `keys:`; a key that its design does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Gate:
    """A rule that decides whether an estimate may be shown, and whether it was met.

    `is_advice` marks a rule that qualifies an estimate without holding it back. `missing` are the
    figures of the reason that fall short, where it states several.
    """

    name: str
    passed: bool
    reason: str
    is_advice: bool = False
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a design found; figures that it does not give are None.

    `scale` is that of the estimate, of both ends of its interval (95% unless the study asks for
    another level), of its standard error and of the smallest detectable effect. An infinite bound
    is None. `measure` says in words what is measured and in which unit. `is_over_time` marks a
    result that compares two times and nothing else. `values` holds every single figure by a name
    that `figure_names` explains; figures that exist once per arm, area, outcome or cell are rows of
    `tables`. `method` names its source. `summary` is written from the interval and the design.
    Raises Refusal when a figure is not a number, and ValueError for figures on no scale.
    """

    design: str
    measure: str
    scale: Scale
    method: str
    values: dict[str, Value]
    summary: str
    is_randomised: bool
    is_over_time: bool = False
    estimate: float | None = None
    standard_error: float | None = None
    interval_low: float | None = None
    interval_high: float | None = None
    p_value: float | None = None
    smallest_detectable: float | None = None
    gates: tuple[Gate, ...] = ()
    tables: dict[str, Rows] = field(default_factory=dict)
    diagnostics: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, value in {**vars(self), **self.figures}.items():
            if isinstance(value, float | np.floating) and isnan(value):
                raise Refusal(
                    f"{self.design}: {name} came out as no number at all. The table has too "
                    "little in it for this design: look for constant columns and empty groups."
                )
        four = (self.estimate, self.standard_error, *self.interval, self.smallest_detectable)
        if self.scale is Scale.NONE and any(each is not None for each in four):
            raise ValueError(f"{self.design}: a result with an estimate names its scale")

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Both ends of the interval; None where there is no interval or the end is infinite."""
        return self.interval_low, self.interval_high

    @property
    def figures(self) -> dict[str, Value]:
        """Values, then the rows of tables under names such as `areas_2_difference`, from 1."""
        rows = {
            f"{table}_{place}_{name}": value
            for table, each in self.tables.items()
            for place, row in enumerate(each, start=1)
            for name, value in row.items()
        }
        return self.values | rows

    def document(self) -> dict[str, Any]:
        """The result as JSON holds it.

        Returns the fields by name; an infinite bound is None.
        """
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


@dataclass(frozen=True)
class Gives:
    """The names that a design's result gives, besides those that every result has.

    `values` and the columns of `tables` are explained in `figure_names`; `sometimes` are values
    that depend on the keys or on the table; `diagnostics` are tables that stand behind the figures.
    """

    values: tuple[str, ...] = ()
    sometimes: tuple[str, ...] = ()
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    diagnostics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Design:
    """A way of estimating: the keys that it takes, the function that runs it, a study that runs.

    `run` takes the checked keys and the table (None where the keys say everything) and raises
    Refusal. `example` is a whole study file with its data inline. `gives` are the names of its
    figures.
    """

    name: str
    keys: type[Keys]
    run: Callable[[Any, pl.DataFrame | None], Result]
    about: str
    example: str
    gives: Gives


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
