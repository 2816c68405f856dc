"""Courts and crime of England and Wales, counted a second time from the delivered files."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

MAGISTRATES = "uk_moj/moj_magistrates_outcomes_2018_by_force.csv.gz"
BOROUGHS = (
    "uk_mps/mps_borough_crime_2010-04_2022-02.csv.gz",
    "uk_mps/mps_borough_crime_2022-02_2024-02.csv.gz",
)
SPECIAL = "Special/miscellaneous and unknown police forces"
GOES_ON = {"06: Committed for trial", "01: FTA"}
DEALT_WITH = ("Offender ", "Defendant ", "Local resolution", "Suspect charged", "Awaiting court")


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The file's records, one dictionary each."""
    with gzip.open(path, "rt", newline="") as lines:
        yield from csv.DictReader(lines)


def released(release: Path, metric: str, area: str, grain: str) -> pl.DataFrame:
    """Released rows of a metric that are not broken down, for one area and length of period."""
    return pl.read_parquet(release / "internal/parquet" / "fct_metrics.parquet").filter(
        (pl.col("programme_id") == "england_and_wales")
        & (pl.col("metric_id") == metric)
        & (pl.col("area_id") == area)
        & (pl.col("period_grain") == grain)
        & (pl.col("breakdown") == "all")
    )


def test_magistrates_convictions_are_those_of_the_forces_and_not_of_special_ones(
    real_data: Path, real_release: Path
) -> None:
    completed, convicted = Counter[str](), Counter[str]()
    for row in rows(real_data / MAGISTRATES):
        if row["force_code"] == SPECIAL or row["outcome"] in GOES_ON:
            continue
        completed[row["quarter"]] += int(row["n"])
        if row["convicted_not_convicted"].startswith("01"):
            convicted[row["quarter"]] += int(row["n"])
    found = released(real_release, "magistrates_conviction_share", "england_and_wales", "quarter")
    by_quarter = {
        f"Q{start.month // 3 + 1}": (int(up), int(down))
        for start, up, down in found.select("period_start", "numerator", "denominator").rows()
    }
    assert by_quarter == {name: (convicted[name], completed[name]) for name in completed}


def test_borough_crimes_add_up_to_the_columns_of_the_publications(
    real_data: Path, real_release: Path
) -> None:
    counted = Counter[str]()
    for file in BOROUGHS:
        for row in rows(real_data / file):
            counted.update({head: int(row[head]) for head in row if head.isdigit()})
    found = released(real_release, "recorded_crimes", "metropolitan", "month")
    by_month = {
        start.strftime("%Y%m"): int(count)
        for start, count in found.select("period_start", "numerator").rows()
    }
    assert by_month == dict(counted)


def test_crimes_of_three_forces_are_never_printed_as_the_nations(real_release: Path) -> None:
    for metric in ("crime_outcome_share", "recorded_crimes"):
        for area in ("england_and_wales", "london", "west_midlands_region"):
            assert released(real_release, metric, area, "month")["value"].drop_nulls().is_empty()
    of_a_force = released(real_release, "crime_outcome_share", "west_mercia", "month")
    assert len(of_a_force["value"].drop_nulls()) == 5


def test_crimes_dealt_with_are_those_of_the_street_files(
    real_data: Path, real_release: Path
) -> None:
    dealt_with = known = 0
    for file in sorted((real_data / "uk_police_data").glob("*-west-mercia-street.csv.gz")):
        for row in rows(file):
            outcome = row["Last outcome category"]
            if outcome and outcome != "Status update unavailable":
                known += 1
                dealt_with += outcome.startswith(DEALT_WITH) or outcome.startswith("Court ")
    found = released(real_release, "crime_outcome_share", "west_mercia", "month")
    assert (found["numerator"].sum(), found["denominator"].sum()) == (dealt_with, known)


def test_an_early_plea_is_not_supplied_and_the_reason_is_there(real_release: Path) -> None:
    found = pl.read_parquet(real_release / "internal/parquet" / "fct_metrics.parquet").filter(
        (pl.col("programme_id") == "england_and_wales")
        & (pl.col("metric_id") == "early_guilty_plea")
    )
    assert set(found["status"]) == {"not_supplied"}
    assert all("who pleaded" in reason for reason in found["status_reason"])
