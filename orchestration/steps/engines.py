"""What computes the models of a run: DuckDB inside this process, or Spark on request.

dbt and Spark are imported by the functions that need them: a run with nothing new imports neither.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.storage.engine import DUCKDB, ENGINES, SPARK, EngineProblem, engine_version

if TYPE_CHECKING:
    from orchestration.steps.dbt import NodeResult


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


def start_anew(engine: str) -> None:
    """Remove everything that an earlier run built where this one builds."""
    from orchestration.steps import dbt, kept_warehouse

    kept_warehouse.forget()
    dbt.start_anew()
    if engine == SPARK:
        from orchestration.steps import spark, spark_tables

        with spark.errors_in_words():
            spark_tables.start_anew()


def build_models(
    engine: str,
    selection: Sequence[str],
    *,
    variables: Mapping[str, Any],
    target: Path,
    on_event: Callable[[Any], None] | None = None,
) -> list["NodeResult"]:
    """`dbt build` of a selection by an engine; marts and panels are in the warehouse after it.

    A failed model or test is a result, not an error, whichever engine found it. Raises
    EngineProblem when the engine is lost, DbtProblem when dbt cannot start.
    """
    from orchestration.steps import dbt

    if engine == SPARK:
        return _build_on_spark(selection, variables, target, on_event)
    return dbt.build(
        selection, parsed=dbt.prepared(), variables=variables, target=target, on_event=on_event
    )


def _build_on_spark(
    selection: Sequence[str],
    variables: Mapping[str, Any],
    target: Path,
    on_event: Callable[[Any], None] | None,
) -> list["NodeResult"]:
    from orchestration.steps import dbt, spark, spark_tables

    parsed = dbt.prepared(engine=SPARK, schema=spark.schema())
    manifest = spark_tables.read_manifest(parsed)
    with spark.errors_in_words():
        files = spark_tables.register_sources(manifest)
    with spark.ansi_mode():
        results = dbt.build(
            selection,
            parsed=parsed,
            variables=variables,
            target=target,
            engine=SPARK,
            on_event=on_event,
        )
    if all(one.passed for one in results):
        spark_tables.refuse_vanished(files)
        # An exposure is not a node, and has nothing to collect.
        built = [manifest["nodes"].get(one.unique_id) for one in results]
        with spark.errors_in_words():
            spark_tables.collect([node for node in built if node and _is_read_after(node)])
    said = [spark.in_a_sentence(one) for one in results]
    # Nothing more can be built by an engine that is gone: no programme by itself either.
    if any(one.message == spark.LOST for one in said):
        raise EngineProblem(spark.LOST)
    return said


def _is_read_after(node: Mapping[str, Any]) -> bool:
    """Whether studies or the release read a table, which then comes into the warehouse."""
    from orchestration.release.dbt_artifacts import layer
    from orchestration.steps.run_studies import PANELS

    if node["resource_type"] != "model":
        return False
    return layer(node) == "marts" or node["name"] in PANELS
