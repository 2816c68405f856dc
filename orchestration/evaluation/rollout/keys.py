"""What a study of a staged roll-out says: columns, dates, breaks, seed."""

from typing import Literal

from pydantic import Field

from orchestration.evaluation.dated import DatedKeys
from orchestration.evaluation.frame import Keys


class PanelKeys(Keys):
    """Columns of a table with one row per unit and period.

    `first` is the first treated period of the unit; empty, or the value `never`, where it has
    none. With `first_is: day` it is the day on which cameras came, and the first period that began
    on that day or later counts as the first treated one.
    """

    outcome: str
    unit: str
    period: str
    first: str
    first_is: Literal["period", "day"] = "period"
    never: int | str | None = None
    covariates: tuple[str, ...] = ()


class CountKeys(PanelKeys):
    """A panel of counts, with the exposure that each is to be held against."""

    count: str
    exposure: str | None = None


class StagedKeys(CountKeys, DatedKeys):
    """A staged roll-out with everything printed beside its estimate.

    `leave_out` are units left out of a second run (an earlier trial), `dose` is a column with the
    share equipped, `placebo_counts` are counts that cameras cannot move. `quarters` adds the months
    up first.
    """

    seed: int
    draws: int = Field(default=1999, ge=99)
    leave_out: tuple[str, ...] = ()
    dose: str | None = None
    placebo_counts: tuple[str, ...] = ()
    leads: int = Field(default=12, ge=2)
    alternatives: bool = True
    quarters: bool = False
