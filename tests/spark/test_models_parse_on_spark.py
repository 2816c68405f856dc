"""The models are SQL that Spark reads too, for a programme larger than one machine."""

from collections.abc import Callable

import pytest

Parse = Callable[[str], object]


def test_every_model_compiles_for_spark(compiled: dict[str, str], model_files: set[str]) -> None:
    assert set(compiled) == model_files


def test_spark_parses_the_compiled_sql_of_every_model(
    compiled: dict[str, str], parse: Parse
) -> None:
    assert {name: why for name, sql in compiled.items() if (why := refusal(sql, parse))} == {}


@pytest.mark.parametrize("sql", ["select a, from t", "select cast(a as varchar) from t"])
def test_spark_refuses_what_duckdb_alone_allows(sql: str, parse: Parse) -> None:
    assert refusal(sql, parse) is not None


def refusal(sql: str, parse: Parse) -> str | None:
    """What Spark's parser says against the text, or nothing when it accepts it."""
    try:
        parse(sql)
    except Exception as error:
        return str(error)[:600]
    return None
