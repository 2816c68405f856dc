"""What a study of an `arm_panel` says, and the dates that its days stand for."""

from datetime import date, timedelta
from typing import Self

import polars as pl
from pydantic import Field, model_validator

from orchestration.evaluation.columns import days
from orchestration.evaluation.core import Gate
from orchestration.evaluation.data_maturity import DatedKeys, refuse_by_days

CALENDAR = "held against breaks and the day of the cut"


class PanelKeys(DatedKeys):
    """Columns of the panel, the window taken from it, and the window of the trial.

    `days` is the length of a period. Periods that begin within `window` are taken: (0, 210) are
    seven of 30 days. `whole_window` is the length of the window that the trial itself used. The
    change of both arms since `before_window` is printed beside them. `named` is the outcome in
    words. `day_zero` is the date of day 0, or `day_zero_in` a column with it where areas began on
    different days: `breaks` and `data_cut` are held against the dates that follow.
    """

    outcome: str
    area: str = "area"
    arm: str = "arm"
    period: str = "period_start"
    officers: str = "officers"
    treated: str = "1"
    control: str = "0"
    days: int = Field(default=30, ge=1)
    window: tuple[int, int]
    before_window: tuple[int, int] | None = None
    whole_window: int = Field(ge=1)
    day_zero: date | None = None
    day_zero_in: str | None = None
    named: str | None = None
    per: float = Field(default=1000, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for first, last in (self.window, self.before_window or self.window):
            if last <= first or (last - first) % self.days:
                raise ValueError(
                    "a window spans a whole number of periods, its end after its start"
                )
        return self

    @model_validator(mode="after")
    def _days_are_dated(self) -> Self:
        if self.day_zero is not None and self.day_zero_in is not None:
            raise ValueError("day_zero, a date, and day_zero_in, a column: name one of them")
        if self.needs_days and self.day_zero is None and self.day_zero_in is None:
            raise ValueError(
                "breaks and data_cut need day_zero, the date of day 0, or day_zero_in, its column"
            )
        return self


def refuse_by_calendar(keys: PanelKeys, table: pl.DataFrame) -> tuple[Gate, tuple[str, ...]]:
    """Whether the days counted were held against breaks and the cut, and what to note of breaks.

    The days run from the first of either window, where day 0 came first, to the last of the window,
    where it came last. Raises Refusal as `refuse_by_days`.
    """
    zero = _day_zero(keys, table)
    if zero is None:
        why = "the study does not say which date day 0 is (`day_zero`): it could not be checked"
        return Gate(CALENDAR, passed=False, reason=why), ()
    begun = min(keys.window[0], (keys.before_window or keys.window)[0])
    first = zero[0] + timedelta(days=begun)
    last = zero[1] + timedelta(days=keys.window[1] - 1)
    if not keys.needs_days:
        why = f"neither `breaks` nor `data_cut` is named for {first} to {last}"
        return Gate(CALENDAR, passed=False, reason=why), ()
    notes = refuse_by_days(keys, first, last)
    return Gate(CALENDAR, passed=True, reason=f"counted from {first} to {last}"), notes


def _day_zero(keys: PanelKeys, table: pl.DataFrame) -> tuple[date, date] | None:
    """The first and the last day that is day 0 of any area."""
    if keys.day_zero_in is not None:
        found = days(table, keys.day_zero_in)
        return found.min(), found.max()  # type: ignore[return-value]
    return None if keys.day_zero is None else (keys.day_zero, keys.day_zero)
