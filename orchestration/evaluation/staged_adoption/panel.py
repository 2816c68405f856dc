"""Panels of units and periods: a study's keys, periods as numbers, and the grid of values."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from orchestration.evaluation.columns import (
    NEVER,
    Calendar,
    Numbers,
    calendar_of,
    column_of,
    counts,
    numbers,
    row_as_given,
    table_of,
    texts,
)
from orchestration.evaluation.core import Keys, Refusal, Scale
from orchestration.evaluation.gates import CELL_EVENTS
from orchestration.evaluation.timing import DatedKeys, refuse_by_periods

QUARTER = 3
#: How files write infinity, which some packages use for "never".
ENDLESS = ("inf", "+inf", "infinity", "+infinity")
Whole = NDArray[np.int64]
SIX_AREAS = """\
keys:
  outcome: Complaints
  unit: area
  period: year
  first: cameras_from
  value: rate
  unit_of_value: per 100 officers
inline:
  area: [a, a, a, b, b, b, c, c, c, d, d, d, e, e, e, f, f, f]
  year: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
  cameras_from: [2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, null, null, null, null, null, null]
  rate: [5.1, 4.2, 4.0, 6.0, 5.4, 5.1, 5.5, 5.6, 4.9, 4.8, 4.9, 4.1, 5.2, 5.3, 5.2, 6.1, 6.0, 6.2]
"""


class PanelKeys(Keys):
    """Columns of a table with one row per unit and period.

    `first` is the first treated period of the unit; empty, or the value `never`, where it has
    none. A first period is treated as a whole. With `first_is: day` it is the day on which cameras
    came: the first period that began on that day or later is the first treated one, and the period
    within which cameras came is neither before nor after and is left out.
    """

    outcome: str
    unit: str
    period: str
    first: str
    first_is: Literal["period", "day"] = "period"
    never: int | str | None = None
    covariates: tuple[str, ...] = ()


class CountKeys(PanelKeys):
    """A panel of counts, with the exposure that each is per."""

    count: str
    exposure: str | None = None


class StagedKeys(CountKeys, DatedKeys):
    """A staged roll-out, with its sensitivity analyses and robustness checks.

    `leave_out` are units left out of a second run (an earlier trial), `dose` is a column with the
    share equipped, `placebo_counts` are counts that cameras cannot move. `quarters` adds the months
    up first. `sensitivity_analyses` asks for other estimators and robustness checks too.
    """

    seed: int
    draws: int = Field(default=1999, ge=99, le=99_999)
    leave_out: tuple[str, ...] = ()
    dose: str | None = None
    placebo_counts: tuple[str, ...] = ()
    leads: int = Field(default=12, ge=2, le=400)
    sensitivity_analyses: bool = True
    quarters: bool = False


@dataclass(frozen=True)
class Panel:
    """A balanced panel: values and exposure on a grid, and the first treated period of each unit.

    `counts` (units, periods), `exposure` (units, periods), `first` (units,) from zero or NEVER, and
    `columns` (units, periods): further columns on the same grid, by name. `begun` (units,) is the
    period within which cameras came, NEVER where they came as one began; None: they all did.
    """

    units: tuple[str, ...]
    calendar: Calendar
    counts: Numbers
    exposure: Numbers
    first: Whole
    columns: dict[str, Numbers]
    begun: Whole | None = None

    @property
    def partial(self) -> NDArray[np.bool_]:
        """Whether cameras came within a cell, neither before nor after: (units, periods)."""
        if self.begun is None:
            return np.zeros(self.counts.shape, dtype=bool)
        found: NDArray[np.bool_] = np.arange(self.counts.shape[1]) == self.begun[:, None]
        return found

    @property
    def untreated(self) -> NDArray[np.bool_]:
        """Whether a whole cell lies before the unit's cameras: (units, periods)."""
        return ~self.treated & ~self.partial

    @property
    def treated(self) -> NDArray[np.bool_]:
        """Whether a cell is at or after the unit's first treated period: (units, periods)."""
        return np.arange(self.counts.shape[1]) >= self.first[:, None]

    @property
    def waves(self) -> list[int]:
        """First treated periods within the panel, in order."""
        return sorted({int(each) for each in self.first if each < self.counts.shape[1]})

    def keep(self, chosen: NDArray[np.bool_]) -> "Panel":
        """The panel of some of its units.

        `chosen` (units,) is true for those kept. Returns the Panel.
        """
        return replace(
            self,
            units=tuple(unit for unit, kept in zip(self.units, chosen, strict=True) if kept),
            counts=self.counts[chosen],
            exposure=self.exposure[chosen],
            first=self.first[chosen],
            columns={name: values[chosen] for name, values in self.columns.items()},
            begun=None if self.begun is None else self.begun[chosen],
        )

    def until(self, end: int) -> "Panel":
        """The panel of the periods before `end`; a unit treated later becomes one never treated.

        Returns the Panel.
        """
        return replace(
            self,
            calendar=replace(self.calendar, count=end),
            counts=self.counts[:, :end],
            exposure=self.exposure[:, :end],
            first=np.where(self.first >= end, NEVER, self.first),
            columns={name: values[:, :end] for name, values in self.columns.items()},
            begun=None if self.begun is None else np.where(self.begun >= end, NEVER, self.begun),
        )


