"""Periods of a panel as consecutive numbers, from months, quarters, years or plain numbers."""

from dataclasses import dataclass
from datetime import date
from math import gcd

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.frame import Refusal

MONTHS = 12
#: The first treated period of a unit that is never treated within the panel.
NEVER = 10**6


@dataclass(frozen=True)
class Calendar:
    """Periods 0, 1, 2, ... of a panel: where they begin, and how many months each has."""

    start: int
    step: int
    count: int
    is_dated: bool

    def label(self, position: int) -> date | int:
        """The first day of a period, or its number."""
        return self._shown(self.start + position * self.step)

    def position(self, value: date | int, *, is_day: bool = False) -> int:
        """The place of a first treated period; that of the first whole one after a day."""
        offset = self._number(value) - self.start
        place, beyond = divmod(offset, self.step)
        began_late = isinstance(value, date) and value.day > 1
        if is_day:
            return place + 1 if beyond or began_late else place
        if beyond:
            raise Refusal(f"first treated period {value} is no period of the table")
        return place

    def _number(self, value: date | int) -> int:
        if isinstance(value, date) != self.is_dated:
            raise Refusal(f"first treated period {value}: dates and numbers cannot be compared")
        return value.year * MONTHS + value.month - 1 if isinstance(value, date) else int(value)

    def _shown(self, number: int) -> date | int:
        if not self.is_dated:
            return number
        return date(number // MONTHS, number % MONTHS + 1, 1)


def calendar_of(column: pl.Series) -> tuple[Calendar, NDArray[np.int64]]:
    """The calendar of a period column, and the place of every row in it.

    Raises Refusal when a period is empty, no date or whole number, or when there is only one.
    """
    if column.null_count():
        row = int(column.is_null().arg_max() or 0) + 1
        raise Refusal(f"column {column.name!r}, row {row}: empty, where a period is needed")
    is_dated = column.dtype in {pl.Date, pl.Datetime}
    if not (is_dated or column.dtype.is_integer()):
        raise Refusal(f"column {column.name!r} holds {column.dtype}; periods are dates or numbers")
    if is_dated:
        months = column.dt.year().cast(pl.Int64) * MONTHS + column.dt.month().cast(pl.Int64) - 1
        numbers = months.to_numpy()
    else:
        numbers = column.cast(pl.Int64).to_numpy()
    found = np.unique(numbers)
    if len(found) < 2:  # noqa: PLR2004 - nothing comes before and after in one period
        raise Refusal(f"column {column.name!r} holds one period; before and after need two or more")
    step = gcd(*map(int, np.diff(found)))
    count = int(found[-1] - found[0]) // step + 1
    return Calendar(int(found[0]), step, count, is_dated), (numbers - found[0]) // step
