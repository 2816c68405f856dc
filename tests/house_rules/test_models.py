"""Marts keep contracts, layers look upstream, and every source says where it comes from."""

from collections import defaultdict

import pytest
import yaml

from tests.house_rules.project import LANDED_BY_PYTHON, Manifest, files, meta, models, released

UPSTREAM: dict[str, set[str]] = {
    "staging": set(),
    "intermediate": {"staging", "intermediate"},
    "metrics": {"intermediate", "marts"},
    # One place rolls every metric up the tree of areas and periods.
    "rollup": {"intermediate", "metrics", "rollup"},
    "marts": {"intermediate", "metrics", "rollup", "marts"},
}
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "metrics": ("met_",),
    "rollup": ("roll_",),
    "marts": ("fct_", "dim_"),
}
PROVENANCE = {"producer", "title", "url", "licence", "citation", "accessed"}


def test_every_mart_has_an_enforced_contract_and_a_primary_key(manifest: Manifest) -> None:
    marts = models(manifest, "marts")
    assert marts
    loose = [mart["name"] for mart in marts if not mart["contract"]["enforced"]]
    keyless = [
        mart["name"]
        for mart in marts
        if not [rule for rule in mart["constraints"] if rule["type"] == "primary_key"]
    ]
    assert (loose, keyless) == ([], [])


def test_every_released_mart_is_read_by_an_exposure(manifest: Manifest) -> None:
    read = {
        parent
        for exposure in manifest["exposures"].values()
        for parent in exposure["depends_on"]["nodes"]
    }
    assert [mart["name"] for mart in released(manifest) if mart["unique_id"] not in read] == []


@pytest.mark.parametrize("layer", list(UPSTREAM))
def test_a_layer_reads_only_the_layers_above_it(layer: str, manifest: Manifest) -> None:
    downstream = [
        (model["name"], parent)
        for model in models(manifest, layer)
        for parent in model["depends_on"]["nodes"]
        if parent.startswith("model.")
        and manifest["nodes"][parent]["fqn"][1] not in UPSTREAM[layer]
    ]
    assert downstream == []


@pytest.mark.parametrize("layer", list(PREFIXES))
def test_a_model_is_named_for_its_layer(layer: str, manifest: Manifest) -> None:
    named = [model["name"] for model in models(manifest, layer)]
    assert [name for name in named if not name.startswith(PREFIXES[layer])] == []


def test_every_model_lies_in_a_layer(manifest: Manifest) -> None:
    assert {model["fqn"][1] for model in models(manifest)} <= UPSTREAM.keys()


def test_only_staging_reads_delivered_files(manifest: Manifest) -> None:
    readers = [
        (model["name"], parent)
        for model in models(manifest)
        if model["fqn"][1] != "staging"
        for parent in model["depends_on"]["nodes"]
        if parent.startswith("source.") and parent.split(".")[2] not in LANDED_BY_PYTHON
    ]
    assert readers == []


def test_every_delivered_table_has_provenance_an_owner_and_a_version(manifest: Manifest) -> None:
    incomplete = []
    for table in manifest["sources"].values():
        if table["source_name"] in LANDED_BY_PYTHON:
            continue
        said = table["source_meta"] | meta(table)
        missing = PROVENANCE - {key for key, value in said.get("origin", {}).items() if value}
        missing |= {"owner", "version", "files", "format", "key", "feed"} - said.keys()
        missing |= {"fresh_within_days"} - said.keys()
        if missing or "example.org" in str(said):
            incomplete.append((table["source_name"], table["name"], sorted(missing)))
    assert incomplete == []


def test_a_source_says_the_same_of_itself_in_each_of_its_files() -> None:
    said = defaultdict(list)
    for path in files("models/staging/*/_*.yml"):
        for source in yaml.safe_load(path.read_text())["sources"]:
            said[source["name"]].append({key: source[key] for key in source.keys() - {"tables"}})
    assert max(len(headers) for headers in said.values()) > 1
    assert [
        name for name, headers in said.items() if headers.count(headers[0]) < len(headers)
    ] == []


def test_every_staging_model_reads_one_table_of_its_own_source(manifest: Manifest) -> None:
    wrong = [
        model["name"]
        for model in models(manifest, "staging")
        for parents in [[p for p in model["depends_on"]["nodes"] if p.startswith("source.")]]
        if len(parents) != 1 or model["name"] != "stg_{2}__{3}".format(*parents[0].split("."))
    ]
    assert wrong == []


def test_every_delivered_table_is_staged(manifest: Manifest) -> None:
    staged = {p for model in models(manifest, "staging") for p in model["depends_on"]["nodes"]}
    delivered = {
        table["unique_id"]
        for table in manifest["sources"].values()
        if table["source_name"] not in LANDED_BY_PYTHON
    }
    assert delivered - staged == set()


def test_every_metric_entry_says_what_a_reader_asks_first(manifest: Manifest) -> None:
    asked = {
        "label", "topic", "kind", "unit", "direction", "definition", "numerator_words",
        "denominator_words", "why_it_matters", "rise_can_mean", "fall_can_mean", "grace_days",
        "owner", "version", "breaks", "disclosure",
    }  # fmt: skip
    silent = {
        model["name"]: sorted(missing)
        for model in models(manifest, "metrics")
        if (missing := asked - meta(model).keys())
    }
    assert silent == {}
