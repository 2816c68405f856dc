"""The table of a shift trial and its keys: checked row by row, put into one order and names."""

from itertools import pairwise

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from orchestration.evaluation.columns import counts, labels, numbers, row_as_given
from orchestration.evaluation.core import Keys, Refusal
from orchestration.evaluation.timing import DatedKeys
from orchestration.evaluation.trials.randomisation import Allocation

#: What a rate may be per, by the name of its column: the shift itself and three more.
DENOMINATORS = ("shifts", "hours", "contacts", "arrests")
ONE_SITE = "all"
OPTIONAL_NUMBERS = ("contacts", "arrests", "recordable", "recorded", "prior")


class Columns(Keys):
    """Names of the table's columns, one row per shift; those below the line may be absent."""

    shift: str = "shift_id"
    arm: str = "alloc"
    site: str = "site_id"
    block: str = "block_id"
    chance: str = "alloc_prob"
    allocated_at: str = "alloc_generated_at"
    started_at: str = "shift_started_at"
    date: str = "shift_date"
    delivered: str = "delivered"
    hours: str = "officer_hours"
    contacts: str = "contacts_n"
    arrests: str = "arrests_n"
    recordable: str = "encounters_recordable"
    recorded: str = "encounters_recorded"
    prior: str = "prior_treated_share"


class CountWindow(Keys):
    """Events and exposure (officer-hours, officers) of one window."""

    events: int = Field(ge=0)
    exposure: float = Field(gt=0)


class BeforeAfter(Keys):
    """The same units before and during, other units in the same windows, and a longer history."""

    before: CountWindow
    during: CountWindow
    others_before: CountWindow | None = None
    others_during: CountWindow | None = None
    history: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _others_in_both(self) -> "BeforeAfter":
        if (self.others_before is None) != (self.others_during is None):
            raise ValueError("others need both `others_before` and `others_during`")
        return self


class ShiftKeys(DatedKeys):
    """Keys of the design `shift_trial`; breaks and the cut are compared with dates of shifts."""

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


def shifts_of(keys: ShiftKeys, table: pl.DataFrame) -> pl.DataFrame:
    """The shifts that were allocated and counted, sorted by site, block and shift.

    `table` (one row per shift planned). Columns: site, shift, block, treated, outcome, shifts (1),
    hours and those optional ones that the table has. Returns the shifts (one row per shift
    counted). Raises Refusal with the row and what to do.
    """
    names = keys.columns
    shift = labels(table, names.shift)
    _refuse_doubles(shift, names.shift)
    kept = table.filter(_counted(keys, table))
    if kept.is_empty():
        raise Refusal("no shift has both an arm and a count of the outcome")
    columns = {
        "site": _or(kept, names.site, ONE_SITE),
        "shift": labels(kept, names.shift),
        "block": _blocks(keys, kept),
        "treated": _treated(keys, kept),
        "outcome": counts(kept, keys.outcome),
        "shifts": np.ones(kept.height),
        "hours": _hours(keys, kept),
    }
    for name in OPTIONAL_NUMBERS:
        if (column := str(getattr(names, name))) in kept.columns:
            read = numbers if name == "prior" else counts
            columns[name] = read(kept, column)
    if names.date in kept.columns:
        columns["date"] = labels(kept, names.date)
    rows = pl.DataFrame(columns).sort("site", "block", "shift")
    _refuse_hopeless(keys, rows)
    return rows


def allocation_of(rows: pl.DataFrame, chance: np.ndarray, *, is_blocked: bool) -> Allocation:
    """The allocation of the shifts; blocks are those of their site.

    `rows` (one row per shift counted), `chance` (n,) of treatment. Returns an Allocation.
    """
    block = rows.select(pl.struct("site", "block").rank("dense") - 1).to_series()
    return Allocation(
        rows["treated"].to_numpy(), block.cast(pl.Int64).to_numpy(), chance, is_blocked=is_blocked
    )


def denominators(rows: pl.DataFrame) -> tuple[str, ...]:
    """The denominators that the table has, shifts first.

    `rows` (one row per shift counted). Returns their names.
    """
    return tuple(name for name in DENOMINATORS if name in rows.columns)


def _counted(keys: ShiftKeys, table: pl.DataFrame) -> pl.Expr:
    for column in (keys.columns.arm, keys.outcome):
        if column not in table.columns:
            raise Refusal(f"there is no column {column!r}; there are: {', '.join(table.columns)}")
    return pl.col(keys.columns.arm).is_not_null() & pl.col(keys.outcome).is_not_null()


def _refuse_doubles(shift: list[str], column: str) -> None:
    ordered = sorted(shift)
    for one, other in pairwise(ordered):
        if one == other:
            raise Refusal(
                f"shift {one!r} stands in column {column!r} twice: each shift has one allocation"
            )


def _or(table: pl.DataFrame, column: str, otherwise: str) -> list[str]:
    return labels(table, column) if column in table.columns else [otherwise] * table.height


def _blocks(keys: ShiftKeys, table: pl.DataFrame) -> list[str]:
    if keys.scheme == "independent":
        return _or(table, keys.columns.block, ONE_SITE)
    if keys.columns.block not in table.columns:
        raise Refusal(
            f"there is no column {keys.columns.block!r}: a blocked allocation can only be "
            "repeated by its blocks; name their column, or say `scheme: independent`"
        )
    return labels(table, keys.columns.block)


def _treated(keys: ShiftKeys, table: pl.DataFrame) -> list[bool]:
    arms = labels(table, keys.columns.arm)
    for place, arm in enumerate(arms):
        if arm not in {keys.treated, keys.control}:
            raise Refusal(
                f"column {keys.columns.arm!r}, row {row_as_given(table, place)}: {arm!r}, where it "
                f"must be {keys.treated!r} or {keys.control!r}"
            )
    return [arm == keys.treated for arm in arms]


def _hours(keys: ShiftKeys, table: pl.DataFrame) -> np.ndarray:
    if keys.columns.hours not in table.columns:
        return np.ones(table.height)
    return numbers(table, keys.columns.hours, above=0)


def _refuse_hopeless(keys: ShiftKeys, rows: pl.DataFrame) -> None:
    arms = rows["treated"].unique().to_list()
    if len(arms) == 1:
        missing = keys.control if arms[0] else keys.treated
        raise Refusal(f"one arm only: no shift was allocated to {missing!r}, so none is compared")
    outcome = rows["outcome"].to_numpy()
    if outcome.sum() == 0:
        raise Refusal(f"no events: {keys.outcome!r} is zero on every shift of every site")
