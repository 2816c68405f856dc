"""A file counts only when another reader finds in it what was accepted, and the same every time."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingestion import load_version, write_raw
from orchestration.ingestion.contracts.table import find_contract
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.ledger import (
    export,
    quarantine_file,
    raw_file,
    read_ledger,
    unequal_file,
)
from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.validation.validate_file import validated
from orchestration.storage.read_back import RowSum, sum_of_parquet
from tests.benchmarks.ingest import generate
from tests.ingestion.landing_builder import CLIPS, Place

THREE_ROW_GROUPS = 3 * 122_880 + 1_000
COMPLAINTS = "officer,logged_on\nPC1001,2026-01-02\n"
Fault = Callable[[pl.DataFrame], pl.DataFrame]


def _officer_lost(rows: pl.DataFrame) -> pl.DataFrame:
    """As DuckDB 2.0.0 wrote it: the officer of one row is the empty text."""
    lost = pl.when(pl.col("clip_id") == "c1").then(pl.lit("")).otherwise("officer")
    return rows.with_columns(lost.alias("officer"))


def _row_lost(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.head(1)


def _officers_swapped(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col("officer").reverse())


def _written_with(fault: Fault) -> Callable[[duckdb.DuckDBPyConnection, str, Path], None]:
    """A writer that is at fault in recordings, and right in what else it writes."""
    copy_rows = write_raw.copy_rows

    def copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
        copy_rows(con, query, path)
        rows = pl.read_parquet(path)
        if "clip_id" in rows.columns:
            fault(rows).write_parquet(path)

    return copy


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (_officer_lost, "values differ in officer."),
        (_row_lost, "values differ in clip_id, officer, recorded_on,"),
        (_officers_swapped, "values stand in other rows."),
    ],
)
def test_a_file_that_is_written_wrongly_is_refused_and_kept_aside(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Fault, said: str
) -> None:
    place.deliver("clips.csv", CLIPS)
    place.deliver("complaints.csv", COMPLAINTS)
    monkeypatch.setattr(write_raw, "copy_rows", _written_with(fault))
    clips, complaints = place.load()
    assert (clips.load_status, complaints.load_status) == ("refused", "accepted")
    assert clips.reason is not None
    assert said in clips.reason
    assert "install another version of DuckDB" in clips.reason
    assert not raw_file(*clips.identity).exists()
    assert said in quarantine_file(*clips.identity).read_text()
    export(tmp_path / "derived")
    assert unequal_file(*clips.identity).is_file(), "what was written is kept to look into"


def test_another_version_of_the_engine_reads_every_file_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.deliver("clips.csv", CLIPS)
    with monkeypatch.context() as at_fault:
        at_fault.setattr(write_raw, "copy_rows", _written_with(_officer_lost))
        (refused,) = place.load()
        assert place.load() == []
    monkeypatch.setattr(load_version, "engine_version", lambda: "9.9.9")
    (accepted,) = place.load()
    assert (refused.load_status, accepted.load_status, accepted.arrival) == (
        "refused",
        "accepted",
        1,
    )
    assert not unequal_file(*accepted.identity).exists()
    assert len(read_ledger()) == 1


def test_a_file_of_several_row_groups_gives_the_same_rows_ten_times(tmp_path: Path) -> None:
    delivered = tmp_path / "recordings.csv"
    generate(delivered, THREE_ROW_GROUPS, repeated=False)
    contract = find_contract("bodyworn", "recordings")
    pseudonyms = Pseudonyms(demonstration_key("london_synthetic", 1))
    delivery = Delivery(
        "london_synthetic", "bodyworn", "recordings", delivered, delivered.name, "0" * 64, 1
    )
    contents: set[RowSum] = set()
    for _ in range(10):
        with validated(
            delivered,
            contract,
            as_of=date(2026, 11, 21),
            time_zone="Europe/London",
            pseudonyms=pseudonyms,
        ) as found:
            assert found.rows is not None
            write_raw.write_raw(found.rows, delivery, tmp_path / "raw.parquet")
        contents.add(sum_of_parquet(tmp_path / "raw.parquet"))
    (only,) = contents
    assert only.rows == found.accepted > THREE_ROW_GROUPS - 100
    staff = pl.scan_parquet(tmp_path / "raw.parquet").select("staff_id").collect()["staff_id"]
    assert staff.null_count() == 0
    assert (staff.str.len_bytes() > 10).all()


def test_dictionaries_hold_no_value_that_no_row_has(place: Place) -> None:
    """Unused values of an enumeration are written as empty texts, which PyArrow then miscounts."""
    place.deliver("clips.csv", CLIPS)
    (row,) = place.load()
    names = ["officer", "programme_id", "file_hash", "file_name"]
    read = pq.ParquetFile(row.raw_file, read_dictionary=names[1:]).read(names)
    plain = pl.read_parquet(row.raw_file, columns=names)
    assert read.cast(pa.schema([(name, pa.string()) for name in names])).to_pydict() == (
        plain.to_dict(as_series=False)
    )
    for name in names[1:]:
        for chunk in read[name].chunks:
            assert chunk.dictionary.to_pylist() == [plain[name][0]]
