"""dbt's models and tests as assets and checks, built by dbt inside this process in two passes.

Results of the evaluation come back to dbt as a source, so models that read them are built in the
second pass.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import click
import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.defs.layers import Layered
from orchestration.steps import build_plan, dbt, kept_warehouse, model_inputs
from orchestration.steps.build_plan import BuildPlan
from orchestration.steps.dbt import AFTER, BEFORE, target
from orchestration.steps.engines import build_models, start_anew
from orchestration.steps.progress import say, say_in_passing
from orchestration.steps.run_inputs import RunInputs
from orchestration.storage.engine import DUCKDB

FAILED_ON_KEPT = "what the run before left could not be gone on from"
ESTIMATED = "source:evaluation+"
UNIQUE_ID = "dagster_dbt/unique_id"
PREPARED = dbt.prepared()
MANIFEST: dict[str, Any] = json.loads((PREPARED / "manifest.json").read_text("utf-8"))
Event = dg.MaterializeResult[None] | dg.AssetCheckResult


@dataclass(frozen=True)
class _Specs:
    """The assets and checks of one pass by their dbt node.

    Dagster builds its list of specifications again for every call.
    """

    assets: dict[str, dg.AssetSpec]
    checks: dict[str, dg.AssetCheckSpec]

    @classmethod
    def of(cls, context: dg.AssetExecutionContext) -> Self:
        """Those that this run asked for."""
        asked = context.selected_asset_check_keys
        assets = {str(one.metadata.get(UNIQUE_ID)): one for one in context.assets_def.specs}
        checks = {
            str((one.metadata or {}).get(UNIQUE_ID)): one
            for one in context.assets_def.check_specs
            if one.key in asked
        }
        return cls(assets, checks)


def _events(specs: _Specs, done: dbt.NodeResult) -> Iterator[Event]:
    asset, check = specs.assets.get(done.unique_id), specs.checks.get(done.unique_id)
    if asset is not None and done.passed:
        metadata = {"seconds": round(done.seconds, 3)}
        yield dg.MaterializeResult(asset_key=asset.key, metadata=metadata)
    if check is not None:
        yield dg.AssetCheckResult(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=done.status == "pass",
            severity=dg.AssetCheckSeverity.WARN if done.passed else dg.AssetCheckSeverity.ERROR,
            metadata={"status": done.status, "failures": done.failures},
        )


def _failed(results: Sequence[dbt.NodeResult]) -> list[dbt.NodeResult]:
    return [done for done in results if not done.passed and done.status != "skipped"]


def _describe(results: Sequence[dbt.NodeResult]) -> str:
    """What failed, one line each; what dbt left out because of it is counted, not listed."""
    failed = _failed(results)
    left_out = sum(done.status == "skipped" for done in results)
    # dbt colours what a unit test expected, which a log or a webhook would show as noise.
    said = [click.unstyle(done.message).strip() for done in failed]
    names = [done.unique_id.split(".", 2)[2] for done in failed]
    lines = [f"- {name}: {words}" for name, words in zip(names, said, strict=True)]
    counted = f"{len(failed)} models or tests failed in dbt ({left_out} left out):"
    return "\n".join([counted, *lines])


def _build(
    inputs: RunInputs,
    programmes: Sequence[str],
    step: str,
    selection: Sequence[str],
    to_build: Mapping[str, Any] | None = None,
) -> list[dbt.NodeResult]:
    return build_models(
        inputs.engine,
        selection,
        variables={"programmes": list(programmes), "to_build": dict(to_build or {})},
        target=target(step),
        on_event=_watch,
    )


def _build_touched(inputs: RunInputs, whole: Sequence[str]) -> list[dbt.NodeResult]:
    """All models of what changed since the warehouse at hand was made, else of everything.

    Where that fails, everything is built from nothing, so that no run fails for what was kept.
    """
    now = build_plan.take(inputs)
    plan = build_plan.make_plan(kept_warehouse.made_of(), now, why_whole=_why_whole(inputs))
    results = _build_by(plan, inputs, whole)
    if plan.why_whole is None and _failed(results):
        plan = build_plan.make_plan(None, now, why_whole=FAILED_ON_KEPT)
        results = _build_by(plan, inputs, whole)
    if not _failed(results):
        kept_warehouse.note(plan, now)
    return results


def _build_by(plan: BuildPlan, inputs: RunInputs, whole: Sequence[str]) -> list[dbt.NodeResult]:
    say(plan.sentence)
    if plan.why_whole:
        start_anew(inputs.engine)
    else:
        kept_warehouse.forget()
        dbt.forget_artifacts()
    return _build(inputs, inputs.scope, BEFORE, whole, model_inputs.to_build(MANIFEST, plan))


def _why_whole(inputs: RunInputs) -> str | None:
    """Why a run builds everything, whatever the warehouse at hand holds."""
    if inputs.full:
        return "it was asked for (--full)"
    if not inputs.incremental:
        return "every run builds everything unless it is asked for less (--incremental)"
    if inputs.replay is not None:
        return "a release is made again"
    if inputs.engine != DUCKDB:
        return f"{inputs.engine} keeps nothing between runs"
    return None


def _without_failing(
    inputs: RunInputs, whole: Sequence[str], results: list[dbt.NodeResult]
) -> list[dbt.NodeResult]:
    """The models built once more without the programmes that fail by themselves.

    No programme stops another's release: those that fail are named in `inputs.left_out`. Where all
    fail, or none does alone, the results stay what they were.
    """
    scope = inputs.scope
    failing = {}
    for programme in scope:
        say(f"Looking whether {programme} can be built by itself (dbt)")
        start_anew(inputs.engine)
        alone = _build(inputs, [programme], BEFORE, whole)
        if _failed(alone):
            failing[programme] = _describe(alone)
    if not failing or len(failing) == len(scope):
        return results
    inputs.left_out.update(failing)
    say("Building marts of the other programmes (dbt)")
    start_anew(inputs.engine)
    return _build(inputs, inputs.scope, BEFORE, whole)


def _selection(context: dg.AssetExecutionContext, whole: Sequence[str]) -> Sequence[str]:
    """All of the pass, or only what somebody chose in Dagster."""
    if not context.is_subset:
        return whole
    return ["--select", *(key.path[-1] for key in sorted(context.selected_asset_keys))]


def _report(
    context: dg.AssetExecutionContext, results: Sequence[dbt.NodeResult]
) -> Iterator[Event]:
    """The outcome of each asset and check. Raises Failure at the end when something failed."""
    specs = _Specs.of(context)
    for done in results:
        yield from _events(specs, done)
    if _failed(results):
        raise dg.Failure(description=_describe(results), allow_retries=False)


def _watch(event: Any) -> None:
    if event.info.name == "LogStartLine":
        say_in_passing(f"dbt: {event.data.node_info.node_name}")


@dbt_assets(
    manifest=MANIFEST,
    exclude=ESTIMATED,
    name="dbt_models",
    dagster_dbt_translator=Layered(),
    pool="warehouse",
)
def dbt_models(context: dg.AssetExecutionContext, inputs: dg.ResourceParam[RunInputs]) -> Any:
    """From raw to marts, into a new warehouse or the one of the run before."""
    # A test over a model of the second pass waits for that pass.
    whole = ["--exclude", ESTIMATED, "--indirect-selection", "cautious"]
    if context.is_subset:
        kept_warehouse.forget()
        results = _build(inputs, inputs.scope, BEFORE, _selection(context, whole))
    else:
        results = _build_touched(inputs, whole)
        if _failed(results) and len(inputs.scope) > 1:
            results = _without_failing(inputs, whole, results)
    yield from _report(context, results)


@dbt_assets(
    manifest=MANIFEST,
    select=ESTIMATED,
    name="dbt_estimates",
    dagster_dbt_translator=Layered(),
    pool="warehouse",
)
def dbt_estimates(context: dg.AssetExecutionContext, inputs: dg.ResourceParam[RunInputs]) -> Any:
    """What is made from the estimates."""
    say("Building what is made from the estimates (dbt)")
    selection = _selection(context, ["--select", ESTIMATED])
    yield from _report(context, _build(inputs, inputs.scope, AFTER, selection))
