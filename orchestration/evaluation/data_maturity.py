"""What the dates of a table forbid: breaks in recording, and outcomes not yet complete."""

from datetime import date, timedelta
from typing import Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.evaluation.columns import days
from orchestration.evaluation.core import Keys, Refusal

MONTHS = 12


class RecordingBreak(BaseModel):
    """A change of definition, form, system or area, and the first period that it touches."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    # Numbers first: read as a date, period 0 would be the first of January 1970.
    at: int | date = Field(union_mode="left_to_right")
    what: str


def refuse_to_span(
    breaks: tuple[RecordingBreak, ...], first: date | int, last: date | int, *, is_allowed: bool
) -> tuple[str, ...]:
    """Refuse a table that runs over a break, unless the study allows it.

    A break counts when it lies after `first` and not after `last`. Returns a note for each such
    break. Raises Refusal with the first of them where `is_allowed` is false.
    """
    inside = [each for each in breaks if _is_within(each.at, first, last)]
    if inside and not is_allowed:
        raise Refusal(
            f"the table runs over a break of {inside[0].at}: {inside[0].what} End or begin it "
            "there, or say `spans_breaks: true` and carry the doubt."
        )
    return tuple(f"Runs over the break of {each.at}: {each.what}" for each in inside)


def _is_within(at: date | int, first: date | int, last: date | int) -> bool:
    if isinstance(at, date) != isinstance(first, date):
        raise Refusal(f"break {at}: dates and numbered periods cannot be compared")
    return first < at <= last  # type: ignore[operator]


class DatedKeys(Keys):
    """`breaks` are dated changes of what is recorded; `spans_breaks` runs over them by choice.

    `data_cut` is the last day that the data hold, and records may come `matures_after` months late.
    """

    breaks: tuple[RecordingBreak, ...] = ()
    spans_breaks: bool = False
    data_cut: date | None = None
    matures_after: int = Field(default=0, ge=0, le=600)

    @model_validator(mode="after")
    def _lag_has_a_cut(self) -> Self:
        if self.matures_after and self.data_cut is None:
            raise ValueError("matures_after needs data_cut: the day on which the data were cut")
        return self

    @property
    def needs_days(self) -> bool:
        """Whether the study names a break or a data cut: these need dates in the table."""
        return bool(self.breaks) or self.data_cut is not None


class CountedKeys(DatedKeys):
    """Columns `counted_from` and `counted_to`: first and last day on which a row was counted."""

    counted_from: str | None = None
    counted_to: str | None = None

    @model_validator(mode="after")
    def _days_are_named(self) -> Self:
        if (self.counted_from is None) != (self.counted_to is None):
            raise ValueError("counted_from and counted_to belong together")
        if self.needs_days and self.counted_from is None:
            raise ValueError(
                "breaks and data_cut need counted_from and counted_to, columns of days"
            )
        return self


def refuse_by_days(keys: DatedKeys, first: date, last: date) -> tuple[str, ...]:
    """Check breaks and maturity for days counted from `first` to `last`, both included.

    Returns the notes on breaks. Raises Refusal for a break that the study does not allow, and for
    an outcome that is not yet complete.
    """
    refuse_unripe(keys, last + timedelta(days=1))
    return refuse_to_span(keys.breaks, first, last, is_allowed=keys.spans_breaks)


def refuse_by_rows(keys: CountedKeys, table: pl.DataFrame) -> tuple[str, ...]:
    """Check breaks and maturity from the first to the last day on which any row was counted.

    `table` (one row per unit, with the columns `counted_from` and `counted_to`). Returns the notes
    on breaks, none where the study does not name these columns. Raises Refusal as `refuse_by_days`
    does, and for a row whose days end before they begin.
    """
    if keys.counted_from is None or keys.counted_to is None:
        return ()
    begun, ended = days(table, keys.counted_from), days(table, keys.counted_to)
    if (ended < begun).any():
        row = int((ended < begun).arg_max() or 0)
        raise Refusal(f"row {row + 1}: counted from {begun[row]} to {ended[row]}, which is earlier")
    return refuse_by_days(keys, begun.min(), ended.max())  # type: ignore[arg-type]


def refuse_by_periods(
    keys: DatedKeys, first: date | int, ended: date | int, column: str
) -> tuple[str, ...]:
    """Check breaks and maturity for periods that begin with `first` and end before `ended`.

    `column` is the name of the column of periods. Returns the notes on breaks. Raises Refusal as
    `refuse_by_days` does, and for numbered periods in a study that gives the day of its data cut.
    """
    refuse_unripe(keys, ended, column)
    last = ended - timedelta(days=1) if isinstance(ended, date) else ended - 1
    return refuse_to_span(keys.breaks, first, last, is_allowed=keys.spans_breaks)


def refuse_unripe(keys: DatedKeys, ended: date | int, column: str = "") -> None:
    """Refuse an outcome whose records may still be arriving.

    `ended` is the first day, or the first period of `column`, that is no longer counted. The day of
    the data cut is part of the data: 31 March is three months after the end of December. Raises
    Refusal where fewer than `matures_after` months lie between `ended` and the cut, and where
    periods are numbered and not dated.
    """
    if keys.data_cut is None:
        return
    if not isinstance(ended, date):
        raise Refusal(f"column {column!r}: numbered periods cannot be compared with `data_cut`")
    known = keys.data_cut + timedelta(days=1)
    months = (known.year - ended.year) * MONTHS + known.month - ended.month
    if months - (known.day < ended.day) < keys.matures_after:
        raise Refusal(
            f"the outcome of {ended - timedelta(days=1)} has not matured: the data were cut on "
            f"{keys.data_cut} and records may come for {keys.matures_after} months. End the table "
            "earlier."
        )
