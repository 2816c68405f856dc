"""Every fault asked for is there as often as truth.json says, and no other row is touched."""

from collections import Counter
from pathlib import Path

import pytest

from orchestration.synthetic_data.faults import FAULTS
from tests.synthetic_data.conftest import SEED, SMALL, Synthetic, written
from tests.synthetic_data.slow_files import Files, Row, moment

SIZE = 4 * SMALL


def by_id(made: Synthetic) -> dict[str, Row]:
    return {row["recording_id"]: row for row in Files(made)("recordings")}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Synthetic:
    return written(tmp_path_factory.mktemp("sound"), "london", SIZE, SEED, [])


def spoiled(folder: Path, *names: str) -> Synthetic:
    return written(folder / "spoiled", "london", SIZE, SEED, list(names))


def changed(sound: Synthetic, made: Synthetic) -> dict[str, set[str]]:
    """Names of the changed columns by recording."""
    before, after = by_id(sound), by_id(made)
    assert before.keys() == after.keys()
    return {
        key: {name for name in row if row[name] != after[key][name]}
        for key, row in before.items()
        if row != after[key]
    }


@pytest.mark.parametrize(
    ("fault", "columns"),
    [
        ("dock_owner", {"staff_id"}),
        ("stale_ids", {"staff_id"}),
        ("midnight", {"recorded_from", "triggered_from"}),
        ("late_upload", {"uploaded_at"}),
        ("clock_drift", {"recorded_from", "triggered_from", "recorded_to", "triggered_to"}),
    ],
)
def test_a_fault_changes_its_own_columns_in_as_many_rows_as_it_says(
    sound: Synthetic, tmp_path: Path, fault: str, columns: set[str]
) -> None:
    made = spoiled(tmp_path, fault)
    rows = changed(sound, made)
    assert set().union(*rows.values()) == columns
    assert len(rows) == made.truth["planted_faults"][fault] > 0


def test_a_dock_owner_serves_in_the_same_area_and_a_stale_number_is_on_no_roster(
    sound: Synthetic, tmp_path: Path
) -> None:
    made = spoiled(tmp_path, "dock_owner", "stale_ids")
    area = {row["staff_id"]: row["published_area"] for row in Files(made)("officers")}
    before, after = by_id(sound), by_id(made)
    stale = [row for row in after.values() if row["staff_id"] not in area]
    assert len(stale) == made.truth["planted_faults"]["stale_ids"]
    moved = [key for key, row in after.items() if row["staff_id"] in area]
    assert all(area[before[key]["staff_id"]] == area[after[key]["staff_id"]] for key in moved)


def test_a_midnight_stamp_loses_the_time_and_keeps_the_day(
    sound: Synthetic, tmp_path: Path
) -> None:
    made = spoiled(tmp_path, "midnight")
    before, after = by_id(sound), by_id(made)
    stamped = changed(sound, made)
    assert len(stamped) == made.truth["planted_faults"]["midnight"] > 0
    for key in stamped:
        time = moment(after[key]["recorded_from"])
        assert time.isoformat().endswith("T00:00:00")
        assert time.date() == moment(before[key]["recorded_from"]).date()


def test_a_duplicate_is_the_same_row_again(tmp_path: Path) -> None:
    made = spoiled(tmp_path, "duplicates")
    rows = Counter(tuple(row.items()) for row in Files(made)("recordings"))
    assert set(rows.values()) == {1, 2}
    assert sum(count - 1 for count in rows.values()) == made.truth["planted_faults"]["duplicates"]


def test_a_corrected_file_puts_right_what_the_first_had_wrong(
    sound: Synthetic, tmp_path: Path
) -> None:
    made = spoiled(tmp_path, "corrections")
    rows = list(Files(made)("recordings"))
    right = by_id(sound)
    wrong = {row["recording_id"] for row in rows if row != right[row["recording_id"]]}
    twice = {key for key, n in Counter(row["recording_id"] for row in rows).items() if n == 2}
    assert wrong == twice
    assert len(twice) == made.truth["planted_faults"]["corrections"]
    corrected = {path.name for path in made.folder.glob("*_corrected.csv")}
    assert corrected == {f"recordings_{year}_corrected.csv" for year in (2017, 2018, 2019)}


def test_an_unclosed_quote_costs_the_file_it_is_in_and_is_counted(tmp_path: Path) -> None:
    made = spoiled(tmp_path, "unclosed_quote")
    text = (made.folder / "recordings_unclosed.csv").read_text()
    planted = made.truth["planted_faults"]
    assert text.count('"') == planted["unclosed_quote"] == 1
    assert text.count("\n") - 1 == planted["unclosed_quote_rows"]
    sound_rows = sum(
        path.read_text().count("\n") - 1
        for path in made.folder.glob("recordings_*.csv")
        if "unclosed" not in path.name
    )
    assert sound_rows + planted["unclosed_quote_rows"] == SIZE


def test_bad_rows_are_of_four_kinds_each_counted(tmp_path: Path) -> None:
    made = spoiled(tmp_path, "bad_rows")
    rows = list(Files(made)("recordings"))
    planted = made.truth["planted_faults"]
    found = {
        "bad_rows_impossible_date": sum("02-30" in row["recorded_from"] for row in rows),
        "bad_rows_negative_length": sum(row["duration_seconds"] == "-60" for row in rows),
        "bad_rows_zero_length": sum(row["duration_seconds"] == "0" for row in rows),
        "bad_rows_no_officer": sum(row["staff_id"] == "" for row in rows),
    }
    assert {name: planted[name] for name in found} == found
    assert sum(found.values()) == planted["bad_rows"] > 0


def test_every_fault_can_be_planted_together_in_either_layout(tmp_path: Path) -> None:
    for preset in ("london", "west_mercia"):
        made = written(tmp_path / preset, preset, SIZE, SEED, list(FAULTS))
        planted = made.truth["planted_faults"]
        assert {name: planted[name] > 0 for name in FAULTS} == dict.fromkeys(FAULTS, True)


def test_what_came_of_the_settings_is_told_as_it_was_before_the_faults(
    sound: Synthetic, tmp_path: Path
) -> None:
    assert spoiled(tmp_path, *FAULTS).realised == sound.realised
