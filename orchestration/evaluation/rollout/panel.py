"""A complete grid of units and periods, in an order of its own, or the reason why there is none."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers, numbers, texts
from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.rollout.keys import PanelKeys
from orchestration.evaluation.rollout.periods import NEVER, Calendar, calendar_of

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """Values and exposure (units by periods), the first treated period of each unit, covariates.

    `columns` are further columns on the same grid, by name.
    """

    units: tuple[str, ...]
    calendar: Calendar
    counts: Numbers
    exposure: Numbers
    first: Whole
    columns: dict[str, Numbers]

    @property
    def treated(self) -> NDArray[np.bool_]:
        """Units by periods: at or after the first treated period."""
        return np.arange(self.counts.shape[1]) >= self.first[:, None]

    @property
    def waves(self) -> list[int]:
        """First treated periods within the panel, in order."""
        return sorted({int(each) for each in self.first if each < self.counts.shape[1]})

    def keep(self, chosen: NDArray[np.bool_]) -> "Panel":
        """The panel of some of its units."""
        return replace(
            self,
            units=tuple(unit for unit, kept in zip(self.units, chosen, strict=True) if kept),
            counts=self.counts[chosen],
            exposure=self.exposure[chosen],
            first=self.first[chosen],
            columns={name: values[chosen] for name, values in self.columns.items()},
        )

    def until(self, end: int) -> "Panel":
        """The panel of the periods before `end`; a unit treated later becomes one never treated."""
        return replace(
            self,
            calendar=replace(self.calendar, count=end),
            counts=self.counts[:, :end],
            exposure=self.exposure[:, :end],
            first=np.where(self.first >= end, NEVER, self.first),
            columns={name: values[:, :end] for name, values in self.columns.items()},
        )


def panel_of(
    keys: PanelKeys, table: pl.DataFrame, value: str, exposure: str | None, more: tuple[str, ...]
) -> Panel:
    """The panel in a table, whatever the order of its rows.

    Raises Refusal for a repeated or missing cell, exposure that is not above nought, a unit with
    two first periods, one treated before the panel begins, or treatment without any comparison.
    """
    units = texts(table, keys.unit)
    calendar, places = calendar_of(_column(table, keys.period))
    names = tuple(sorted(units.unique().to_list()))
    rows = units.cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()
    _complete(names, calendar, rows, places)

    def grid(values: Numbers) -> Numbers:
        laid = np.empty((len(names), calendar.count))
        laid[rows, places] = values
        return laid

    first = _first_periods(keys, table, names, calendar)
    held = numbers(table, exposure, above=0) if exposure else np.ones(len(table))
    return Panel(
        units=names,
        calendar=calendar,
        counts=grid(numbers(table, value)),
        exposure=grid(held),
        first=first,
        columns={name: grid(numbers(table, name)) for name in more},
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


def _column(table: pl.DataFrame, column: str) -> pl.Series:
    if column not in table.columns:
        raise Refusal(f"there is no column {column!r}; there are: {', '.join(table.columns)}")
    return table[column]


def _complete(names: tuple[str, ...], calendar: Calendar, rows: Whole, places: Whole) -> None:
    shape = (len(names), calendar.count)
    seen = np.bincount(rows * shape[1] + places, minlength=shape[0] * shape[1]).reshape(shape)
    for wrong, told in ((seen > 1, "stands twice"), (seen == 0, "is missing")):
        if wrong.any():
            unit, place = np.argwhere(wrong)[0]
            raise Refusal(
                f"unit {names[unit]}, period {calendar.label(int(place))} {told} "
                f"({int(wrong.sum())} such cells): one row per unit and period, noughts written out"
            )


def _first_periods(
    keys: PanelKeys, table: pl.DataFrame, names: tuple[str, ...], calendar: Calendar
) -> Whole:
    column = _column(table, keys.first)
    if column.dtype == pl.Float64:
        column = column.cast(pl.Int64)
    pairs = table.select(pl.col(keys.unit).cast(pl.String).alias("unit"), column.alias("first"))
    found: dict[str, int] = {}
    for unit, first in pairs.unique().sort("unit", "first").iter_rows():
        if unit in found:
            raise Refusal(f"unit {unit} has two first treated periods: treatment cannot switch off")
        is_never = first is None or first == keys.never
        found[unit] = NEVER if is_never else calendar.position(first, is_day=keys.first_is == "day")
        if found[unit] <= 0:
            raise Refusal(
                f"unit {unit} is treated from {first}, before the second period of the panel: it "
                "has nothing to stand against. Leave it out or begin the panel earlier."
            )
    placed = np.array([found[name] for name in names])
    return np.where(placed >= calendar.count, NEVER, placed)
