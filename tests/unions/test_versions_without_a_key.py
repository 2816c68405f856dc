"""Which rows of a table without a key count, by what its contract says, in DuckDB."""

import re
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pytest

from orchestration import paths

MACRO = "keep_latest_without_key"
# Programme, file's arrival, record, id, month, day of the month.
ROWS = [
    *(
        ("p", 1, 1, "a", "2026-01", 5),
        ("p", 1, 2, "b", "2026-02", 5),
        ("p", 1, 3, "b", "2026-02", 5),
    ),
    *(("p", 1, 4, None, "2026-02", 6), ("p", 1, 5, None, "2026-02", 6)),
    *(
        ("p", 2, 1, "b", "2026-02", 5),
        ("p", 2, 2, "c", "2026-02", 28),
        ("q", 1, 1, "b", "2026-02", 5),
    ),
]


def _counted(meta: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Programme, arrival and record of each row that the macro keeps of the rows above."""
    text = (paths.MODELS / "macros" / "landed.sql").read_text("utf-8")
    found = re.search(rf"{{% macro {MACRO}\(.*?{{%- endmacro %}}", text, re.S)
    assert found is not None
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701
    call = "{{ " + MACRO + "('s', 't', table, meta) }}"
    columns = {
        name: SimpleNamespace(name=name, config=SimpleNamespace(meta={}))
        for name in ("crime_id", "month_text", "crime_date")
    }
    table = SimpleNamespace(columns=columns)
    sql = environment.from_string(found.group() + call).render(
        table=table, meta=meta, landed=lambda *_: "landed"
    )
    with duckdb.connect() as con:
        con.execute(
            "create table landed (programme_id text, arrival int, record_number int, crime_id text,"
            " month_text text, crime_day int, crime_date date, file_hash text)"
        )
        con.executemany(
            "insert into landed select *, (month_text || '-01')::date + crime_day, 'h' || arrival"
            " from (values (?, ?, ?, ?, ?, ?)) as v(a, arrival, c, d, month_text, crime_day)",
            ROWS,
        )
        query = f"select programme_id, arrival, record_number from landed {sql} order by all"
        return con.sql(query).fetchall()


EVERY = [*(("p", 1, at) for at in range(1, 6)), ("p", 2, 1), ("p", 2, 2), ("q", 1, 1)]
LATER = [("p", 1, 1), ("p", 2, 1), ("p", 2, 2), ("q", 1, 1)]


@pytest.mark.parametrize(
    ("meta", "counted"),
    [
        ({}, EVERY),
        ({"same_delivery": {"name_pattern": "x"}}, EVERY),
        ({"replaces": "table"}, EVERY),
        ({"same_delivery": {"columns": ["month_text"]}}, LATER),
        ({"replaces": "period", "event_date": "crime_date"}, LATER),
        (
            {"repeated_rows": {"count_once_by": "crime_id"}},
            [("p", 1, 1), ("p", 1, 4), ("p", 1, 5), ("p", 2, 1), ("p", 2, 2), ("q", 1, 1)],
        ),
        (
            {
                "replaces": "period",
                "event_date": "crime_date",
                "repeated_rows": {"count_once_by": "crime_id"},
            },
            LATER,
        ),
    ],
)
def test_the_rows_that_count_are_those_the_contract_says(
    meta: dict[str, Any], counted: list[tuple[str, int, int]]
) -> None:
    assert _counted(meta) == counted
