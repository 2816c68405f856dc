"""The lineage that `dbt docs generate` draws has no gap from a source to a released table."""

import re

from orchestration.steps.build_plan import DERIVED
from orchestration.steps.model_inputs import NEAR
from tests.house_rules.project import LANDED_BY_PYTHON, Manifest, models, released

ROOTS = ("source.", "seed.")


def parents(manifest: Manifest, key: str) -> list[str]:
    """What a node reads by `ref` and `source`, which is all that dbt's own lineage knows."""
    found: list[str] = manifest["nodes"][key]["depends_on"].get("nodes", [])
    return found


def above(manifest: Manifest, key: str) -> set[str]:
    """The node, and everything that it is made from."""
    found, wanted = set(), {key}
    while wanted:
        found |= wanted
        read = {p for one in wanted if one in manifest["nodes"] for p in parents(manifest, one)}
        wanted = read - found
    return found


def test_every_released_table_comes_from_sources_without_a_gap(manifest: Manifest) -> None:
    tables = released(manifest)
    assert tables
    gaps = {
        (table["name"], key)
        for table in tables
        for key in above(manifest, table["unique_id"])
        if not key.startswith(ROOTS) and not parents(manifest, key)
    }
    assert gaps == set()


def test_the_definitions_of_metrics_and_their_figures_come_from_every_metric(
    manifest: Manifest,
) -> None:
    metrics = {model["unique_id"] for model in models(manifest, "metrics")}
    assert metrics
    for name in ("dim_metric", "fct_metrics", "roll_metric_definitions", "roll_figures"):
        assert metrics <= above(manifest, f"model.bodyworn.{name}"), name


def test_the_table_of_sources_comes_from_every_delivered_table(manifest: Manifest) -> None:
    delivered = {key for key, one in manifest["sources"].items() if one["fqn"][1] == "staging"}
    assert delivered
    assert delivered <= set(parents(manifest, "model.bodyworn.dim_source"))


def test_every_model_leads_to_a_released_table_or_to_a_study(manifest: Manifest) -> None:
    read = {key for table in released(manifest) for key in above(manifest, table["unique_id"])}
    # Studies name their tables in YAML, which dbt does not read.
    studied = {
        "int_bounded_rollout_months",
        "int_rollout_months",
        "int_trial_officers",
        "int_trial_periods",
    }
    read |= {key for name in studied for key in above(manifest, f"model.bodyworn.{name}")}
    # Residents are loaded and checked for rates per head, which no metric is yet.
    waiting = {"stg_bodyworn__population", "int_population"}
    assert {m["name"] for m in models(manifest) if m["unique_id"] not in read} == waiting


def test_what_is_kept_from_run_to_run_is_made_of_nothing_but_what_its_fingerprint_names(
    manifest: Manifest,
) -> None:
    kept = [
        model
        for layer in ("intermediate", "metrics")
        for model in models(manifest, layer)
        if model["config"]["materialized"] == "table"
    ]
    assert kept
    others = LANDED_BY_PYTHON - set(DERIVED)
    assert others
    found = {
        (model["name"], key)
        for model in kept
        for key in above(manifest, model["unique_id"])
        if (key.startswith("source.") and manifest["sources"][key]["source_name"] in others)
        or (key in manifest["nodes"] and manifest["nodes"][key]["fqn"][1] in {"rollup", "marts"})
    }
    assert found == set()


def test_a_metric_that_reads_by_month_has_months_alone(manifest: Manifest) -> None:
    by_month = [model for model in models(manifest, "metrics") if NEAR.search(model["raw_code"])]
    assert by_month
    longer = re.compile(r"'(quarter|year|window)'")
    assert [model["name"] for model in by_month if longer.search(model["raw_code"])] == []
