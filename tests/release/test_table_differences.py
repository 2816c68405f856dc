"""Two releases that differ in one thing: the table, the column and the keys of it are named."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from orchestration.ingestion.contracts.table import read_contracts
from orchestration.release.audit import table_checks
from orchestration.release.compare import (
    Rows,
    TableDifference,
    compare_frames,
    compare_table,
    describe,
)
from orchestration.release.public.cube import FIGURE
from tests.release import fixtures

NOTES = "fct_notes"
EXTRACT = "public/figures.csv"
SAME = TableDifference(NOTES, ["note_id"])


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A candidate of the invented force."""
    return fixtures.candidate(tmp_path_factory.mktemp("old")).folder


def _notes(old: Path, home: Path, change: str) -> TableDifference:
    """How the notes of the release after the SQL in `change` differ."""
    return compare_table(old, fixtures.candidate(home, change).folder, NOTES)


def _say(found: TableDifference) -> list[str]:
    return describe(found, "the release", "the replay")


def _key(*numbers: int) -> list[dict[str, int]]:
    return [{"note_id": number} for number in numbers]


def test_one_cell_is_named_by_its_column_and_key(old: Path, tmp_path: Path) -> None:
    found = _notes(old, tmp_path, "update fct_notes set amount = 7 where note_id = 3;")
    assert found == replace(SAME, values={"amount": Rows(1, _key(3))})
    assert _say(found) == ["  key: note_id", "  amount differs in 1 row:", "    3"]


def test_a_missing_and_an_added_row_are_told_apart(old: Path, tmp_path: Path) -> None:
    change = "delete from fct_notes where note_id = 3; insert into fct_notes values (11, 'x', 1);"
    found = _notes(old, tmp_path, change)
    assert found == replace(
        SAME, rows_only_in_old=Rows(1, _key(3)), rows_only_in_new=Rows(1, _key(11))
    )
    assert _say(found)[1:] == [
        "  1 row only in the release:", "    3", "  1 row only in the replay:", "    11",
    ]  # fmt: skip


def test_ten_keys_are_named_and_all_are_counted(old: Path, tmp_path: Path) -> None:
    change = "insert into fct_notes select n, 'more', n from range(11, 36) as r(n);"
    found = _notes(old, tmp_path, change)
    assert found.rows_only_in_new == Rows(25, _key(*range(11, 21)))
    assert _say(found)[-1] == "    ... and 15 more"


def test_an_added_column_is_named_and_its_table_compared_without_it(
    old: Path, tmp_path: Path
) -> None:
    change = "alter table fct_notes add remark varchar default 'new';"
    found = _notes(old, tmp_path, change)
    assert found == replace(SAME, columns_only_in_new=["remark"])
    assert _say(found) == ["  key: note_id", "  columns only in the replay: remark"]


def test_another_type_is_named_and_equal_values_are_no_difference(
    old: Path, tmp_path: Path
) -> None:
    found = _notes(old, tmp_path, "alter table fct_notes alter note_id type integer;")
    kind = {"column": "note_id", "old": "Int64", "new": "Int32"}
    assert found == replace(SAME, types=[kind])
    assert _say(found)[1] == "  note_id is Int64 in the release and Int32 in the replay"


def test_numbers_that_became_text_are_compared_as_text() -> None:
    was = pl.DataFrame({"note_id": [1, 2], "amount": [10, 20]})
    now = pl.DataFrame({"note_id": [1.0, 2.0], "amount": ["10", "21"]})
    found = compare_frames(NOTES, ["note_id"], was, now)
    assert [kind["column"] for kind in found.types] == ["note_id", "amount"]
    assert found.values == {"amount": Rows(1, _key(2))}


def test_another_order_of_columns_is_a_difference_of_its_own(old: Path, tmp_path: Path) -> None:
    change = """create or replace table fct_notes as
        select amount, note_id, note from fct_notes;"""
    found = _notes(old, tmp_path, change)
    assert found == replace(SAME, columns_in_other_order=True)
    assert _say(found)[-1] == "  the columns are in another order"


