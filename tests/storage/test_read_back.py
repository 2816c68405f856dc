"""Another reader than the writer finds what was written, and every kind of loss shows."""

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.storage.read_back import (
    sum_of_csv,
    sum_of_parquet,
    sum_of_query,
    unequal_columns,
)

EVERY_TYPE = """
    select i::bigint as number, (i % 7)::integer as small, (i * 0.25)::decimal(18, 2) as money,
        sqrt(i) as real, i % 2 = 0 as flag, date '2020-01-01' + i::integer as day,
        timestamp '2020-01-01' + to_seconds(i) as moment, time '00:00:00' + to_seconds(i) as clock,
        case when i % 3 > 0 then '' || i when i % 3 = 0 and i % 2 = 0 then '' end as word,
        (['a', 'b'])[1 + i % 2]::enum('a', 'b', 'unused', 'as well') as code,
        null::varchar as absent
    from range(5000) r(i)
"""


def _written(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> Path:
    con.execute(f"copy ({query}) to '{path}' (format parquet)")
    return path


def test_every_type_reads_back_as_it_was_written(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        path = _written(con, EVERY_TYPE, tmp_path / "rows.parquet")
        assert sum_of_parquet(path) == sum_of_query(con, EVERY_TYPE)
        assert unequal_columns(con, EVERY_TYPE, path) == []


def test_no_rows_read_back_as_no_rows(tmp_path: Path) -> None:
    query = f"select * from ({EVERY_TYPE}) where number < 0"
    with duckdb.connect() as con:
        path = _written(con, query, tmp_path / "rows.parquet")
        found = sum_of_parquet(path)
        assert found == sum_of_query(con, query)
        assert (found.rows, found.hashes) == (0, 0)


@pytest.mark.parametrize(
    ("fault", "columns"),
    [
        ("select * replace (case when number = 1 then '' else word end as word)", ["word"]),
        (
            "select * replace (case when number = 2999 then null else moment end as moment)",
            ["moment"],
        ),
        ("select * replace (number + 1 as number)", ["number"]),
        ("select * replace (small::bigint as small)", ["small"]),
        ("select * exclude (absent)", ["absent"]),
    ],
)
def test_a_value_lost_or_changed_names_its_column(
    tmp_path: Path, fault: str, columns: list[str]
) -> None:
    with duckdb.connect() as con:
        path = _written(con, f"{fault} from ({EVERY_TYPE})", tmp_path / "rows.parquet")
        assert sum_of_parquet(path) != sum_of_query(con, EVERY_TYPE)
        assert unequal_columns(con, EVERY_TYPE, path) == columns


def test_a_value_that_stands_in_another_row_shows(tmp_path: Path) -> None:
    query = "select i as number, 'p' || i as word from range(9) r(i)"
    swapped = "select i as number, 'p' || (8 - i) as word from range(9) r(i)"
    with duckdb.connect() as con:
        path = _written(con, swapped, tmp_path / "rows.parquet")
        assert sum_of_parquet(path) != sum_of_query(con, query)
        assert unequal_columns(con, query, path) == []


def test_a_row_that_is_missing_or_there_twice_shows(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        right = sum_of_query(con, EVERY_TYPE)
        for number, fault in enumerate(
            [f"{EVERY_TYPE} limit 4999", f"({EVERY_TYPE}) union all ({EVERY_TYPE} limit 1)"]
        ):
            path = _written(con, fault, tmp_path / f"rows{number}.parquet")
            assert sum_of_parquet(path) != right


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=6),
)
ROWS = st.fixed_dictionaries(
    {
        "word": CELLS,
        "number": st.none() | st.integers(-(2**62), 2**62),
        "real": st.none() | st.floats(allow_nan=False),
        "money": st.none() | st.decimals(-(10**9), 10**9, places=2),
        "day": st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
        "moment": st.none() | st.datetimes(),
        "clock": st.none() | st.times(),
        "flag": st.none() | st.booleans(),
    }
)
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "word": pl.String,
    "number": pl.Int64,
    "real": pl.Float64,
    "money": pl.Decimal(18, 2),
    "day": pl.Date,
    "moment": pl.Datetime("us"),
    "clock": pl.String,
    "flag": pl.Boolean,
}


@settings(deadline=None, max_examples=40)
@given(st.lists(ROWS, max_size=20), st.integers(0, 19), st.sampled_from(sorted(SCHEMA)))
def test_any_rows_read_back_equal_and_any_one_cell_changed_does_not(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, str | int | float | Decimal | date | datetime | time | bool | None]],
    at: int,
    column: str,
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    texts = [{**row, "clock": row["clock"] and str(row["clock"])} for row in rows]
    frame = pl.DataFrame(texts, schema=SCHEMA)
    with duckdb.connect() as con:
        con.register("frame", frame.to_arrow())
        query = "select * replace (clock::time as clock) from frame"
        assert sum_of_parquet(_written(con, query, folder / "a.parquet")) == sum_of_query(
            con, query
        )
        if at < len(rows) and rows[at][column] is not None:
            numbered = f"select *, row_number() over () - 1 as nth from ({query})"
            lost = (
                f"select * exclude (nth)"
                f" replace (case when nth = {at} then null else {column} end as {column})"
                f" from ({numbered})"
            )
            other = _written(con, lost, folder / "b.parquet")
            assert sum_of_parquet(other) != sum_of_query(con, query)
            assert unequal_columns(con, query, other) == [column]


def test_a_csv_file_tells_an_empty_text_from_none(tmp_path: Path) -> None:
    query = "select unnest(['', null, 'a,b', 'line\nbreak', '\"']) as word, 'x' as other"
    path = tmp_path / "rows.csv"
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{path}' (header, nullstr '')")
        assert sum_of_csv(path) == sum_of_query(con, query)
        path.write_text(path.read_text().replace('""\n', "\n", 1).replace('"",', ",", 1))
        assert sum_of_csv(path) != sum_of_query(con, query)
