"""Chicago's complaints, counted a second time from the delivered files, slowly and plainly."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

LOGS = "chicago/chi_complaints_clear_2010_2020.csv.gz"
CATEGORIES = "chicago/chi_complaint_categories_clear_2010_2019.csv.gz"
OLD_FORM = "chicago/chi_use_of_force_trr_2010_2018.csv.gz"
NEW_FORM = "chicago/chi_use_of_force_trr_2017_2021.csv.gz"
OFFICERS = "chicago/chi_officers_by_district_month.csv"
BASELINE = ("2014-06-01", "2016-05-31")
COMPARISON = ("2018-01-01", "2018-12-31")
CHANGED_FORM = date(2017, 10, 16)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The file's records, one dictionary each."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    yield from csv.DictReader(text.decode().splitlines(keepends=True))


def metric(release: Path, metric_id: str) -> pl.DataFrame:
    """The released rows of one metric for the city."""
    released = pl.read_parquet(release / "internal/parquet" / "fct_metrics.parquet")
    return released.filter(
        (pl.col("programme_id") == "chicago")
        & (pl.col("metric_id") == metric_id)
        & (pl.col("area_id") == "city")
    )


def is_force(code: str) -> bool:
    """Whether a published category alleges force by an officer."""
    if code.startswith("05"):
        return code[2] in "ABCDEFGHMNPQZ"
    return code.startswith("S") and (1 <= int(code[1:]) <= 108 or 117 <= int(code[1:]) <= 126)


def within(day: str, period: tuple[str, str]) -> bool:
    return period[0] <= day <= period[1]


@pytest.fixture(scope="module")
def officer_months(real_data: Path) -> dict[tuple[str, str], int]:
    """Officer-months of the districts in the two periods that are compared."""
    return {
        period: sum(
            int(row["officers_assigned"])
            for row in rows(real_data / OFFICERS)
            if within(row["month_start"], period) and row["district"] not in {"13", "21", "23"}
        )
        for period in (BASELINE, COMPARISON)
    }


def test_complaints_by_year_and_status_are_those_of_the_file(
    real_data: Path, real_release: Path
) -> None:
    counted = Counter(
        (int(row["complaint_date"][:4]), row["current_status"]) for row in rows(real_data / LOGS)
    )
    released = metric(real_release, "complaints").filter(
        (pl.col("breakdown") == "complaint_status") & (pl.col("period_grain") == "month")
    )
    years = (
        released.with_columns(year=pl.col("period_start").dt.year())
        .group_by("year", "breakdown_value")
        .agg(pl.col("numerator").sum())
    )
    assert {(year, status): int(count) for year, status, count in years.rows()} == {
        key: count for key, count in counted.items() if key[0] <= 2018
    }


def test_every_complaint_log_is_accounted_for(real_data: Path, real_release: Path) -> None:
    ledger = pl.read_parquet(real_release / "internal/parquet" / "fct_load_ledger.parquet")
    logs = ledger.filter(pl.col("table_name") == "complaint_logs").to_dicts()
    assert [(row["records"], row["accepted"], row["rejected"]) for row in logs] == [
        (98_857, sum(1 for _ in rows(real_data / LOGS)), 0)
    ]


def test_the_change_of_complaints_is_worked_out_from_the_file(
    real_data: Path, real_release: Path, officer_months: dict[tuple[str, str], int]
) -> None:
    days = [row["complaint_date"] for row in rows(real_data / LOGS)]
    before, after = (sum(within(day, period) for day in days) for period in (BASELINE, COMPARISON))
    change = city_change(real_release, "complaints_per_1000_officers")
    assert (change["baseline_events"], change["comparison_events"]) == (before, after)
    expected = after / officer_months[COMPARISON] / (before / officer_months[BASELINE]) - 1
    assert change["change_percent"] == pytest.approx(100 * expected)
    assert change["change_percent"] == pytest.approx(-20.5, abs=0.1)


def test_force_complaints_count_both_families_of_codes(
    real_data: Path, real_release: Path, officer_months: dict[tuple[str, str], int]
) -> None:
    force = {
        row["cr_id"]: row["complaint_date"]
        for row in rows(real_data / CATEGORIES)
        if is_force(row["category_code"])
    }
    before, after = (
        sum(within(day, period) for day in force.values()) for period in (BASELINE, COMPARISON)
    )
    change = city_change(real_release, "force_complaints_per_1000_officers")
    assert (change["baseline_events"], change["comparison_events"]) == (before, after)
    expected = after / officer_months[COMPARISON] / (before / officer_months[BASELINE]) - 1
    assert change["change_percent"] == pytest.approx(100 * expected)


def city_change(release: Path, metric_id: str) -> dict[str, float]:
    """The one change released for the city and a metric."""
    changes = pl.read_parquet(release / "internal/parquet" / "fct_changes.parquet")
    found = changes.filter(
        (pl.col("programme_id") == "chicago")
        & (pl.col("metric_id") == metric_id)
        & (pl.col("area_id") == "city")
    )
    return found.row(0, named=True)


def test_no_use_of_force_report_is_counted_twice_where_the_forms_overlap(
    real_data: Path, real_release: Path
) -> None:
    counted: Counter[str] = Counter()
    for row in rows(real_data / OLD_FORM):
        if row["trr_date"] < "2017-10-16":
            counted[row["trr_date"][:7]] += 1
    new = {row["trr_id"]: row["trr_date"] for row in rows(real_data / NEW_FORM)}
    counted.update(day[:7] for day in new.values())
    released = metric(real_release, "force_reports_per_1000_officers").filter(
        (pl.col("period_grain") == "month") & (pl.col("breakdown") == "all")
    )
    months = {
        start.isoformat()[:7]: None if count is None else int(count)
        for start, count in released.select("period_start", "numerator").rows()
    }
    # The form changed within October 2017, so its two halves are not added up.
    expected: dict[str, int | None] = {
        month: counted[month] for month in counted if "2012-01" <= month <= "2018-12"
    }
    assert months == expected | {"2017-10": None}


def test_force_reports_are_not_added_up_over_the_change_of_their_form(real_release: Path) -> None:
    released = metric(real_release, "force_reports_per_1000_officers").filter(
        pl.col("period_start") < CHANGED_FORM, pl.col("period_end") >= CHANGED_FORM
    )
    assert set(released["period_grain"]) == {"month", "quarter", "year", "window"}
    assert released["value"].null_count() == len(released)
