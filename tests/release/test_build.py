"""A candidate: what is in it, in which order and form, and that it comes out the same each time."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.release import build
from orchestration.release.dbt_artifacts import BuildProblem
from orchestration.storage import spreadsheet_safety
from orchestration.storage.hashes import of_file
from tests.release import fixtures

CHILD = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.release import fixtures
fixtures.candidate(Path(sys.argv[1]), sys.argv[2])
"""
OTHER_ORDER = """
    create table other as from fct_metrics order by area_id desc;
    delete from fct_metrics; insert into fct_metrics from other; drop table other;
"""


def _hashes_in_another_process(home: Path, change: str, seed: str, threads: str) -> dict[str, str]:
    settings = {"PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": threads, "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-c", CHILD, str(home), change]
    subprocess.run(command, env=os.environ | settings, check=True)
    folder = home / "releases" / ".candidate-run"
    files = [path for path in folder.rglob("*") if path.suffix in {".parquet", ".csv"}]
    made = json.loads((folder / "manifest.json").read_text())
    return {path.name: of_file(path) for path in files} | {"content": made["content_hash"]}


def test_two_processes_with_other_seeds_threads_and_row_order_make_the_same_bytes(
    tmp_path: Path,
) -> None:
    one = _hashes_in_another_process(tmp_path / "one", "", "1", "1")
    two = _hashes_in_another_process(tmp_path / "two", OTHER_ORDER, "4242", "4")
    assert len(one) == 2 * 10 + 1
    assert one == two


def test_rows_are_ordered_by_the_primary_key(tmp_path: Path) -> None:
    made = fixtures.candidate(tmp_path)
    assert fixtures.read(made.folder, "fct_notes")["note_id"].to_list() == list(range(1, 11))
    assert fixtures.read(made.folder, "fct_metrics")["area_id"].to_list() == [
        "force",
        "north",
        "south",
    ]


def test_formula_cells_are_escaped_in_csv_and_can_be_restored(tmp_path: Path) -> None:
    made = fixtures.candidate(tmp_path)
    with (made.folder / "internal/csv" / "fct_notes.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        rows = {int(row["note_id"]): row for row in csv.DictReader(file)}
    original = fixtures.read(made.folder, "fct_notes")
    assert rows[3]["note"] == "'=1+1"
    assert rows[9]["note"] == "-5"
    assert rows[10]["note"] == "5 - 3"
    assert {rows[n]["note"][0] for n in (3, 5, 7, 8)} == {"'"}
    escaped = spreadsheet_safety.escape(original)
    assert [cell or "" for cell in escaped["note"]] == [row["note"] for row in rows.values()]
    assert spreadsheet_safety.restore(escaped).equals(original)


def test_numbers_in_csv_read_back_to_the_same_double_and_are_never_escaped(tmp_path: Path) -> None:
    made = fixtures.candidate(tmp_path)
    with (made.folder / "internal/csv" / "fct_notes.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        amounts = [float(row["amount"]) if row["amount"] else None for row in csv.DictReader(file)]
    assert amounts == fixtures.read(made.folder, "fct_notes")["amount"].to_list()


def test_csv_is_utf8_with_line_feeds_and_tells_null_from_an_empty_text(tmp_path: Path) -> None:
    made = fixtures.candidate(tmp_path)
    text = (made.folder / "internal/csv" / "fct_notes.csv").read_bytes().decode("utf-8")
    assert "\r" not in text
    assert '\n2,"",' in text
    assert "\n4,,\n" in text


def test_the_database_has_the_keys_and_meanings_that_dbt_declares(tmp_path: Path) -> None:
    made = fixtures.candidate(tmp_path)
    with duckdb.connect(made.folder / "internal/marts.duckdb", read_only=True) as con:
        (comment,) = con.sql(
            "select comment from duckdb_tables() where table_name = 'fct_metrics'"
        ).fetchall()[0]
        (meaning,) = con.sql(
            "select comment from duckdb_columns() where table_name = 'fct_metrics'"
            " and column_name = 'value'"
        ).fetchall()[0]
    assert comment == "What fct_metrics holds; it's invented."
    assert meaning == "Meaning of value."
    with (
        duckdb.connect(made.folder / "internal/marts.duckdb") as con,
        pytest.raises(duckdb.ConstraintException),
    ):
        con.execute("insert into fct_metrics from fct_metrics")


def test_a_step_between_marts_is_not_released(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path)
    path = order.artifacts[0] / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["nodes"]["model.bodyworn.fct_notes"]["name"] = "int_notes"
    path.write_text(json.dumps(manifest))
    made = build.build(order, root=fixtures.code(tmp_path))
    assert "fct_notes" not in made.manifest["outputs"]
    assert not (made.folder / "internal/parquet" / "fct_notes.parquet").exists()


def test_a_mart_that_dbt_did_not_build_is_a_problem(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path)
    with duckdb.connect(order.warehouse) as con:
        con.execute("drop table fct_notes")
    with pytest.raises(BuildProblem, match="fct_notes is not in the warehouse"):
        build.build(order, root=fixtures.code(tmp_path))
    assert list(order.releases.iterdir()) == []


def test_a_mart_without_a_key_or_with_a_repeated_one_is_a_problem(tmp_path: Path) -> None:
    again = "insert into fct_notes from fct_notes;"
    with pytest.raises(BuildProblem, match=r"fct_notes has 20 rows but 10 keys \(note_id\)"):
        fixtures.candidate(tmp_path, again)
    order = fixtures.order(tmp_path)
    path = order.artifacts[0] / "manifest.json"
    path.write_text(path.read_text().replace("primary_key", "check"))
    with pytest.raises(BuildProblem, match="dim_area declares no primary key"):
        build.build(order, root=fixtures.code(tmp_path))


def test_a_key_may_be_declared_on_its_only_column(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path)
    path = order.artifacts[0] / "manifest.json"
    manifest = json.loads(path.read_text())
    node = manifest["nodes"]["model.bodyworn.fct_notes"]
    node["constraints"] = []
    node["columns"]["note_id"]["constraints"] = [{"type": "primary_key"}]
    path.write_text(json.dumps(manifest))
    made = build.build(order, root=fixtures.code(tmp_path))
    assert fixtures.read(made.folder, "fct_notes")["note_id"].to_list() == list(range(1, 11))


def test_without_a_warehouse_or_artifacts_the_message_says_to_run_dbt(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path)
    order.warehouse.unlink()
    with pytest.raises(BuildProblem, match="run dbt build"):
        build.build(order, root=fixtures.code(tmp_path))
    with pytest.raises(BuildProblem, match="no dbt artifacts were given"):
        build.build(replace(order, artifacts=[]), root=fixtures.code(tmp_path))
    (order.artifacts[0] / "run_results.json").unlink()
    with pytest.raises(BuildProblem, match=r"run_results\.json is missing"):
        build.build(order, root=fixtures.code(tmp_path))