def panel_of(
    keys: PanelKeys, table: pl.DataFrame, value: str, exposure: str | None, more: tuple[str, ...]
) -> Panel:
    """Read the panel of a table, whatever the order of its rows.

    `table` (one row per unit and period); `value`, `exposure` and `more` name its columns. Returns
    a Panel. Raises Refusal for a repeated or missing cell, exposure that is not above zero, a unit
    with two first periods, and one treated before the second period.
    """
    units = texts(table, keys.unit)
    calendar, places = calendar_of(column_of(table, keys.period))
    names = tuple(sorted(units.unique().to_list()))
    rows = units.cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()
    _complete(names, calendar, rows, places)

    def grid(values: Numbers) -> Numbers:
        laid = np.empty((len(names), calendar.count))
        laid[rows, places] = values
        return laid

    first, begun = _first_periods(keys, table, names, calendar)
    held = numbers(table, exposure, above=0) if exposure else np.ones(len(table))
    return Panel(
        units=names,
        calendar=calendar,
        counts=grid(numbers(table, value)),
        exposure=grid(held),
        first=first,
        columns={name: grid(numbers(table, name)) for name in more},
        begun=begun,
    )


def refuse_without_comparison(panel: Panel) -> None:
    """Raises Refusal when no unit is treated, or all of them at the same time."""
    if not panel.waves:
        raise Refusal("no unit is treated within the panel: there is nothing to compare")
    if len(panel.waves) == 1 and panel.first.max() < NEVER:
        raise Refusal(
            f"all units are treated at once ({panel.calendar.label(panel.waves[0])}): no unit "
            "stays for comparison. What is left is a description (design before_after)."
        )


def _complete(names: tuple[str, ...], calendar: Calendar, rows: Whole, places: Whole) -> None:
    shape = (len(names), calendar.count)
    seen = np.bincount(rows * shape[1] + places, minlength=shape[0] * shape[1]).reshape(shape)
    for wrong, fault in ((seen > 1, "stands twice"), (seen == 0, "is missing")):
        if wrong.any():
            unit, place = np.argwhere(wrong)[0]
            raise Refusal(
                f"unit {names[unit]}, period {calendar.label(int(place))} {fault} "
                f"({int(wrong.sum())} such cells): one row per unit and period, zeros written out"
            )


def _first_periods(
    keys: PanelKeys, table: pl.DataFrame, names: tuple[str, ...], calendar: Calendar
) -> tuple[Whole, Whole | None]:
    """The first treated period of each unit, and the period within which its cameras came."""
    rows = pl.DataFrame({"unit": texts(table, keys.unit), "first": _starts(keys, table)})
    found: dict[str, tuple[int, int]] = {}
    for unit, first in rows.unique().sort("unit", "first").iter_rows():
        if unit in found:
            raise Refusal(f"unit {unit} has two first treated periods: treatment cannot switch off")
        found[unit] = _placed(keys, calendar, first)
        if min(found[unit]) <= 0:
            raise Refusal(
                f"unit {unit} is treated from {first}, before the second period of the panel: it "
                "has nothing to stand against. Leave it out or begin the panel earlier."
            )
    first, begun = np.array([found[name] for name in names]).T
    beyond = first >= calendar.count
    begun = np.where(begun >= calendar.count, NEVER, begun)
    return np.where(beyond, NEVER, first), begun if begun.min() < NEVER else None


