"""Roll-outs whose days of start are known or bounded: keys, bounds, draws within them, and checks.

The checks are made at the middle days: on other units, cells, days and counts.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from orchestration.evaluation.columns import MONTHS, NEVER, column_of, counts, days, table_of, texts
from orchestration.evaluation.core import Gate, Refusal, Rows, Value
from orchestration.evaluation.staged_adoption.few_clusters import LEVEL
from orchestration.evaluation.staged_adoption.panel import (
    CountKeys,
    Panel,
    panel_of,
    refuse_without_comparison,
)
from orchestration.evaluation.staged_adoption.poisson_imputation import (
    impute,
    jackknife,
    share_as_far,
    shuffled,
)
from orchestration.evaluation.timing import DatedKeys

MIDDLE = "middle of the bounds"
EPOCH = 1970
Days = NDArray[np.int64]


class BoundedKeys(CountKeys, DatedKeys):
    """A staged roll-out where `first` is the earliest day of a unit's cameras, `latest` the last.

    The two are one day where it is known. `date_draws` days are drawn for every unit, each day
    within its bounds as likely as another. `set_apart` are units that the headline leaves out (an
    earlier trial) and a check puts back. `left_out` names checks, each with the units that it
    leaves out. `neighbours_from` is a column with the day from which a neighbour may have had
    cameras: a check leaves out what comes later in units without them. `control_count` is a count
    that cameras cannot change, chosen beforehand; `placebo_months` moves all days so many months
    earlier, and looks at nothing that came after the first cameras.
    """

    latest: str
    seed: int
    date_draws: int = Field(default=500, ge=20, le=9_999)
    draws: int = Field(default=999, ge=99, le=99_999)
    leads: int = Field(default=12, ge=2, le=400)
    set_apart: tuple[str, ...] = ()
    left_out: dict[str, tuple[str, ...]] = Field(default={})
    neighbours_from: str | None = None
    control_count: str | None = None
    placebo_months: int | None = Field(default=None, ge=1, le=600)

    @model_validator(mode="after")
    def _no_covariates(self) -> "BoundedKeys":
        if self.covariates or self.exposure or self.never is not None:
            raise ValueError("covariates, exposure and never are keys of `staged_rollout` alone")
        return self


@dataclass(frozen=True)
class BoundedPanel:
    """A panel at the middle days, and the bounds: days since 1970, `low` and `high` (units,)."""

    panel: Panel
    low: Days
    high: Days
    neighbours: Days | None

    def keep(self, chosen: NDArray[np.bool_]) -> "BoundedPanel":
        """Some of the units.

        `chosen` (units,). Returns the BoundedPanel.
        """
        near = None if self.neighbours is None else self.neighbours[chosen]
        return BoundedPanel(self.panel.keep(chosen), self.low[chosen], self.high[chosen], near)

    def places(self, at: Days) -> tuple[Days, Days]:
        """First whole treated periods of days, and the periods that the days cut.

        `at` (..., units). Returns both (..., units), NEVER where beyond the panel or where none is
        cut.
        """
        calendar = self.panel.calendar
        months = at.astype("datetime64[D]").astype("datetime64[M]")
        is_late = at > months.astype("datetime64[D]").astype(np.int64)
        numbers = months.astype(np.int64) + EPOCH * MONTHS - calendar.start
        place, beyond = np.divmod(numbers, calendar.step)
        cuts = is_late | (beyond > 0)
        first = np.where(cuts, place + 1, place)
        begun = np.where(cuts & (place < calendar.count), place, NEVER)
        return np.where(first >= calendar.count, NEVER, first), begun

    def at(self, days_of_start: Days) -> Panel:
        """The panel with these days of start.

        `days_of_start` (units,). Returns the Panel. Raises Refusal where a unit is treated before
        the second period.
        """
        first, begun = self.places(days_of_start)
        if min(int(first.min()), int(begun.min())) <= 0:
            raise Refusal("a unit is treated before the second period: begin the panel earlier")
        return replace(self.panel, first=first, begun=begun if begun.min() < NEVER else None)

    @property
    def middle(self) -> Days:
        """The middle day of each unit's bounds (units,)."""
        return (self.low + self.high) // 2

    def drawn(self, draws: int, seed: int) -> Days:
        """Days drawn within the bounds, each as likely as another.

        Returns them (draws, units).
        """
        source = np.random.default_rng(seed)
        return source.integers(self.low, self.high + 1, size=(draws, len(self.low)))


