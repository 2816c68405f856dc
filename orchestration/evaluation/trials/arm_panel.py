"""The design `arm_panel`: an officer trial known only as counts by area, period and arm."""

from datetime import date, timedelta
from math import log, sqrt
from typing import Self

import polars as pl
from pydantic import Field, model_validator

from orchestration.evaluation.columns import counts, days, labels, numbers, table_of
from orchestration.evaluation.core import (
    Design,
    Gate,
    Gives,
    Refusal,
    Result,
    Rows,
    Value,
    rate_difference_scale,
)
from orchestration.evaluation.rates.contrasts import DETECTABLE, Z_95
from orchestration.evaluation.timing import DatedKeys, refuse_by_days
from orchestration.evaluation.wording import describe_interval

CALENDAR = "periods clear of breaks and of the data cut"


class ArmPanelKeys(DatedKeys):
    """Columns of the panel, the window taken from it, and the window of the trial.

    `days` is the length of a period. Periods that begin within `window` are taken: (0, 210) are
    seven of 30 days. `whole_window` is the length of the window that the trial itself used. The
    change of both arms since `before_window` is printed next to them. `named` is the outcome in
    words. `published_error` is the standard error that the publication prints for this contrast,
    made from rows of officers: without it the error is that of chance alone. `day_zero` is the date
    of day 0, or `day_zero_in` a column with it where areas began on
    different days: `breaks` and `data_cut` are compared with the dates that follow.
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
    published_error: float | None = Field(default=None, gt=0)
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


def refuse_by_calendar(keys: ArmPanelKeys, table: pl.DataFrame) -> tuple[Gate, tuple[str, ...]]:
    """Check the days counted against breaks and the data cut.

    `table` (one row per area, arm and period). The days run from the first of either window, where
    day 0 came first, to the last of the window, where it came last. Returns a Gate and the notes on
    breaks. Raises Refusal as `refuse_by_days` does.
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


def _day_zero(keys: ArmPanelKeys, table: pl.DataFrame) -> tuple[date, date] | None:
    """The first and the last day that is day 0 of any area."""
    if keys.day_zero_in is not None:
        found = days(table, keys.day_zero_in)
        return found.min(), found.max()  # type: ignore[return-value]
    return None if keys.day_zero is None else (keys.day_zero, keys.day_zero)


DAYS_A_YEAR = 365.25
TOO_NARROW = (
    "Counts by arm do not show how officers differ: these intervals allow for chance alone "
    "(Poisson) and are too narrow, and no p-value is given."
)

AS_PUBLISHED = (
    "The width of the interval is that of the standard error in the publication's own table, made "
    "from rows of officers over all days of the trial; the counts by arm alone would give a "
    "narrower one."
)


def arm_panel(keys: ArmPanelKeys, given: pl.DataFrame | None) -> Result:
    """Differences of yearly rates by area, and over all officers, each weighted by its chance.

    `given` (one row per area, arm and period). The window's share of the trial's own is part of the
    label. Returns a Result in events a year per `per` officers. Raises Refusal for a missing cell,
    an area with one arm, numbers of officers that change within the window, and dates of the window
    that run over a break or are not complete yet.
    """
    table = table_of(given)
    cells = _cells(keys, table, keys.window)
    dated, spanned = refuse_by_calendar(keys, table)
    span = keys.window[1] - keys.window[0]
    values, areas = _differences(cells, keys.per * DAYS_A_YEAR / span)
    values |= _change(keys, table, cells)
    label = f"{span} of {keys.whole_window} days"
    unit, scale = f"per {keys.per:,.0f} officers a year", rate_difference_scale(keys.per)
    gap, error = float(values["estimate"] or 0), float(values["poisson_se"] or 0)
    error = keys.published_error or error
    interval = gap - Z_95 * error, gap + Z_95 * error
    named = keys.named or keys.outcome.replace("_", " ").capitalize()
    summary = describe_interval(named, interval, scale, "randomised", unit=unit)
    return Result(
        design="arm_panel",
        measure=f"difference, {unit}, {label}",
        scale=scale,
        method="difference of rates by area, areas weighted by their officers",
        values=values | {"label": label},
        tables={"areas": areas},
        estimate=gap,
        standard_error=error,
        interval_low=interval[0],
        interval_high=interval[1],
        smallest_detectable=None if keys.published_error is None else DETECTABLE * error,
        gates=(_gate_of_rows(keys), dated),
        notes=(f"Known for {label}.", _error_in_words(keys), *spanned),
        is_randomised=True,
        summary=f"{label}. {_counted(cells)} {summary} {_error_in_words(keys)}",
    )


Cell = tuple[float, float]


def _error_in_words(keys: ArmPanelKeys) -> str:
    return TOO_NARROW if keys.published_error is None else AS_PUBLISHED


