"""What a study of a change says: its two sides, and how its units were chosen."""

from datetime import date

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.evaluation.breaks import Break
from orchestration.evaluation.columns import labels
from orchestration.evaluation.frame import Keys


class Span(BaseModel):
    """The first and last period of a side, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: int | date = Field(alias="from", union_mode="left_to_right")
    last: int | date = Field(alias="to", union_mode="left_to_right")


class ChangeKeys(Keys):
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
    breaks: tuple[Break, ...] = ()
    spans_breaks: bool = False

    @model_validator(mode="after")
    def _knows_the_record(self) -> "ChangeKeys":
        if self.chosen_for_record and not (self.unit and self.chosen and self.chosen_on):
            raise ValueError("chosen_for_record needs unit, chosen and chosen_on")
        return self


def within(keys: ChangeKeys, rows: pl.DataFrame, span: Span) -> pl.DataFrame:
    """The rows of a span; raises Refusal where a period is empty."""
    labels(rows, keys.period)
    return rows.filter(pl.col(keys.period).is_between(span.first, span.last))