def _placed(keys: PanelKeys, calendar: Calendar, first: date | int | None) -> tuple[int, int]:
    if first is None:
        return NEVER, NEVER
    if keys.first_is == "day":
        return calendar.position_of_day(first)
    return calendar.position(first), NEVER


def _starts(keys: PanelKeys, table: pl.DataFrame) -> pl.Series:
    """The column of start dates as dates or whole numbers, empty where a unit has none.

    Infinity means that a unit has no start; anything else than a date, a number or `never` is
    refused by row.
    """
    column = column_of(table, keys.first)
    if keys.never is not None:
        is_never = column.cast(pl.String) == str(keys.never)
        column = pl.select(pl.when(~is_never).then(column)).to_series().alias(keys.first)
    if column.dtype == pl.Float64:
        column = pl.select(pl.when(column != float("inf")).then(column)).to_series()
        column = column.alias(keys.first)
        # Polars treats NaN as equal to itself, and no integer can hold it.
        is_whole = column.is_finite() & (column == column.floor())
        _refuse_starts(table, column, column.is_null() | is_whole)
        return column.cast(pl.Int64)
    if column.dtype == pl.String:
        is_endless = column.str.strip_chars().str.to_lowercase().is_in(ENDLESS)
        column = pl.select(pl.when(~is_endless).then(column)).to_series().alias(keys.first)
        read = column.str.to_date("%Y-%m-%d", strict=False)
        if read.null_count() == len(read):
            read = column.cast(pl.Int64, strict=False)
        _refuse_starts(table, column, column.is_null() | read.is_not_null())
        return read
    return column


def _refuse_starts(table: pl.DataFrame, column: pl.Series, good: pl.Series) -> None:
    if not good.all():
        place = int(good.arg_min() or 0)
        row = row_as_given(table, place)
        raise Refusal(
            f"column {column.name!r}, row {row}: {column[place]!r}, where a first period must "
            "be, or nothing. A word for units without cameras is named by `never`."
        )


