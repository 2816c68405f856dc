"""What a study of a change says: its two sides, and how its units were chosen."""

from datetime import date

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.evaluation.columns import labels
from orchestration.evaluation.data_maturity import DatedKeys, refuse_unripe
from orchestration.evaluation.staged_adoption.panel import calendar_of


class Span(BaseModel):
    """The first and last period of a side, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: int | date = Field(alias="from", union_mode="left_to_right")
    last: int | date = Field(alias="to", union_mode="left_to_right")


class ChangeKeys(DatedKeys):
    """Columns of a table with one row per unit and period.

    With `chosen_for_record` the column `chosen` (0 or 1 by unit) marks the units that were picked
    for their counts within `chosen_on`; the rows of all others must be there too.
    """

    outcome: str
    count: str
    period: str
    before: Span
    after: Span
    exposure: str | None = None
    unit: str | None = None
    chosen_for_record: bool = False
    chosen: str | None = None
    chosen_on: Span | None = None

    @model_validator(mode="after")
    def _knows_the_record(self) -> "ChangeKeys":
        if self.chosen_for_record and not (self.unit and self.chosen and self.chosen_on):
            raise ValueError("chosen_for_record needs unit, chosen and chosen_on")
        return self


def within(keys: ChangeKeys, rows: pl.DataFrame, span: Span) -> pl.DataFrame:
    """The rows of a span; raises Refusal where a period is empty."""
    labels(rows, keys.period)
    return rows.filter(pl.col(keys.period).is_between(span.first, span.last))


def refuse_young(keys: ChangeKeys, rows: pl.DataFrame) -> None:
    """Raises Refusal where the last period after is too near to the cut to be whole."""
    if keys.data_cut is None:
        return
    calendar, _ = calendar_of(rows[keys.period])
    last = within(keys, rows, keys.after)[keys.period].max()
    if last is None:
        return  # a side without rows is refused by name, whatever its dates
    ended = calendar.label(calendar.position(last) + 1)  # type: ignore[arg-type]
    refuse_unripe(keys, ended, keys.period)
