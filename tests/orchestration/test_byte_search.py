"""A text is found whatever the file is, and a file that cannot be searched is not called clean."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.runner.byte_search import find_texts

WHO = "PC-4711x"
Make = Callable[[Path], None]


def _plain(path: Path) -> None:
    path.write_text(f"seen by {WHO.lower()}, twice")


def _gzipped(path: Path) -> None:
    path.write_bytes(gzip.compress(f"a,{WHO},b".encode()))


def _zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.txt", f"a {WHO} b")


def _parquet(path: Path) -> None:
    frame = pl.DataFrame({"notes": [[f"by {WHO}"]] * 3, "n": [1, 2, 3]})
    frame.write_parquet(path.with_suffix(".parquet"), compression="zstd")


def _database(path: Path) -> None:
    with duckdb.connect(str(path.with_suffix(".duckdb"))) as con:
        con.execute("create table t as select $1 as who from range(5000)", [WHO])


@pytest.mark.parametrize("make", [_plain, _gzipped, _zipped, _parquet, _database])
def test_a_text_is_found_in_every_kind_of_file(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "held")
    (tmp_path / "other.txt").write_text(f"{WHO}9 is somebody else")
    found = find_texts(tmp_path, [WHO])
    assert [path.stem for path in found.holding] == ["held"]
    assert found.not_searched == []


def _locked(path: Path) -> None:
    """An archive that says it has a password."""
    _zipped(path)
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(range(256)) * 400)[:-40])


def _no_table(path: Path) -> None:
    path.with_suffix(".parquet").write_bytes(b"PAR1 and nothing that follows PAR1")


@pytest.mark.parametrize("make", [_locked, _cut, _no_table])
def test_a_file_that_cannot_be_searched_is_named(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "shut")
    found = find_texts(tmp_path, [WHO])
    assert [path.stem for path in found.not_searched] == ["shut"]
    assert found.holding == []


def test_what_is_left_out_is_not_looked_into(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    _plain(landing / "delivered.csv")
    assert find_texts(tmp_path, [WHO], skip=[landing]).holding == []
