"""Tampering with a release, in any of its files, is named."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.release.damage import verify
from tests.release import fixtures


def _change_database(release: Path) -> None:
    with duckdb.connect(release / "internal/marts.duckdb") as con:
        con.execute("update fct_metrics set value = 8 where area_id = 'north'")


def _drop_from_database(release: Path) -> None:
    with duckdb.connect(release / "internal/marts.duckdb") as con:
        con.execute("drop table fct_notes; create table extra (n integer)")


def _change_csv(release: Path) -> None:
    path = release / "internal/csv" / "fct_metrics.csv"
    path.write_text(path.read_text().replace("3.0", "4.0"))


def _append_to_parquet(release: Path) -> None:
    with (release / "internal/parquet" / "fct_metrics.parquet").open("ab") as file:
        file.write(b" ")


def _swap_files(release: Path) -> None:
    (release / "internal/csv" / "fct_notes.csv").rename(release / "internal/csv" / "mine.csv")


def _change_manifest(release: Path) -> None:
    path = release / "manifest.json"
    made = json.loads(path.read_text())
    made["inputs"][0]["file_hash"] = "f" * 64
    path.write_text(json.dumps(made))


def _break_database(release: Path) -> None:
    (release / "internal/marts.duckdb").write_bytes(b"not a database")


FAULTS: list[tuple[Callable[[Path], None], list[str]]] = [
    (
        _change_database,
        [
            "marts.duckdb has other bytes than when it was released",
            "marts.duckdb: table fct_metrics has other rows than when it was released",
        ],
    ),
    (
        _drop_from_database,
        [
            "marts.duckdb has other bytes than when it was released",
            "marts.duckdb: table extra is not in the manifest",
            "marts.duckdb: table fct_notes is missing",
        ],
    ),
    (_change_csv, ["csv/fct_metrics.csv has other bytes than when it was released"]),
    (_append_to_parquet, ["parquet/fct_metrics.parquet has other bytes than when it was released"]),
    (_swap_files, ["csv/fct_notes.csv is missing", "csv/mine.csv is not in the manifest"]),
    (_change_manifest, ["manifest.json was changed: its content belongs to 2024-03-01-"]),
    (
        _break_database,
        [
            "marts.duckdb has other bytes than when it was released",
            "marts.duckdb cannot be read: ",
        ],
    ),
]


@pytest.mark.parametrize(("tamper", "sentences"), FAULTS)
def test_a_changed_file_is_named(
    tmp_path: Path, tamper: Callable[[Path], None], sentences: list[str]
) -> None:
    release = fixtures.release(tmp_path).release
    assert verify(release) == []
    tamper(release)
    found = verify(release)
    assert len(found) == len(sentences)
    assert all(said.startswith(sentence) for said, sentence in zip(found, sentences, strict=True))


def test_a_release_under_another_name_is_not_what_was_released(tmp_path: Path) -> None:
    release = fixtures.release(tmp_path).release
    other = release.rename(release.with_name("2024-03-01-000000000000"))
    (sentence,) = verify(other)
    assert release.name in sentence
