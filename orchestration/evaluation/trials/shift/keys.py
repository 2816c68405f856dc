"""What a study of a shift trial says: the columns of its table, its lot, and what stands beside."""

from pydantic import Field, model_validator

from orchestration.evaluation.dated import DatedKeys
from orchestration.evaluation.frame import Keys


class Columns(Keys):
    """Names of the table's columns, one row per shift; those below the line may be absent."""

    shift: str = "shift_id"
    arm: str = "alloc"
    site: str = "site_id"
    block: str = "block_id"
    chance: str = "alloc_prob"
    drawn_at: str = "alloc_generated_at"
    started_at: str = "shift_started_at"
    date: str = "shift_date"
    delivered: str = "delivered"
    hours: str = "officer_hours"
    contacts: str = "contacts_n"
    arrests: str = "arrests_n"
    recordable: str = "encounters_recordable"
    recorded: str = "encounters_recorded"
    prior: str = "prior_treated_share"


class Window(Keys):
    """Events and exposure (officer-hours, officers) of one window."""

    events: int = Field(ge=0)
    exposure: float = Field(gt=0)


class BeforeAfter(Keys):
    """The same units before and during, other units in the same windows, and a longer history."""

    before: Window
    during: Window
    others_before: Window | None = None
    others_during: Window | None = None
    history: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _others_in_both(self) -> "BeforeAfter":
        if (self.others_before is None) != (self.others_during is None):
            raise ValueError("others need both `others_before` and `others_during`")
        return self


class ShiftKeys(DatedKeys):
    """Keys of the design `shift_trial`; breaks and the cut are held against the dates of shifts."""

    outcome: str
    treated: str = "T"
    control: str = "C"
    columns: Columns = Columns()
    scheme: str = Field(default="blocked", pattern="^(blocked|independent)$")
    probability: float | None = Field(default=None, gt=0, lt=1)
    schedule_seed: int | None = None
    balance: tuple[str, ...] = ()
    draws: int = Field(default=4_999, ge=99, le=99_999)
    seed: int = 1
    compliance: dict[str, str] = Field(default={})
    compliance_declared_before: bool = False
    before_after: BeforeAfter | None = None
