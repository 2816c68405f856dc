"""The models are SQL that Spark reads too, for a programme larger than one machine."""

import re
from collections.abc import Callable

import pytest

Parse = Callable[[str], object]


def test_every_model_compiles_for_spark(compiled: dict[str, str], model_files: set[str]) -> None:
    assert set(compiled) == model_files


def test_spark_parses_the_compiled_sql_of_every_model(
    compiled: dict[str, str], parse: Parse
) -> None:
    assert {name: why for name, sql in compiled.items() if (why := refusal(sql, parse))} == {}


def test_compiled_sql_has_no_comma_before_a_keyword_or_a_bracket(compiled: dict[str, str]) -> None:
    # To Spark's parser `select a, from t` has a column named from: it would not complain.
    dangling = re.compile(r",\s*(from|where|group|order|union|\))\b|,\s*\)", re.IGNORECASE)
    quoted = re.compile(r"'(?:[^'\\]|\\.)*'|--[^\n]*")
    assert [name for name, sql in compiled.items() if dangling.search(quoted.sub("''", sql))] == []


def test_texts_that_are_joined_keep_their_order(compiled: dict[str, str]) -> None:
    # Spark collects a list in the order in which its parts come in, which differs from run to run.
    joined = {name: sql for name, sql in compiled.items() if re.search(r"\blistagg\(", sql)}
    assert joined
    ordered = re.compile(r"listagg\([^()]*\)\s*within group \(order by ")
    assert [name for name, sql in joined.items() if not ordered.search(sql)] == []
    unsorted = re.compile(r"(?<!sort_array\()collect_list")
    assert [name for name, sql in compiled.items() if unsorted.search(sql)] == []


@pytest.mark.parametrize("sql", ["select max(a,) from t", "select cast(a as varchar) from t"])
def test_spark_refuses_what_duckdb_alone_allows(sql: str, parse: Parse) -> None:
    assert refusal(sql, parse) is not None


def refusal(sql: str, parse: Parse) -> str | None:
    """What Spark's parser says against the text, or nothing when it accepts it."""
    try:
        parse(sql)
    except Exception as error:
        return str(error)[:600]
    return None
