"""SQL stays within what DuckDB and Spark read the same; the rest goes through a macro."""

import re

import pytest

from tests.house_rules.project import files, shown

# What DuckDB allows and Spark refuses, or reads differently.
FOREIGN = {
    "varchar": r"\bvarchar\b",
    "trailing comma": r",\s*(\bfrom\b|\)|$)",
    "list()": r"\blist\s*\(",
    "arg_max": r"\barg_(max|min)\s*\(",
    "strftime": r"\bstr[fp]time\s*\(",
    "quantile_cont": r"\bquantile(_cont|_disc)?\s*\(",
    "asof join": r"\basof\b",
    "union by name": r"\bunion(\s+all)?\s+by\s+name\b",
    "exclude": r"\*\s*exclude\b",
    # Spark has had times of day for a short while and writes them otherwise: `at_time` joins them.
    "time": r"(\bas\s+|::)time\b",
    "comment on": r"\bcomment\s+on\b",
}
LINE_CEILING = 130
COMMENT = re.compile(r"--[^\n]*|\{#.*?#\}", re.DOTALL)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
TEXT = re.compile(r"'(?:[^']|'')*'")


def sql_of_models() -> dict[str, str]:
    """SQL of every model and dbt test without comments, Jinja and quoted text."""
    found = {}
    for path in files("models/*.sql", "tests/dbt/*.sql"):
        if "/macros/" in shown(path) or "/generic/" in shown(path):
            continue
        bare = JINJA.sub("x", COMMENT.sub("", path.read_text()))
        found[shown(path)] = TEXT.sub("''", bare)
    return found


@pytest.mark.parametrize("habit", FOREIGN)
def test_models_use_no_word_that_only_duckdb_reads(habit: str) -> None:
    pattern = re.compile(FOREIGN[habit], re.IGNORECASE)
    assert [name for name, sql in sql_of_models().items() if pattern.search(sql)] == []


def test_no_model_knows_which_engine_computes_it() -> None:
    named = re.compile(r"\b(duckdb|spark)\b|\btarget\.type\b|\badapter\.", re.IGNORECASE)
    models = [p for p in files("models/*.sql", "tests/dbt/*.sql") if "/macros/" not in shown(p)]
    assert [shown(path) for path in models if named.search(path.read_text())] == []


def test_no_seed_tells_a_blank_text_from_a_missing_one() -> None:
    # dbt reads both as missing, DuckDB's own reader a quoted one as a text without letters.
    blank = re.compile(r'(^|,)""(,|$)', re.MULTILINE)
    assert [shown(p) for p in files("data/seeds/*.csv") if blank.search(p.read_text())] == []


def test_keywords_and_names_are_lower_case() -> None:
    assert [name for name, sql in sql_of_models().items() if re.search(r"[A-Z]", sql)] == []


def test_a_line_of_sql_fits_beside_another() -> None:
    long = [
        f"{shown(path)}:{number}"
        for path in files("models/*.sql", "tests/dbt/*.sql")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LINE_CEILING
    ]
    assert long == []


def test_declared_types_are_ones_both_engines_know() -> None:
    typed = re.compile(r"data_type:\s*\"?([a-z]+)")
    known = {
        "string", "integer", "int", "bigint", "double", "decimal", "date", "timestamp", "time",
        "boolean",
    }  # fmt: skip
    odd = {
        shown(path): wrong
        for path in files("models/*.yml")
        if (wrong := set(typed.findall(path.read_text())) - known)
    }
    assert odd == {}


def test_staging_neither_joins_nor_filters_nor_groups() -> None:
    filtered = [
        name
        for name, sql in sql_of_models().items()
        if name.startswith("models/staging/") and re.search(r"\b(where|join|group by)\b", sql)
    ]
    assert filtered == []