def long_frame(panel: Panel, **columns: Numbers) -> pl.DataFrame:
    """The panel in long form, in order of unit and period.

    Each of `columns` (units, periods) becomes a column. `first` is the number of the first treated
    period, zero for a unit that is never treated; `treated` says whether the row is at or after it.
    Returns a frame (one row per unit and period), unit and period numbered from 1.
    """
    units, periods = panel.counts.shape
    first = np.where(panel.first < periods, panel.first + 1, 0)
    return pl.DataFrame(
        {
            "unit": np.repeat(np.arange(1, units + 1), periods),
            "period": np.tile(np.arange(1, periods + 1), units),
            "first": np.repeat(first, periods),
            "treated": panel.treated.ravel().astype(np.int64),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )


def anticipation_of(panel: Panel) -> int:
    """Periods before the first treated one with which a library must not compare.

    Returns 1 where cameras came within a period: that period then is neither before nor after.
    """
    return int(panel.begun is not None)


def pandas_frame(panel: Panel, **columns: Numbers) -> Any:
    """The panel in long form for a library that takes pandas alone.

    Each of `columns` (units, periods) becomes a column. Returns a pandas frame as `long_frame` (one
    row per unit and period).
    """
    return long_frame(panel, **columns).to_pandas()


def identified(panel: Panel) -> Panel:
    """Keep the periods in which some unit is still untreated; later no effect is identified.

    Returns the Panel.
    """
    return panel.until(int(np.flatnonzero(panel.untreated.any(0)).max()) + 1)


class ValueKeys(PanelKeys):
    """A panel of values; with `holds_logarithms` its levels are their exponentials."""

    value: str
    holds_logarithms: bool = False
    unit_of_value: str = ""

    @property
    def scale(self) -> Scale:
        """That of a difference of two values."""
        return Scale.LOG_RATIO if self.holds_logarithms else Scale.DIFFERENCE


def value_panel(keys: ValueKeys, table: pl.DataFrame | None, *, levels: bool = False) -> Panel:
    """The panel of values, or of levels where values are logarithms and `levels` is asked for.

    `table` (one row per unit and period). Returns a Panel. Raises Refusal as `panel_of` does, and
    without a comparison; of levels also for one below zero, and where all are zero.
    """
    rows = table_of(table)
    panel = panel_of(keys, rows, keys.value, None, keys.covariates)
    refuse_without_comparison(panel)
    if not levels:
        return panel
    if keys.holds_logarithms:
        return replace(panel, counts=np.exp(panel.counts))
    numbers(rows, keys.value, least=0)
    if not panel.counts[~panel.partial].any():
        raise Refusal(f"column {keys.value!r}: all values are zero; a ratio has none")
    return panel


def prepare_panel(keys: StagedKeys, table: pl.DataFrame | None) -> tuple[Panel, tuple[str, ...]]:
    """Read the panel of a study and check that it can be estimated.

    `table` (one row per unit and period). Returns the Panel, and the notes on breaks. Raises
    Refusal for whatever is no panel, counts below zero, treatment without comparison, a break not
    allowed, and an outcome not yet complete.
    """
    rows = table_of(table)
    notes: tuple[str, ...] = ()
    for name in (keys.count, *keys.placebo_counts):
        counts(rows, name)
    if keys.quarters:
        notes = _months_in_words(float(rows[keys.count].mean() or 0))  # type: ignore[arg-type]
        rows, keys = by_quarter(keys, rows), keys.model_copy(update={"first_is": "day"})
    more = (*keys.covariates, *keys.placebo_counts, *((keys.dose,) if keys.dose else ()))
    panel = panel_of(keys, rows, keys.count, keys.exposure, more)
    if not panel.counts.any():
        raise Refusal(f"column {keys.count!r}: all counts are zero; nothing can be estimated")
    if np.ptp(panel.counts) == 0:
        raise Refusal(
            f"column {keys.count!r} is the same in every cell: nothing varies, so nothing can be "
            "said of chance. Look for figures that were filled in."
        )
    refuse_without_comparison(panel)
    first, ended = panel.calendar.label(0), panel.calendar.label(panel.calendar.count)
    return panel, (*refuse_by_periods(keys, first, ended, keys.period), *notes)


def _months_in_words(events: float) -> tuple[str, ...]:
    """Whether months carry enough events by themselves, so that quarters are a choice."""
    if events < CELL_EVENTS:
        return ()
    said = f"Months carry enough events by themselves ({events:.1f} a unit and month, needed "
    return (f"{said}{CELL_EVENTS:g}): by month less time is left out around each start.",)


def by_quarter(keys: StagedKeys, rows: pl.DataFrame) -> pl.DataFrame:
    """Add months up to whole quarters; covariates and dose are averaged.

    `rows` (one row per unit and month). Returns the quarters (one row per unit and quarter). Raises
    Refusal where periods are not months, or months do not fill their quarters.
    """
    if rows.schema.get(keys.period) not in {pl.Date, pl.Datetime}:
        raise Refusal(f"column {keys.period!r} holds no dates: months are needed for quarters")
    summed = [keys.count, *keys.placebo_counts, *((keys.exposure,) if keys.exposure else ())]
    averaged = [*keys.covariates, *((keys.dose,) if keys.dose else ())]
    period = pl.col(keys.period).dt.truncate("1q")
    found = rows.group_by(keys.unit, keys.first, period).agg(
        pl.len().alias("months in it"), pl.col(summed).sum(), pl.col(averaged).mean()
    )
    if (found["months in it"] != QUARTER).any():
        raise Refusal("the months do not fill whole quarters: begin and end the table with one")
    return found
