"""Loading: once is enough, a correction supersedes, a refusal stops no other, nobody is named."""

from pathlib import Path

import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion import ledger
from orchestration.ingestion.ledger import LedgerRow, read_ledger
from orchestration.ingestion.load import DiskFull
from orchestration.storage import durable
from tests.ingestion.landing_builder import CLIPS, Place, with_version

PEOPLE = ("PC1001", "PC1002", "Jane Q. Invented")
BROKEN = "clip_id,officer,length\nc1,PC1001,60\n"


def _written() -> dict[str, bytes]:
    home = paths.home()
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def test_the_ledger_adds_up_to_the_file(place: Place) -> None:
    place.deliver("clips.csv", CLIPS + "c3,PC1003,2026-01-03,-5\n\nc1,PC1001,2026-01-01,60\n")
    (row,) = place.load()
    counts = (row.records, row.accepted, row.rejected, row.blank, row.duplicates)
    assert counts == (5, 2, 1, 1, 1)
    assert row.reconciled
    assert (str(row.first_event_date), str(row.last_event_date)) == ("2026-01-01", "2026-01-02")


def test_loading_the_same_file_twice_changes_nothing(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    place.load()
    before = _written()
    assert place.load() == []
    assert _written() == before


def test_a_later_file_gets_a_later_arrival_and_every_version_stays(place: Place) -> None:
    place.deliver("clips_1.csv", CLIPS)
    place.load()
    place.deliver("clips_2.csv", CLIPS.replace("90", "95"))
    place.load()
    versions = place.raw().filter(pl.col("clip_id") == "c2").sort("arrival")
    assert versions.select("arrival", "seconds").rows() == [(1, 90), (2, 95)]


def test_a_refused_file_stops_no_other_and_is_listed_in_every_run(place: Place) -> None:
    place.deliver("clips_1.csv", BROKEN)
    place.deliver("clips_2.csv", CLIPS)
    statuses = {row.file_name: row.load_status for row in place.load()}
    assert statuses == {"nowhere/clips_1.csv": "refused", "nowhere/clips_2.csv": "accepted"}
    again = place.scan()
    assert not again.deliveries
    assert [refusal.name for refusal in again.refused] == ["nowhere/clips_1.csv"]


def test_a_changed_contract_reads_the_file_again_under_its_old_arrival(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    place.load()
    place.contracts[0] = with_version(place.contracts[0], 2)
    (row,) = place.load()
    assert (row.contract_version, row.arrival) == (2, 1)
    assert len(read_ledger()) == 1


def _texts_of_parquet() -> str:
    frames = [pl.read_parquet(path) for path in paths.home().rglob("*.parquet")]
    return "\n".join(frame.write_csv() for frame in frames)


def test_nobody_is_named_in_anything_that_is_written(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = CLIPS + "c3,Jane Q. Invented,2026-01-03,many\nc4,PC1001,2026-13-45,5\nc5,PC1002\n"
    place.deliver("clips_1.csv", bad)
    place.deliver("clips_2.csv", CLIPS.replace("seconds", "length"))
    place.load()
    ledger.export(paths.derived() / "ingestion")
    printed = capfd.readouterr()
    everything = b"".join(_written().values()).decode("utf-8", errors="replace")
    text = everything + _texts_of_parquet() + printed.out + printed.err
    assert [person for person in PEOPLE if person.lower() in text.lower()] == []
    assert len(list(paths.quarantine().rglob("*.csv"))) == 2


def test_an_officer_is_the_same_in_two_tables(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    place.deliver("complaints.csv", "officer,logged_on\npc1001 ,2026-01-05\n")
    rows = {row.table_name: row for row in place.load()}
    clips, complaints = (
        pl.read_parquet(rows[t].raw_file)["officer"] for t in ("clips", "complaints")
    )
    assert complaints[0] == clips[0]
    assert clips[0].startswith("k")


def test_rejects_are_counted_by_column_and_reason_for_the_tables(place: Place) -> None:
    place.deliver("clips.csv", CLIPS + "c3,PC1,2026-01-03,-5\nc4,PC1,2026-01-03,-6\n")
    place.load()
    ledger.export(paths.derived() / "ingestion")
    found = pl.read_parquet(paths.derived() / "ingestion" / "rejects" / "rejects.parquet")
    assert found.select("column_name", "reason", "rejected_count").rows() == [
        ("seconds", "below_minimum", 2)
    ]


def test_what_a_killed_load_left_in_raw_is_not_read(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    (row,) = place.load()
    orphan = row.raw_file.with_name("0" * 64 + ".parquet")
    orphan.write_bytes(row.raw_file.read_bytes())
    ledger.export(paths.derived() / "ingestion")
    assert not orphan.exists()
    assert row.raw_file.exists()


def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deliver("clips.csv", CLIPS)

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "write_whole", full)
        with pytest.raises(DiskFull, match="Free space"):
            place.load()
    assert read_ledger() == []
    rows: list[LedgerRow] = place.load()
    assert [row.load_status for row in rows] == ["accepted"]
    assert durable.UNFINISHED not in "".join(_written())