def read_bounds(keys: BoundedKeys, table: pl.DataFrame | None) -> tuple[BoundedPanel, BoundedPanel]:
    """Read the panel and its bounds.

    `table` (one row per unit and period). Returns the panel without the units set apart, and the
    one of all units. Raises Refusal for whatever is no panel, bounds that end
    before they begin, and a unit set apart that the table does not have.
    """
    rows = table_of(table)
    names = (keys.count, *((keys.control_count,) if keys.control_count else ()))
    for name in names:
        counts(rows, name)
    low, high = days(rows, keys.first), days(rows, keys.latest)
    if (high < low).any():
        row = int((high < low).arg_max() or 0)
        raise Refusal(f"row {row + 1}: bounds from {low[row]} to {high[row]}, which is earlier")
    middle = low.dt.offset_by(((high - low).dt.total_days() // 2).cast(pl.String) + "d")
    rows = rows.with_columns(middle.alias(MIDDLE))
    by_day = keys.model_copy(update={"first": MIDDLE, "first_is": "day"})
    panel = panel_of(by_day, rows, keys.count, None, names[1:])
    near = _by_unit(keys, rows, keys.neighbours_from) if keys.neighbours_from else None
    bounds = [_by_unit(keys, rows, name) for name in (keys.first, keys.latest)]
    everyone = BoundedPanel(panel, bounds[0], bounds[1], near)
    for unit in {*keys.set_apart, *(name for each in keys.left_out.values() for name in each)}:
        if unit not in panel.units:
            raise Refusal(f"the study names the unit {unit}, which the table does not have")
    chosen = everyone.keep(~np.isin(np.array(panel.units), keys.set_apart))
    refuse_without_comparison(chosen.panel)
    return chosen, everyone


def _by_unit(keys: BoundedKeys, rows: pl.DataFrame, name: str) -> Days:
    """A day of each unit in order of units, as days since 1970; NEVER where the column is empty."""
    found = pl.DataFrame(
        {"unit": texts(rows, keys.unit), "day": column_of(rows, name).cast(pl.Date)}
    )
    by_unit = found.unique().sort("unit")
    if by_unit["unit"].is_duplicated().any():
        unit = by_unit.filter(pl.col("unit").is_duplicated())["unit"][0]
        raise Refusal(f"column {name!r}: unit {unit} has two days")
    return by_unit["day"].to_physical().fill_null(NEVER).cast(pl.Int64).to_numpy()


def checks_at_middle_days(keys: BoundedKeys, held: BoundedPanel, everyone: BoundedPanel) -> Rows:
    """The estimate at the middle days again, on other units, cells, days and counts.

    Returns a row per check: its name, log ratio, jackknife interval and p of shuffled days; or why
    there is none.
    """
    rows: Rows = []
    panel = held.at(held.middle)
    if keys.set_apart:
        rows.append(_check("with_units_set_apart", everyone.at(everyone.middle), keys))
    for name, units in keys.left_out.items():
        stays = held.keep(~np.isin(np.array(panel.units), units))
        rows.append(_check(f"without_{name}", stays.at(stays.middle), keys))
    if held.neighbours is not None:
        first, begun = held.places(held.neighbours)
        start = np.minimum(first, begun)[:, None]
        near = panel.untreated & (np.arange(panel.counts.shape[1]) >= start)
        rows.append(_check("without_units_beside_cameras", panel, keys, near))
    if keys.control_count:
        other = replace(panel, counts=panel.columns[keys.control_count])
        rows.append(_check("control_count", other, keys))
    if keys.placebo_months:
        rows.append(_placebo(keys, held))
    return rows


def _placebo(keys: BoundedKeys, held: BoundedPanel) -> dict[str, Value]:
    """All days some months too early, on the periods before the first cameras could have come."""
    first, begun = held.places(held.low)
    end = int(np.minimum(first, begun).min())
    name = f"placebo_{keys.placebo_months}_months_early"
    early = [_months_earlier(each, keys.placebo_months or 0) for each in held.middle]
    try:
        panel = held.at(np.array(early)).until(end)
    except Refusal as reason:
        return _no_check(name, str(reason))
    return _check(name, panel, keys)


def _months_earlier(day: int, months: int) -> int:
    at = date(EPOCH, 1, 1) + timedelta(days=int(day))
    number = at.year * MONTHS + at.month - 1 - months
    moved = date(number // MONTHS, number % MONTHS + 1, min(at.day, 28))
    return (moved - date(EPOCH, 1, 1)).days


def _check(
    name: str, panel: Panel, keys: BoundedKeys, out: NDArray[np.bool_] | None = None
) -> dict[str, Value]:
    none = np.zeros((0, *panel.counts.shape))
    try:
        refuse_without_comparison(panel)
        found = impute(panel, none, out).log_ratio
        error = jackknife(panel, none, found, out)
    except Refusal as reason:
        return _no_check(name, str(reason))
    # Shuffled days belong to whole panels; where cells are left out the jackknife alone is read.
    chance = shuffled(panel, none, keys.draws, keys.seed) if out is None else None
    return {
        "check": name,
        "log_ratio": found,
        "ci_lo": error.low,
        "ci_hi": error.high,
        "p_randomisation": None if chance is None else share_as_far(chance, found),
        "reason": None,
    }


def _no_check(name: str, reason: str) -> dict[str, Value]:
    figures = dict.fromkeys(("log_ratio", "ci_lo", "ci_hi", "p_randomisation"))
    return {"check": name, **figures, "reason": reason}


def advice(keys: BoundedKeys, checks: Rows, pre_test: float | None) -> list[Gate]:
    """What speaks against an estimate without holding it back.

    `checks` are rows of `checks_of`, `pre_test` the p-value of the periods before. Returns gates.
    """
    p_values = {str(row["check"]): row["p_randomisation"] for row in checks}
    asked: list[tuple[str, Value]] = [("no trend before cameras", pre_test)]
    if keys.control_count:
        p_value = p_values["control_count"]
        asked.append(
            (
                f"no change of {keys.control_count.replace('_', ' ')}, which cameras cannot move",
                p_value,
            )
        )
    if keys.placebo_months:
        name = f"placebo_{keys.placebo_months}_months_early"
        asked.append((f"no change {keys.placebo_months} months too early", p_values[name]))
    return [
        Gate(
            name,
            passed=isinstance(p_value, float) and p_value > LEVEL,
            reason=f"p = {p_value:.2f}" if isinstance(p_value, float) else "could not be tested",
            is_advice=True,
        )
        for name, p_value in asked
    ]
