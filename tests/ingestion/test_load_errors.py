"""When reading fails: an error in one file stops no other, and a full disk is reported."""

import multiprocessing
import os
import resource
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import paths
from orchestration.ingestion import load
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.ledger import incoming, read_ledger
from orchestration.ingestion.load import DiskFull
from orchestration.ingestion.validation import validate_file
from orchestration.ingestion.validation.validate_file import open_file
from tests.child_processes import SERVER
from tests.ingestion.landing_builder import AS_OF, CLIPS, Place, invented_place

PERSON = "Jane Q. Invented"


def _breaks(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the first file break its reader."""

    def broken(con: duckdb.DuckDBPyConnection, file: Path, *how: Any) -> FileReader:
        if file.name == "clips_1.csv":
            raise error
        return open_file(con, file, *how)

    monkeypatch.setattr(validate_file, "open_file", broken)


def test_a_file_that_breaks_its_reader_is_refused_unquoted_and_others_go_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deliver("clips_1.csv", CLIPS)
    place.deliver("clips_2.csv", CLIPS.replace("90", "91"))
    _breaks(monkeypatch, duckdb.ConversionException(f"could not convert '{PERSON}'"))
    first, second = place.load()
    assert (first.load_status, second.load_status) == ("refused", "accepted")
    assert first.reason == "The file could not be read (ConversionException): please report it."


def test_want_of_memory_is_no_fault_of_the_file_and_the_next_run_tries_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deliver("clips_1.csv", CLIPS)
    with monkeypatch.context() as patched:
        _breaks(patched, MemoryError())
        (row,) = place.load()
    assert "not enough memory" in (row.reason or "")
    assert read_ledger() == []
    assert [row.load_status for row in place.load()] == ["accepted"]


def test_a_file_gone_between_the_look_and_the_load_stops_no_other(place: Place) -> None:
    path = place.deliver("clips_1.csv", CLIPS)
    place.deliver("clips_2.csv", CLIPS.replace("90", "91"))
    found = place.scan().deliveries
    path.unlink()
    rows = load.load_table(found, place.contracts[0], as_of=AS_OF, programmes=place.programmes)
    assert [row.load_status for row in rows] == ["refused", "accepted"]
    assert [row.file_name for row in read_ledger()] == ["nowhere/clips_2.csv"]


def test_a_file_whose_records_do_not_add_up_is_refused_whole(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(*arguments: Any) -> Any:
        faults, duplicates = exclude(*arguments)
        return faults, duplicates + 1

    exclude = validate_file._exclude
    monkeypatch.setattr(validate_file, "_exclude", careless)
    place.deliver("clips.csv", CLIPS)
    (row,) = place.load()
    said = "The count does not add up: 2 records in the file, 3 accounted."
    assert (row.load_status, row.reason, row.accepted) == ("refused", said, 0)
    assert not row.raw_file.exists()
    assert not list(incoming().glob("*"))


def _load_with_room_for(folder: Path, size: int, answer: "multiprocessing.Queue[str]") -> None:
    """A child whose files cannot grow past `size` bytes, as on a disk that fills."""
    place = _place(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        place.load()
        answer.put("loaded")
    except DiskFull as full:
        answer.put(str(full))


def _place(folder: Path) -> Place:
    os.environ["BODYWORN_HOME"] = str(folder / "home")
    return invented_place(folder)


@pytest.mark.parametrize("size", [1500, 20_000, 60_000])
def test_a_disk_that_fills_is_said_and_the_next_run_loads_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", "")
    place = _place(tmp_path)
    rows = "".join(f"d{n},PC{n},2026-01-02,{n % 600}\n" for n in range(20_000))
    place.deliver("clips.csv", CLIPS + rows)
    answer: multiprocessing.Queue[str] = SERVER.Queue()
    child = SERVER.Process(target=_load_with_room_for, args=(tmp_path, size, answer))
    child.start()
    said = answer.get(timeout=60)
    child.join()
    assert said == f"No room left while loading nowhere/clips.csv. Free space in {paths.home()}."
    assert read_ledger() == []
    assert not list(incoming().glob("*"))
    assert [row.accepted for row in place.load()] == [20_002]
