"""What every design shares: its keys, its gates, its result, and how it refuses."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from math import isfinite, isnan
from typing import Any

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

from orchestration.evaluation.scale import Scale

Value = float | int | str | bool | None
#: Rows of one kind (arms, areas, outcomes, cells), each with the same names.
Rows = list[dict[str, Value]]


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
