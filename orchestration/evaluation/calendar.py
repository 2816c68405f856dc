"""Periods of a series or a panel by position: when each begins, and how many months it has."""

from dataclasses import dataclass
from datetime import date
from math import gcd

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.core import Refusal

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
        """The first day of a period, or its number.

        Returns a date where periods are dated, else a number.
        """
        return self._label(self.start + position * self.step)

    def position(self, value: date | int) -> int:
        """The place of a first treated period.

        Returns the place, counted from 0. Raises Refusal for a value that is no period of the
        table.
        """
        place, beyond = divmod(self._number(value) - self.start, self.step)
        if beyond:
            raise Refusal(f"first treated period {value} is no period of the table")
        return place

    def position_of_day(self, value: date | int) -> tuple[int, int]:
        """Positions of the first whole period from a day on, and of the period the day is within.

        Returns both positions, counted from 0; the second is NEVER where the day begins a period.
        """
        place, beyond = divmod(self._number(value) - self.start, self.step)
        began_late = isinstance(value, date) and value.day > 1
        return (place + 1, place) if beyond or began_late else (place, NEVER)

    def _number(self, value: date | int) -> int:
        if isinstance(value, date) != self.is_dated:
            raise Refusal(f"first treated period {value}: dates and numbers cannot be compared")
        return value.year * MONTHS + value.month - 1 if isinstance(value, date) else int(value)

    def _label(self, number: int) -> date | int:
        if not self.is_dated:
            return number
        return date(number // MONTHS, number % MONTHS + 1, 1)


def calendar_of(column: pl.Series) -> tuple[Calendar, NDArray[np.int64]]:
    """The calendar of a column of periods, and the place of every row in it.

    `column` (n,). Returns the Calendar and the places (n,). Raises Refusal when a period is empty,
    no date or whole number, or when there is only one.
    """
    if column.null_count():
        row = int(column.is_null().arg_max() or 0) + 1
        raise Refusal(f"column {column.name!r}, row {row}: empty, where a period is needed")
    is_dated = column.dtype in {pl.Date, pl.Datetime}
    if not (is_dated or column.dtype.is_integer()):
        raise Refusal(_no_period(column))
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


def _no_period(column: pl.Series) -> str:
    """What a column holds instead of periods, with the first row that holds no period."""
    said = column.cast(pl.String)
    is_period = said.str.contains(r"^-?\d+(\.0)?$|^\d{4}-\d{2}-\d{2}")
    row = int(is_period.arg_min() or 0)
    return (
        f"column {column.name!r}, row {row + 1}: {said[row]!r}; periods are dates YYYY-MM-DD or "
        "whole numbers, the same kind in every row"
    )
