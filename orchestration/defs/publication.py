"""The release: built from the marts, audited, and swapped in whole or not at all."""

import dagster as dg

from orchestration.defs.transform import dbt_estimates, dbt_models
from orchestration.release.dbt_artifacts import BuildProblem
from orchestration.release.publish import AuditFailed
from orchestration.steps import kept_warehouse
from orchestration.steps.progress import say
from orchestration.steps.publish import release_marts
from orchestration.steps.run_inputs import RunInputs

KEY = dg.AssetKey(["release", "current"])


@dg.asset(
    key=KEY,
    group_name="release",
    owners=["team:analysts"],
    kinds={"duckdb", "parquet", "csv"},
    deps=sorted(dbt_models.keys | dbt_estimates.keys),
)
def release(
    context: dg.AssetExecutionContext, inputs: dg.ResourceParam[RunInputs]
) -> dg.MaterializeResult[None]:
    """The folder that readers open: audited tables as DuckDB, Parquet and CSV, with a manifest."""
    say("Building and auditing the release")
    try:
        result = release_marts(inputs, context.run_id)
    except (AuditFailed, BuildProblem) as problem:
        raise dg.Failure(str(problem), allow_retries=False) from problem
    if not inputs.left_out:
        kept_warehouse.keep()
    return dg.MaterializeResult(
        metadata={
            "release": result.release.name,
            "is_new": result.is_new,
            "sentence": result.sentence,
        }
    )