def test_a_null_that_became_not_a_number_is_a_difference(old: Path, tmp_path: Path) -> None:
    found = _notes(old, tmp_path, "update fct_notes set amount = 'nan' where note_id = 4;")
    assert found == replace(SAME, values={"amount": Rows(1, _key(4))})


def test_null_equals_null_and_not_a_number_itself_but_zero_has_a_sign() -> None:
    was = pl.DataFrame({"note_id": [1, 2, 3], "amount": [None, float("nan"), 0.0]})
    now = pl.DataFrame({"note_id": [1, 2, 3], "amount": [None, float("nan"), -0.0]})
    found = compare_frames(NOTES, ["note_id"], was, now)
    assert found.values == {"amount": Rows(1, _key(3))}


def test_an_empty_text_in_place_of_a_value_is_found_whatever_the_statistics_say(
    old: Path, tmp_path: Path
) -> None:
    found = _notes(old, tmp_path, "update fct_notes set note = '' where note_id = 1;")
    assert found.values == {"note": Rows(1, _key(1))}


def test_a_repeated_row_and_another_order_of_rows_are_seen() -> None:
    was = pl.DataFrame({"note_id": [1, 2], "note": ["a", "b"]})
    twice = pl.concat([was, was.head(1)])
    assert compare_frames(NOTES, ["note_id"], was, twice).rows_only_in_new == Rows(1, _key(1))
    turned = compare_frames(NOTES, ["note_id"], was, was.reverse())
    assert turned == replace(SAME, rows_in_other_order=True)
    assert _say(turned)[-1] == "  the rows are in another order"


def test_a_table_that_one_release_lacks_is_missing_there(old: Path, tmp_path: Path) -> None:
    new = fixtures.candidate(tmp_path).folder
    (new / "internal/parquet" / f"{NOTES}.parquet").unlink()
    found = compare_table(old, new, NOTES)
    assert found == replace(SAME, missing_in="new")
    assert _say(found) == ["  the table is missing in the replay"]


def test_the_same_table_stored_otherwise_says_so(old: Path, tmp_path: Path) -> None:
    new = fixtures.candidate(tmp_path).folder
    path = new / "internal/parquet" / f"{NOTES}.parquet"
    pl.read_parquet(path).write_parquet(path, compression="lz4")
    (line,) = _say(compare_table(old, new, NOTES))
    assert "the files store the same table otherwise" in line


@pytest.mark.parametrize("table", ["release_checks", "release_columns"])
def test_what_a_release_says_of_itself_has_keys_too(old: Path, table: str) -> None:
    found = compare_table(old, old, table)
    assert found == TableDifference(table, found.key)
    assert found.key


def test_a_public_extract_has_the_key_of_its_figures(tmp_path: Path) -> None:
    for side, value in (("old", "1"), ("new", "2")):
        (tmp_path / side / "public").mkdir(parents=True)
        rows = (",".join((*FIGURE, "value")), ",".join(["x"] * len(FIGURE) + [value]))
        (tmp_path / side / EXTRACT).write_text("\n".join(rows) + "\n")
    found = compare_table(tmp_path / "old", tmp_path / "new", EXTRACT)
    assert found.values == {"value": Rows(1, [dict.fromkeys(FIGURE, "x")])}


def test_no_key_of_a_released_table_identifies_a_person(demo_release: Path) -> None:
    private = {
        column.name
        for table in read_contracts()
        for column in table.columns
        if column.meta.privacy in table_checks.PRIVATE
    }
    columns = fixtures.read(demo_release, "release_columns").filter(pl.col("is_key"))
    keys = set(columns["column_name"])
    assert {"area_id", "metric_id"} <= keys
    assert "complainant_name" in private
    assert not keys & private
    assert not {key for key in keys if table_checks.PERSONAL.fullmatch(key)}
