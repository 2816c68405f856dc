"""What one release hands on to the next: a line of releases, and nothing forgotten in silence."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.release import history, withdraw, withdrawal
from orchestration.release.dbt_artifacts import BuildProblem

FIRST, SECOND = date(2024, 1, 31), date(2024, 2, 29)
ABOUT: dict[str, Any] = {
    "release": "2024-01-31-aaa", "as_of": "2024-01-31", "programmes": ["p"], "inputs": [],
    "outputs": {}, "tests": {}, "parent": None,
}  # fmt: skip
"""A manifest of no tables."""


def _release(folder: Path, landed: Path, **more: pl.DataFrame) -> Path:
    """A release that made its line of releases from what was landed, known to its own day."""
    line = pl.read_parquet(landed / "releases.parquet")
    tables: dict[str, pl.DataFrame] = {
        "dim_release": line.with_columns(pl.col("known_to").fill_null(pl.col("release_as_of"))),
        "fct_metrics": pl.DataFrame({"programme_id": ["p"], "value": [1.0]}),
    } | more
    (folder / "internal/parquet").mkdir(parents=True)
    for name, rows in tables.items():
        rows.write_parquet(folder / "internal/parquet" / f"{name}.parquet")
    outputs = {name: {"content": name} for name in tables}
    about = ABOUT | {"outputs": outputs, "as_of": folder.name[:10], "release": folder.name}
    (folder / "manifest.json").write_text(json.dumps(about))
    history.keep(landed, folder / "restricted" / history.FOLDER)
    return folder


def _line(landed: Path) -> list[tuple[Any, ...]]:
    return pl.read_parquet(landed / "releases.parquet").rows()


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The first release of the programmes p and q."""
    history.hand_on(None, tmp_path / "landed", ["q", "p"], FIRST)
    return _release(tmp_path / "2024-01-31-aaa", tmp_path / "landed")


def test_the_first_release_begins_the_line_and_has_no_id(first: Path) -> None:
    assert _line(first / "restricted" / history.FOLDER) == [
        ("p", 1, None, FIRST, None, None, None),
        ("q", 1, None, FIRST, None, None, None),
    ]


def test_the_next_release_knows_the_one_before_by_its_name(first: Path, tmp_path: Path) -> None:
    history.hand_on(first, tmp_path / "landed", ["p", "new"], SECOND)
    assert _line(tmp_path / "landed") == [
        ("new", 2, None, SECOND, None, None, None),
        ("p", 1, first.name, FIRST, FIRST, None, None),
        ("p", 2, None, SECOND, None, None, None),
    ]
    assert pl.read_parquet(tmp_path / "landed" / "figures.parquet")["value"].to_list() == [1.0]


def test_a_release_keeps_what_it_went_on_from_when_its_predecessor_is_gone(
    first: Path, tmp_path: Path
) -> None:
    landed = tmp_path / "landed"
    history.hand_on(first, landed, ["p"], SECOND)
    second = _release(tmp_path / "2024-02-29-bbb", landed)
    before = {path.name: path.read_bytes() for path in landed.iterdir()}
    shutil.rmtree(first)
    history.repeat(second, landed)
    assert {path.name: path.read_bytes() for path in landed.iterdir()} == before
    assert set(before) == {"releases.parquet", "figures.parquet"}


def test_a_withdrawn_release_keeps_its_place_in_the_line_with_day_and_reason(
    first: Path, tmp_path: Path
) -> None:
    mark = withdraw.withdraw(first, "A month is missing.")
    on = date.fromisoformat(mark.withdrawn_at[:10])
    history.hand_on(first, tmp_path / "landed", ["p"], SECOND)
    line = [
        ("p", 1, first.name, FIRST, FIRST, on, "A month is missing."),
        ("p", 2, None, SECOND, None, None, None),
    ]
    assert _line(tmp_path / "landed") == line
    second = _release(tmp_path / "2024-02-29-bbb", tmp_path / "landed")
    shutil.rmtree(tmp_path / withdrawal.FOLDER)
    history.hand_on(second, tmp_path / "again", ["p"], SECOND)
    assert _line(tmp_path / "again")[0] == line[0]


def test_a_line_from_before_releases_could_be_withdrawn_is_carried_on(
    first: Path, tmp_path: Path
) -> None:
    line = first / "internal/parquet" / "dim_release.parquet"
    pl.read_parquet(line).drop("withdrawn_on", "withdrawn_why").write_parquet(line)
    history.hand_on(first, tmp_path / "landed", ["p"], SECOND)
    assert _line(tmp_path / "landed")[0] == ("p", 1, first.name, FIRST, FIRST, None, None)


def test_a_part_of_the_history_that_was_lost_stops_the_run(first: Path, tmp_path: Path) -> None:
    (first / "internal/parquet" / "fct_metrics.parquet").unlink()
    with pytest.raises(BuildProblem, match=f"fct_metrics.parquet of release {first.name}"):
        history.hand_on(first, tmp_path / "landed", ["p"], SECOND)


def test_after_a_release_that_kept_no_history_it_begins(first: Path, tmp_path: Path) -> None:
    manifest = first / "manifest.json"
    manifest.write_text(json.dumps(ABOUT | {"outputs": {"fct_metrics": {}}}))
    history.hand_on(first, tmp_path / "landed", ["p"], SECOND)
    assert _line(tmp_path / "landed") == [("p", 1, None, SECOND, None, None, None)]
    assert not (tmp_path / "landed" / "figures.parquet").exists()


def test_what_an_earlier_run_landed_does_not_stay(first: Path, tmp_path: Path) -> None:
    history.hand_on(first, tmp_path / "landed", ["p"], SECOND)
    history.hand_on(None, tmp_path / "landed", ["p"], SECOND)
    assert [path.name for path in (tmp_path / "landed").iterdir()] == ["releases.parquet"]
