"""What Dagster shows: the whole graph, described, owned and grouped."""

from collections import Counter
from typing import Any

import dagster as dg
import pytest

from orchestration.definitions import definitions
from orchestration.defs.automation import JOB, chosen
from orchestration.defs.derived import LEDGER
from orchestration.defs.transform import MANIFEST
from orchestration.ingestion.contracts.table import read_contracts
from orchestration.programmes.programme_tables import TABLES
from orchestration.release.dbt_artifacts import LAYERS
from orchestration.release.history import CARRIED
from orchestration.steps.run_inputs import make_run_inputs

DEFINED = definitions()
GRAPH = DEFINED.resolve_asset_graph()
SPECS = {spec.key: spec for spec in DEFINED.resolve_all_asset_specs()}


def _key(path: str) -> dg.AssetKey:
    return dg.AssetKey(path.split("/"))


def _models() -> list[dict[str, Any]]:
    return [n for n in MANIFEST["nodes"].values() if n["resource_type"] in {"model", "seed"}]


@pytest.mark.parametrize("key", sorted(SPECS), ids=lambda key: key.to_user_string())
def test_every_asset_has_a_description_an_owner_and_a_group(key: dg.AssetKey) -> None:
    spec = SPECS[key]
    assert len((spec.description or "").strip()) > 15
    assert spec.owners
    assert spec.group_name
    assert spec.group_name != "default"


def test_the_definitions_can_be_loaded_by_the_services() -> None:
    dg.Definitions.validate_loadable(DEFINED)


def test_every_contract_is_a_raw_asset_and_every_model_an_asset_of_its_layer() -> None:
    counted = Counter(spec.group_name for spec in SPECS.values())
    expected = Counter(n["fqn"][1] for n in _models() if n["resource_type"] == "model")
    expected["seed"] = sum(n["resource_type"] == "seed" for n in _models())
    expected |= {"landing": 1, "raw": len(read_contracts()), "evaluation": 5, "release": 1}
    expected["derived"] = len(TABLES) + len(LEDGER) + len(CARRIED)
    assert counted == +expected


def test_nothing_is_read_that_no_asset_makes() -> None:
    external = [key for key in GRAPH.get_all_asset_keys() if not GRAPH.get(key).is_executable]
    assert external == []


@pytest.mark.parametrize(
    ("made", "from_what"),
    [
        ("release/current", "marts/fct_metrics"),
        ("derived/evaluation/studies", "intermediate/int_trial_officers"),
        ("marts/fct_studies", "derived/evaluation/studies"),
        ("derived/evaluation/studies", "intermediate/int_trial_periods"),
        ("marts/fct_load_ledger", "derived/ingestion/ledger"),
        ("derived/evaluation/area_comparisons", "marts/fct_metrics"),
        ("marts/fct_area_comparisons", "derived/evaluation/area_comparisons"),
    ],
)
def test_the_graph_runs_from_landing_to_the_release(made: str, from_what: str) -> None:
    assert _key(from_what) in GRAPH.get_ancestor_asset_keys(_key(made))
    assert _key("landing/deliveries") in GRAPH.get_ancestor_asset_keys(_key("release/current"))


def test_every_raw_table_reaches_the_release() -> None:
    ancestors = GRAPH.get_ancestor_asset_keys(_key("release/current"))
    raw = {key for key in SPECS if key.path[0] == "raw"}
    assert raw <= ancestors


def test_layers_only_look_upstream() -> None:
    order = ["landing", "raw", *LAYERS]
    for spec in SPECS.values():
        for dep in spec.deps:
            above = SPECS[dep.asset_key].group_name
            if {spec.group_name, above} <= set(order):
                assert order.index(str(above)) <= order.index(str(spec.group_name))


def test_every_dbt_test_on_a_model_is_a_check_that_blocks() -> None:
    checks = {key.name for key in GRAPH.asset_check_keys}
    tests = [n for n in MANIFEST["nodes"].values() if n["resource_type"] == "test"]
    on_models = [t for t in tests if any(p in MANIFEST["nodes"] for p in t["depends_on"]["nodes"])]
    assert {test["name"] for test in on_models} <= checks


def test_a_raw_table_whose_rows_do_not_add_up_blocks_what_follows() -> None:
    blocking = {
        key.asset_key
        for key in GRAPH.asset_check_keys
        if key.name == "rows_add_up" and GRAPH.get_check_spec(key).blocking
    }
    assert blocking == {key for key in SPECS if key.path[0] == "raw"}


def test_each_source_that_must_be_fresh_has_a_freshness_policy() -> None:
    dated = {
        dg.AssetKey(["raw", one.source, one.name])
        for one in read_contracts()
        if one.source_meta.fresh_within_days is not None
    }
    assert {spec.key for spec in SPECS.values() if spec.freshness_policy} == dated


def test_there_is_one_job_one_schedule_and_one_sensor_that_starts_it() -> None:
    repository = DEFINED.get_repository_def()
    assert [job.name for job in repository.get_all_jobs() if job.name[0] != "_"] == [JOB]
    assert [one.name for one in repository.schedule_defs] == ["every_night"]
    starting = [one.name for one in repository.sensor_defs if one.targets and one.has_jobs]
    assert starting == ["new_files"]


def test_a_run_materialises_no_raw_table_that_got_nothing(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    assert not [key for key in chosen(make_run_inputs()) if key.path[0] == "raw"]
    made = {key for key in SPECS if key.path[0] != "raw"}
    assert set(chosen(make_run_inputs())) == made
