"""Names that senders chose steer no terminal, and name nobody in ledger, raw or pages."""

import json
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.ingestion import ledger
from orchestration.ingestion.contracts.table import read_contracts
from orchestration.ingestion.landing.files import ShownNames
from orchestration.programmes.programme import read_programmes
from tests.ingestion.contract_builder import HEADER, contract, look, reasons
from tests.ingestion.landing_builder import CLIPS, Place
from tests.ingestion.test_formats import HEADINGS, NOON, SHEET, workbook

TURNED = "Note\u202egnp.exe"
STEERS = ("\x1b", "\u202e", "\x07", "\u2066")


def _kept() -> str:
    """All that a load keeps but the list of full names and of hashes, which the operator reads."""
    ledger.export(paths.derived() / "ingestion")
    own = {"full_names.json", "hashes.json"}
    files = [p for p in paths.home().rglob("*") if p.is_file() and p.name not in own]
    names = [str(p.relative_to(paths.home())) for p in files]
    return "\n".join([*names, *(p.read_bytes().decode("utf-8", "replace") for p in files)]).lower()


def test_a_file_called_after_a_person_is_kept_and_shown_without_the_name(place: Place) -> None:
    place.deliver("clips_jane_q_osgood_2026-01.csv", CLIPS)
    place.deliver("clips_o'reilly.csv", "clip_id,officer\n")
    rows = place.load()
    shown = {row.file_name for row in rows}
    assert all(name.startswith("nowhere/clips_hidden") for name in shown)
    assert any(name.endswith("_2026-01.csv") for name in shown)
    again = [each.name for each in place.scan().refused]
    assert again == [row.file_name for row in rows if row.load_status == "refused"]
    kept = _kept()
    assert [name for name in ("jane", "osgood", "reilly") if name in kept] == []
    full = json.loads((paths.ledger() / "full_names.json").read_text("utf-8"))["names"]
    assert set(full.values()) == {
        "nowhere/clips_jane_q_osgood_2026-01.csv",
        "nowhere/clips_o'reilly.csv",
    }
    assert (paths.ledger() / "full_names.json").stat().st_mode & 0o077 == 0


def test_one_name_is_shown_alike_in_every_run_and_two_names_differ(place: Place) -> None:
    first, second = (ShownNames(place.programmes, place.contracts) for _ in range(2))
    assert first.of("nowhere/clips_smith.csv") != first.of("nowhere/clips_jones.csv")
    first.keep()
    second = ShownNames(place.programmes, place.contracts)
    shown = first.of("nowhere/clips_smith.csv")
    assert second.of("nowhere/clips_smith.csv") == shown
    assert second.of(shown) == shown


@pytest.mark.parametrize(
    "name",
    [
        "nowhere/recordings_2026-10.csv",
        "nowhere/shifts_2026_Q3_final_v2.csv.gz",
        "uk_police_data/2018-10-west-mercia-street.csv.gz",
        "uk_home_office/use_of_force_incidents_april2019-march2020.csv",
        "chicago/chi_use_of_force_trr_2017_2021.csv.gz",
    ],
)
def test_usual_names_stay_as_they_are(place: Place, name: str) -> None:
    programmes = [*place.programmes, *read_programmes()]
    assert ShownNames(programmes, read_contracts()).of(name) == name


def test_headers_that_steer_a_terminal_are_shown_harmless(tmp_path: Path) -> None:
    text = f"{HEADER},{TURNED},\x1b[31mred\nR1,2024-05-01 10:00:00,60,x,y,z\n"
    found = look(text, folder=tmp_path)
    assert found.added_columns == {5: "Note\\u202egnp.exe", 6: "\\x1b[31mred"}
    said = look(text.replace("Seconds", "Secs\x07"), folder=tmp_path).refused or ""
    assert "Secs\\x07" in said
    assert [sign for sign in STEERS if sign in said + "".join(found.all_warnings)] == []


def test_sheets_that_steer_a_terminal_are_shown_harmless(tmp_path: Path) -> None:
    rows = [HEADINGS, ["R1", NOON, 60, ""]]
    said = look(workbook(tmp_path, rows, rows, title="a\u202eb"), SHEET, folder=tmp_path).refused
    assert "a\\u202eb" in (said or "")


def test_a_header_nobody_declared_is_kept_by_its_place_alone(place: Place) -> None:
    place.deliver("clips_1.csv", CLIPS.replace("seconds", "seconds,Jane Q. Invented", 1))
    place.deliver("clips_2.csv", CLIPS.replace("officer", "Offizer Jane"))
    rows = {row.file_name: row for row in place.load()}
    assert "Column 2 of the file is nearest to officer" in (
        rows["nowhere/clips_2.csv"].reason or ""
    )
    stored = json.dumps([row.added_columns + row.warnings for row in rows.values()])
    ledger_rows = "".join(p.read_text("utf-8") for p in paths.ledger().rglob("*.json"))
    assert "jane" not in (stored + ledger_rows).lower()


def test_the_header_of_a_column_turned_into_rows_is_shown_harmless(tmp_path: Path) -> None:
    wide = contract(
        {
            "recording_id": {"header": "Recording"},
            "year": {},
            "seconds": {"data_type": "bigint", "min": 0},
        },
        unpivot={"columns": "20.*", "name_to": "year", "value_to": "seconds"},
    )
    found = look("Recording,20\x1b17\nR1,-5\nR2,1\n", wide, folder=tmp_path)
    assert reasons(found) == [(1, 2, "20\\x1b17", "below_minimum")]
