"""What computes the models of a run: DuckDB inside this process, or Spark where it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.storage.engine import engine_version

DUCKDB, SPARK = "duckdb", "spark"
"""The engines, named as the targets of `profiles.yml`."""
ENGINES = (DUCKDB, SPARK)


class EngineProblem(RuntimeError):
    """The engine cannot be used; the message says what to install or to set."""


def refuse_unusable(engine: str) -> None:
    """Raise EngineProblem where an engine is unknown or lacks what it needs."""
    if engine not in ENGINES:
        raise EngineProblem(f"there is no engine {engine}: it is one of {', '.join(ENGINES)}")
    if engine == SPARK:
        from orchestration.steps import spark

        spark.refuse_unusable(spark.SparkSettings.from_environment())


@contextmanager
def session(engine: str) -> Iterator[None]:
    """What the engine keeps open for the length of a run. Raises EngineProblem without it."""
    if engine == DUCKDB:
        yield
        return
    from orchestration.steps import spark

    with spark.session(spark.SparkSettings.from_environment()):
        yield


def engine_of(engine: str) -> dict[str, str]:
    """Name and version of an engine, for the record of a run."""
    if engine == DUCKDB:
        return {"name": engine, "version": engine_version()}
    from orchestration.steps import spark

    return {"name": engine, "version": spark.spark_version()}
