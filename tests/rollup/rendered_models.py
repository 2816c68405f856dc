"""A model's SQL run on DuckDB without dbt: its macros, and relations of Polars frames."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import polars as pl
from jinja2.runtime import Context

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
    adapter = SimpleNamespace(dispatch=_of_duckdb)
    template = environment.from_string(written + text)
    return template.render(ref=lambda name: name, dbt=dbt, adapter=adapter)


@jinja2.pass_context
def _of_duckdb(context: Context, name: str, _: str) -> Callable[..., str]:
    """DuckDB's own form of a macro, which dbt finds by its prefix."""
    form: Callable[..., str] = context.vars[f"duckdb__{name}"]
    return form


def run_model(path: str, **relations: pl.DataFrame) -> pl.DataFrame:
    """What a model makes of relations named as it names them."""
    with duckdb.connect() as con:
        for name, frame in relations.items():
            con.register(name, frame)
        made: pl.DataFrame = con.sql(rendered((MODELS / path).read_text("utf-8"))).pl()
        return made
