"""A release is built only when another reader finds the warehouse's rows in each of its files."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orchestration.release import database
from orchestration.release.dbt_artifacts import BuildProblem
from orchestration.storage.read_back import RowSum, sum_of_csv, sum_of_parquet
from tests.release import fixtures


def _tampered(
    read: Callable[[Path], RowSum], table: str, tamper: Callable[[Path], None]
) -> Callable[[Path], RowSum]:
    """The reader, over a file of one table that was written wrongly."""

    def look(path: Path) -> RowSum:
        if path.stem == table:
            tamper(path)
        return read(path)

    return look


def _lose_a_text(path: Path) -> None:
    rows = pl.read_parquet(path)
    lost = pl.when(pl.col("note_id") == 3).then(pl.lit("")).otherwise("note")
    rows.with_columns(lost.alias("note")).write_parquet(path)


def _lose_a_line(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))


def test_a_released_parquet_file_that_lost_a_value_stops_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = _tampered(sum_of_parquet, "fct_notes", _lose_a_text)
    monkeypatch.setattr(database, "sum_of_parquet", reader)
    with pytest.raises(BuildProblem, match=r"fct_notes.parquet does not hold .* in note,"):
        fixtures.candidate(tmp_path)
    assert not list((tmp_path / "releases").glob(".candidate-*"))


def test_a_released_csv_file_that_lost_a_line_stops_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = _tampered(sum_of_csv, "fct_notes", _lose_a_line)
    monkeypatch.setattr(database, "sum_of_csv", reader)
    with pytest.raises(BuildProblem, match=r"fct_notes.csv does not hold the rows"):
        fixtures.candidate(tmp_path)
