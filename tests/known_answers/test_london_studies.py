"""London's studies: planned before they ran, found again from the files, and held back."""

import csv
import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from orchestration import paths
from orchestration.evaluation.core import Result
from orchestration.studies.register import read_register, status_of
from orchestration.studies.study import estimate, read_study

FOLDER = paths.PROGRAMMES / "london" / "studies"
STUDIES = ("drug_offences", "recorded_robbery", "recorded_violence")
COUNTED = {
    "violence_count": ("major", "Violence Against the Person"),
    "robbery_count": ("major", "Robbery"),
    "drug_offence_count": ("major", "Drug Offences"),
    "bicycle_theft_count": ("minor", "Bicycle Theft"),
}
TRIAL = {
    *("barnet", "bexley", "brent", "bromley", "camden"),
    *("croydon", "ealing", "havering", "hillingdon", "lewisham"),
}


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def crimes(real_data: Path) -> Counter[tuple[str, str, str, str]]:
    """Crimes by borough, month and kind of category, counted by hand from the published file."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    path = real_data / "uk_mps/mps_borough_crime_2010-04_2022-02.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            borough = row["LookUp_BoroughName"].lower().replace(" ", "_")
            for month, count in row.items():
                if month.isdigit() and "201301" <= month <= "201708":
                    found[borough, month, "major", row["MajorText"]] += int(count)
                    found[borough, month, "minor", row["MinorText"]] += int(count)
    return found


@pytest.fixture(scope="module")
def table(real_data: Path) -> pl.DataFrame:
    """The table of the studies, made again from the files as a person would."""
    dates = {row["area"]: row for row in rows(paths.PROGRAMMES / "london" / "camera_dates.csv")}
    near: dict[str, date] = {}
    for pair in rows(paths.SEEDS / "area_neighbours.csv"):
        day = date.fromisoformat(dates[pair["neighbour_area_id"]]["earliest"])
        near[pair["area_id"]] = min(day, near.get(pair["area_id"], day))
    counted = crimes(real_data)
    return pl.DataFrame(
        [
            {
                "area_id": area,
                "month_start": date(int(month[:4]), int(month[4:]), 1),
                "earliest": date.fromisoformat(dates[area]["earliest"]),
                "latest": date.fromisoformat(dates[area]["latest"]),
                "neighbours_from": near[area],
                **{name: counted[area, month, *kind] for name, kind in COUNTED.items()},
            }
            for area in dates
            for month in sorted({month for _, month, _, _ in counted})
        ]
    )


@pytest.fixture(scope="module")
def found(table: pl.DataFrame) -> dict[str, Result]:
    """What each study finds in that table."""
    return {name: estimate(read_study(FOLDER / f"{name}.yml"), table) for name in STUDIES}


def test_the_table_has_every_borough_and_month_with_its_neighbours(table: pl.DataFrame) -> None:
    assert table.height == 32 * 56
    assert table["neighbours_from"].null_count() == 0
    pairs = {tuple(row.values()) for row in rows(paths.SEEDS / "area_neighbours.csv")}
    assert all((there, here) in pairs for here, there in pairs)
    assert len(pairs) == 126


@pytest.mark.parametrize("name", STUDIES)
def test_the_plan_was_registered_as_it_stands_and_explores(name: str) -> None:
    study = read_study(FOLDER / f"{name}.yml")
    register = paths.STUDIES / "register.csv"
    hashes = [entry.study_sha256 for entry in read_register(register)]
    assert study.sha256 in hashes
    status = status_of(study, register)
    assert status.word == "exploratory"
    assert "when its outcomes had begun on 2013-01-01" in status.reason
    assert study.evidence is not None
    assert "the smallest fall found with 80 % power is" in " ".join(study.evidence.design.split())


def test_all_three_set_the_boroughs_of_the_trial_apart_and_share_days_draws_and_control() -> None:
    plans = [read_study(FOLDER / f"{name}.yml").keys.model_dump() for name in STUDIES]
    own = ("count", "outcome")
    shared = [{key: value for key, value in plan.items() if key not in own} for plan in plans]
    assert shared[0] == shared[1] == shared[2]
    assert set(shared[0]["set_apart"]) == TRIAL
    trial = {
        row["area"]
        for row in rows(paths.PROGRAMMES / "london" / "camera_dates.csv")
        if row["in_trial"] == "true"
    }
    assert trial == TRIAL
    assert shared[0]["control_count"] == "bicycle_theft_count"
    assert (shared[0]["date_draws"], shared[0]["seed"]) == (500, 20161017)


@pytest.mark.parametrize("name", STUDIES)
def test_no_draw_of_days_keeps_three_months_of_comparison_so_the_estimate_is_held_back(
    name: str, found: dict[str, Result]
) -> None:
    ours = found[name]
    assert ours.estimate is ours.interval_low is ours.interval_high is ours.p_value is None
    assert ours.gates[0].name == "enough for a staged roll-out"
    assert ours.gates[0].reason.startswith("0 of 500 draws of days meet it; units: 22, needed 8;")
    assert ours.summary.startswith("Not enough data for an estimate (months of the wave least")
    assert (ours.values["units_with_a_day"], ours.values["units_bounded"]) == (8, 14)
    low, middle, high = (
        float(ours.values[f"date_draws_{each}"] or 0) for each in ("lowest", "median", "highest")
    )
    assert low < middle < high


@pytest.mark.parametrize("name", STUDIES)
def test_every_check_that_was_planned_ran(name: str, found: dict[str, Result]) -> None:
    checks = [row["check"] for row in found[name].tables["checks"]]
    assert checks == [
        "with_units_set_apart",
        "without_merged_command_units",
        "without_boroughs_attacked_in_2017",
        "without_units_beside_cameras",
        "control_count",
        "placebo_24_months_early",
    ]
    names = [gate.name for gate in found[name].gates if gate.is_advice]
    assert names[1:] == [
        "no trend before cameras",
        "no change of bicycle theft count, which cameras cannot move",
        "no change 24 months too early",
    ]


@pytest.mark.parametrize("name", STUDIES)
def test_the_release_holds_plan_draws_result_and_every_gate(
    name: str, found: dict[str, Result], real_release: Path
) -> None:
    released = {
        table: pl.read_parquet(real_release / "internal/parquet" / f"fct_{table}.parquet").filter(
            study_id=f"london_{name}"
        )
        for table in ("studies", "study_gates", "study_values", "study_points")
    }
    [row] = released["studies"].to_dicts()
    assert row["estimate"] is None
    assert row["study_status"] == "exploratory"
    assert row["words"] == found[name].summary
    gates = released["study_gates"].sort("gate_order")
    assert gates["gate_name"].to_list() == [gate.name for gate in found[name].gates]
    assert gates["gate_reason"].to_list() == [gate.reason for gate in found[name].gates]
    numbers = dict(released["study_values"].select("value_name", "value_number").iter_rows())
    for figure, value in found[name].figures.items():
        if isinstance(value, float):
            assert numbers[figure] == pytest.approx(value, abs=1e-9), figure
    assert numbers["date_draws"] == 500
    assert released["study_points"].is_empty()
