"""The models built by the engine of a run, and what the rest of the run reads of them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.release.dbt_artifacts import layer
from orchestration.steps import dbt
from orchestration.steps.engines import DUCKDB, SPARK
from orchestration.steps.run_studies import PANELS


def start_anew(engine: str) -> None:
    """Nothing that an earlier run built is left where this one builds."""
    dbt.start_anew()
    if engine == SPARK:
        from orchestration.steps import spark

        spark.start_anew()


def build_models(
    engine: str,
    selection: Sequence[str],
    *,
    variables: Mapping[str, Any],
    target: Path,
    on_event: Callable[[Any], None] | None = None,
) -> list[dbt.NodeResult]:
    """`dbt build` of a selection by an engine; marts and panels stand in the warehouse after it.

    A failed model or test is a result, not an error, whichever engine found it.
    """
    if engine == DUCKDB:
        return dbt.build(
            selection,
            parsed=dbt.prepared(),
            variables=variables,
            target=target,
            on_event=on_event,
        )
    return _build_on_spark(selection, variables, target, on_event)


def _build_on_spark(
    selection: Sequence[str],
    variables: Mapping[str, Any],
    target: Path,
    on_event: Callable[[Any], None] | None,
) -> list[dbt.NodeResult]:
    from orchestration.steps import spark

    parsed = dbt.prepared(engine=SPARK, schema=spark.schema())
    manifest = spark.read_manifest(parsed)
    spark.register_sources(manifest)
    results = dbt.build(
        selection,
        parsed=parsed,
        variables=variables,
        target=target,
        engine=SPARK,
        on_event=on_event,
    )
    if all(one.passed for one in results):
        nodes = [manifest["nodes"][one.unique_id] for one in results]
        spark.collect([node for node in nodes if _is_read_after(node)])
    return [spark.in_a_sentence(one) for one in results]


def _is_read_after(node: Mapping[str, Any]) -> bool:
    """Whether studies or the release read a table, which then comes into the warehouse."""
    if node["resource_type"] != "model":
        return False
    return layer(node) == "marts" or node["name"] in PANELS