def _gate_of_rows(keys: ArmPanelKeys) -> Gate:
    """Whether the error comes from rows of officers; else the interval is called narrow."""
    has_rows = keys.published_error is not None
    reason = _error_in_words(keys)
    return Gate("rows of officers", passed=has_rows, reason=reason, is_advice=True)


def _differences(
    cells: dict[str, tuple[Cell, Cell]], yearly: float
) -> tuple[dict[str, Value], Rows]:
    """The difference over all, areas weighted by their officers, and that of each area."""
    areas: Rows = []
    total = sum(n1 + n0 for (_, n1), (_, n0) in cells.values())
    gap = variance = control = 0.0
    for area, ((a, n1), (b, n0)) in cells.items():
        share = (n1 + n0) / total
        here, error = yearly * (a / n1 - b / n0), yearly * sqrt(a / n1**2 + b / n0**2)
        areas.append({"area": area, "difference": here, "poisson_se": error})
        gap += share * here
        variance += (share * error) ** 2
        control += share * yearly * b / n0
    overall: dict[str, Value] = {"estimate": gap, "poisson_se": sqrt(variance)}
    return overall | {"control_rate": control}, areas


def _counted(cells: dict[str, tuple[Cell, Cell]]) -> str:
    treated, control = (
        tuple(sum(pair[arm][part] for pair in cells.values()) for part in (0, 1)) for arm in (0, 1)
    )
    return (
        f"{treated[0]:,.0f} counted for {treated[1]:,.0f} officers allocated a camera, "
        f"{control[0]:,.0f} for {control[1]:,.0f} others."
    )


def _change(
    keys: ArmPanelKeys, table: pl.DataFrame, cells: dict[str, tuple[Cell, Cell]]
) -> dict[str, Value]:
    """Log ratio of both arms' rate within the window to that before, where one is named."""
    if keys.before_window is None:
        return {}
    windows = (keys.window, cells), (keys.before_window, _cells(keys, table, keys.before_window))
    after, before = (
        sum(events for pair in found.values() for events, _ in pair) / (last - first)
        for (first, last), found in windows
    )
    if min(after, before) == 0:
        raise Refusal("no event before or within the window: no change can be given")
    return {"before_after_log_ratio": log(after / before)}


def _cells(
    keys: ArmPanelKeys, table: pl.DataFrame, window: tuple[int, int]
) -> dict[str, tuple[Cell, Cell]]:
    """Events and officers (treated, control) of every area, in the order of their names."""
    start = numbers(table, keys.period)
    rows = pl.DataFrame(
        {
            "area": labels(table, keys.area),
            "arm": labels(table, keys.arm),
            "start": start,
            "events": counts(table, keys.outcome),
            "officers": numbers(table, keys.officers, above=0),
        }
    ).filter((pl.col("start") >= window[0]) & (pl.col("start") < window[1]))
    wanted = (window[1] - window[0]) // keys.days
    found = {}
    for area in sorted(set(rows["area"])):
        pair = [_cell(rows, area, arm, wanted) for arm in (keys.treated, keys.control)]
        found[area] = (pair[0], pair[1])
    if not found:
        raise Refusal(f"no period begins within days {window[0]} to {window[1]}")
    return found


def _cell(rows: pl.DataFrame, area: str, arm: str, wanted: int) -> Cell:
    part = rows.filter((pl.col("area") == area) & (pl.col("arm") == arm))
    if part["start"].n_unique() != wanted or part.height != wanted:
        raise Refusal(
            f"area {area!r}, arm {arm!r}: {part.height} periods within the window, needed "
            f"{wanted}, each once: missing cells in a panel are not counted as zero"
        )
    if part["officers"].n_unique() != 1:
        raise Refusal(f"area {area!r}, arm {arm!r}: the number of officers changes")
    return float(part["events"].sum()), float(part["officers"][0])


ARM_PANEL = Design(
    "arm_panel",
    ArmPanelKeys,
    arm_panel,
    "An officer trial as counts by area, period and arm: differences by area and over all, "
    "labelled with the days that are known.",
    """\
design: arm_panel
title: Complaints in two districts, sixty of the trial's sixty-two days
question: Did officers allocated a camera have fewer complaints?
keys: {outcome: complaints, window: [0, 60], whole_window: 62}
inline:
  area: [a, a, a, a, b, b, b, b]
  arm: ["1", "1", "0", "0", "1", "1", "0", "0"]
  period_start: [0, 30, 0, 30, 0, 30, 0, 30]
  officers: [142, 142, 142, 142, 137, 137, 137, 137]
  complaints: [3, 2, 1, 4, 5, 3, 4, 4]
""",
    gives=Gives(
        values=("estimate", "poisson_se", "control_rate", "label"),
        sometimes=("before_after_log_ratio",),
        tables={"areas": ("area", "difference", "poisson_se")},
    ),
)
