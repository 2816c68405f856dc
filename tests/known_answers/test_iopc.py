"""Police complaints by force as the Independent Office for Police Conduct prints them."""

import csv
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.real_data import real_path

FINALISED = "record/data/iopc_finalised_complaints_by_force.csv"
LOGGED = "record/data/iopc_allegations_logged_2024_25_partial.csv"
# The totals that the table itself prints.
OUTSIDE, UNDER = 60_031, 31_687


def figures(release: Path, metric_id: str) -> pl.DataFrame:
    """The released rows of a metric for the forces, regions and nation of England and Wales."""
    metrics = pl.read_parquet(release / "internal/parquet/fct_metrics.parquet")
    return metrics.filter(metric_id=metric_id, programme_id="england_and_wales")


def printed(name: str) -> list[dict[str, str]]:
    """The rows of a real file."""
    with real_path(name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def one(rows: pl.DataFrame, **row: Any) -> dict[str, Any]:
    """The one row that is meant."""
    return rows.filter(**row).row(0, named=True)


def test_forces_and_transport_police_make_the_printed_totals(real_release: Path) -> None:
    rows = figures(real_release, "finalised_complaint_cases").filter(breakdown="schedule")
    for schedule, total in (("outside Schedule 3", OUTSIDE), ("under Schedule 3", UNDER)):
        ends = [
            one(rows, area_id=area, breakdown_value=schedule)["numerator"]
            for area in ("england_and_wales", "outside_forces")
        ]
        assert sum(ends) == total


def test_a_force_has_its_cases_and_days_of_the_year_to_march(real_release: Path) -> None:
    force = next(row for row in printed(FINALISED) if row["force"] == "West Mercia")
    outside, under = int(force["cases_outside_schedule_3"]), int(force["cases_under_schedule_3"])
    days = (
        outside * int(force["mean_days_outside"])
        + under * int(force["mean_days_under_with_suspension"])
    ) / (outside + under)
    whole = {"area_id": "west_mercia", "breakdown": "all"}
    cases = one(figures(real_release, "finalised_complaint_cases"), **whole)
    assert (cases["period_grain"], str(cases["period_start"])) == ("year", "2024-04-01")
    assert cases["numerator"] == outside + under
    waited = one(figures(real_release, "days_to_finalise_complaints"), **whole)
    assert waited["value"] == pytest.approx(days, rel=1e-9)


def test_allegations_stand_at_the_forces_that_are_known_and_at_no_sum_of_them(
    real_release: Path,
) -> None:
    rows = figures(real_release, "allegations_logged")
    known = printed(LOGGED)
    whole = rows.filter(breakdown="all", status="final")
    assert whole.height == len(known)
    assert whole["numerator"].sum() == sum(int(row["allegations_logged"]) for row in known)
    assert "england_and_wales" not in whole["area_id"].to_list()
    kinds = rows.filter(breakdown="allegation_kind", area_id="metropolitan")
    met = next(row for row in known if row["force"] == "Metropolitan")
    assert kinds["numerator"].sum() == int(met["allegations_logged"])
