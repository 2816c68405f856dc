"""A model's SQL run on DuckDB without dbt: its macros, and relations of Polars frames."""

from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import polars as pl

from orchestration import paths

MODELS = paths.ROOT / "models"


def rendered(text: str, macros: tuple[str, ...] = ()) -> str:
    """SQL of a model or a macro call; `ref` is the name alone."""
    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - it writes SQL, not pages
    written = "".join((MODELS / "macros" / f"{name}.sql").read_text("utf-8") for name in macros)
    dbt: Any = SimpleNamespace(
        datediff=lambda first, last, part: f"datediff('{part}', {first}, {last})",
        type_string=lambda: "varchar",
    )
    return environment.from_string(written + text).render(ref=lambda name: name, dbt=dbt)


def run_model(path: str, **relations: pl.DataFrame) -> pl.DataFrame:
    """What a model makes of relations named as it names them."""
    with duckdb.connect() as con:
        for name, frame in relations.items():
            con.register(name, frame)
        made: pl.DataFrame = con.sql(rendered((MODELS / path).read_text("utf-8"))).pl()
        return made
