"""What a kept table is made of: stored tables and sources, through whatever views lie between."""

from typing import Any

import pytest

from orchestration.steps.build_plan import BuildPlan
from orchestration.steps.model_inputs import inputs_of, to_build


def node(name: str, sql: str, *parents: str, layer: str = "intermediate") -> dict[str, Any]:
    """A model of a manifest; one whose name begins with `v_` is a view."""
    return {
        "name": name,
        "resource_type": "model",
        "fqn": ["bodyworn", layer, name],
        "raw_code": sql,
        "config": {"materialized": "view" if name.startswith("v_") else "table"},
        "depends_on": {"nodes": [f"model.{one}" if one[0] != "s" else one for one in parents]},
    }


@pytest.fixture(name="manifest")
def fixture_manifest() -> dict[str, Any]:
    """Events under views by month and by the whole, and a metric of each."""
    models = [
        node("v_staged", "landed()", "source.events", layer="staging"),
        node("int_events", "unite(ref('v_staged'))", "v_staged"),
        node("v_by_month", "{{ near('int_events') }} {{ ref('v_area') }}", "int_events", "v_area"),
        node("v_area", "derived()", "source.areas"),
        node("met_near", "{{ near('v_by_month') }}", "v_by_month", layer="metrics"),
        node("met_any", "{{ ref('v_by_month') }}", "v_by_month", layer="metrics"),
        node(
            "met_both", "{{ near('int_events') }} {{ ref('int_events') }}", "int_events", "v_area"
        ),
        node("fct_some", "{{ ref('met_any') }}", "met_any", layer="marts"),
    ]
    sources = {
        f"source.{name}": {"source_name": "s", "name": name, "resource_type": "source"}
        for name in ("events", "areas")
    }
    return {"nodes": {f"model.{one['name']}": one for one in models}, "sources": sources}


def test_views_are_looked_through_and_reading_by_month_holds_along_the_whole_way(
    manifest: dict[str, Any],
) -> None:
    found = inputs_of(manifest)
    assert found.keys() == {"int_events", "met_near", "met_any", "met_both"}
    assert (found["met_near"].near, found["met_near"].whole) == ({"int_events"}, set())
    assert (found["met_any"].near, found["met_any"].whole) == (set(), {"int_events"})
    assert (found["met_both"].near, found["met_both"].whole) == (set(), {"int_events"})
    assert found["int_events"].sources == {"source.events"}
    assert found["met_near"].sources == {"source.areas"}


def test_dbt_hears_of_each_table_which_programmes_changed_beneath_it(
    manifest: dict[str, Any],
) -> None:
    told = to_build(manifest, BuildPlan(("east",), ("west",), {"east": ("s.areas",)}))
    assert {name for name, one in told.items() if one["changed"]} == told.keys() - {"int_events"}
    assert told["met_any"]["changed"] == ["east"]
    assert told["int_events"]["is_read"]
    assert not told["met_any"]["is_read"]


def test_dbt_hears_nothing_where_everything_is_built(manifest: dict[str, Any]) -> None:
    assert to_build(manifest, BuildPlan(("east",), why_whole="it was asked for")) == {}
