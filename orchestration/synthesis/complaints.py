"""Synthetic complaints with their reporting lag, allegations, force reports and workforce."""

import numpy as np
import polars as pl

from orchestration.synthesis.world import Floats, Integers, World, numbered, season

# Complaint cases per officer and year; fewer were counted before the reform of February 2020.
CASES_PER_OFFICER_YEAR = 0.17
# Log-scale change of the rate once an area has cameras: written in, not found.
CHANGE_AFTER_CAMERAS = -0.12
OVERDISPERSION = 0.03
# Days from incident to logging: median 14, nine in ten within 90.
LAG_MEDIAN, LAG_SPREAD = 14, 1.45
CLOSING_MEDIAN, CLOSING_SPREAD = 95, 0.7
EXTRA_ALLEGATIONS = 0.66
ALLEGATIONS = (
    "use_of_force", "incivility", "search", "arrest_or_custody", "failure_in_duty",
    "discrimination", "other",
)  # fmt: skip
ALLEGATION_SHARES = (0.12, 0.2, 0.1, 0.13, 0.33, 0.05, 0.07)
OUTCOMES = ("upheld", "not_upheld", "resolved_locally")
OUTCOME_SHARES = (0.1, 0.5, 0.4)
FORCE_REPORTS_PER_OFFICER_YEAR = 0.5
WARM_UP_DAYS = 365


def workforce(world: World) -> pl.DataFrame:
    """Officers of every area on the first of each month, with a slow drift."""
    draw = world.random("workforce")
    last = pl.select(pl.lit(world.first_day).dt.offset_by(f"{world.days - 1}d")).item()
    months = pl.date_range(world.first_day, last, "1mo", eager=True)
    drift = np.cumsum(draw.normal(0, 0.004, (len(world.areas), len(months))), axis=1)
    counted = np.rint(world.headcounts[:, None] * np.exp(drift)).astype(np.int64)
    area, month = np.indices(counted.shape).reshape(2, -1)
    return pl.DataFrame(
        {
            "borough": world.named(area),
            "month_start": months.gather(month),
            "officer_headcount": counted.ravel(),
        }
    )


def camera_starts(world: World) -> pl.DataFrame:
    """The day on which the camera team of each area began."""
    return pl.DataFrame({"borough": world.areas, "cameras_from": world.dates(world.camera_days)})


def cases(world: World) -> pl.DataFrame:
    """One row per complaint logged in the window; incidents may lie in the year before it."""
    draw = world.random("complaints")
    day = np.arange(-WARM_UP_DAYS, world.days)
    counts = draw.poisson(
        _expected(world) * draw.gamma(1 / OVERDISPERSION, OVERDISPERSION, day.size)
    )
    area, position = np.nonzero(counts)
    repeats = counts[area, position]
    area, incident = np.repeat(area, repeats), np.repeat(day[position], repeats)
    lag = draw.lognormal(np.log(LAG_MEDIAN), LAG_SPREAD, area.size).astype(np.int64)
    logged = incident + lag
    kept = (logged >= 0) & (logged < world.days)
    area, incident, logged = area[kept], incident[kept], logged[kept]
    order = np.lexsort((area, logged))
    return _described(world, area[order], incident[order], logged[order])


def _expected(world: World) -> Floats:
    """Complaint-worthy incidents per area (rows) and day (columns)."""
    day = np.arange(-WARM_UP_DAYS, world.days)
    by_area = world.headcounts * CASES_PER_OFFICER_YEAR / 365 * world.complaint_multipliers
    with_cameras = day >= world.camera_days[:, None]
    changed = np.exp(CHANGE_AFTER_CAMERAS * with_cameras)
    expected: Floats = by_area[:, None] * season(day) * changed
    return expected


def _described(world: World, area: Integers, incident: Integers, logged: Integers) -> pl.DataFrame:
    draw = world.random("complaint details")
    count = area.size
    closing = draw.lognormal(np.log(CLOSING_MEDIAN), CLOSING_SPREAD, count).astype(np.int64)
    closed = logged + closing
    is_closed = closed < world.days
    outcome = pl.Series(draw.choice(OUTCOMES, count, p=OUTCOME_SHARES))
    return pl.DataFrame(
        {
            "complaint_id": numbered("CO", np.arange(1, count + 1), 7),
            "complainant_reference": numbered("SYNP", draw.integers(0, 3 * count, count), 7),
            "complainant_name": numbered("Synthetic Complainant ", np.arange(count), 6),
            "borough": world.named(area),
            "incident_date": world.dates(incident, draw.random(count) >= 0.05),
            "logged_date": world.dates(logged),
            "closed_date": world.dates(closed, is_closed),
            "status": pl.Series(np.where(is_closed, "closed", "open")),
            "outcome": pl.select(pl.when(pl.Series(is_closed)).then(outcome)).to_series(),
        }
    )


def allegations(world: World, complaints: pl.DataFrame) -> pl.DataFrame:
    """One to several allegations per complaint, numbered within it."""
    draw = world.random("allegations")
    each = 1 + draw.poisson(EXTRA_ALLEGATIONS, len(complaints))
    complaint = np.repeat(np.arange(len(complaints)), each)
    first = np.repeat(np.cumsum(each) - each, each)
    return pl.DataFrame(
        {
            "complaint_id": complaints["complaint_id"].gather(complaint),
            "allegation_number": np.arange(complaint.size) - first + 1,
            "logged_date": complaints["logged_date"].gather(complaint),
            "category": pl.Series(draw.choice(ALLEGATIONS, complaint.size, p=ALLEGATION_SHARES)),
        }
    )


def force_reports(world: World) -> pl.DataFrame:
    """One row per report of force used, in order of date."""
    draw = world.random("force reports")
    day = np.arange(world.days)
    by_area = world.headcounts * FORCE_REPORTS_PER_OFFICER_YEAR / 365
    counts = draw.poisson(by_area * season(day)[:, None])
    on_day, area = np.nonzero(counts)
    repeats = counts[on_day, area]
    on_day, area = np.repeat(on_day, repeats), np.repeat(area, repeats)
    return pl.DataFrame(
        {
            "report_id": numbered("F", np.arange(1, area.size + 1), 7),
            "borough": world.named(area),
            "report_date": world.dates(on_day),
        }
    )
