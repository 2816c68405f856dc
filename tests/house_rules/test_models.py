"""Marts keep contracts, layers look upstream, and every source says where it comes from."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from tests.house_rules.project import (
    LANDED_BY_PYTHON,
    Manifest,
    files,
    meta,
    models,
    released,
    shown,
)

UPSTREAM: dict[str, set[str]] = {
    "staging": set(),
    "intermediate": {"staging", "intermediate"},
    "metrics": {"intermediate"},
    # One place rolls every metric up the tree of areas and periods.
    "rollup": {"intermediate", "metrics", "rollup"},
    "marts": {"intermediate", "rollup", "marts"},
}
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "metrics": ("met_",),
    "rollup": ("roll_",),
    # A step between marts is an int_ model, and is not released.
    "marts": ("fct_", "dim_", "int_"),
}
PROVENANCE = {"producer", "title", "url", "licence", "citation", "accessed"}


def test_every_released_table_has_an_enforced_contract_and_a_primary_key(
    manifest: Manifest,
) -> None:
    marts = released(manifest)
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


def test_a_fact_or_a_dimension_is_released_and_nothing_else_is(manifest: Manifest) -> None:
    facts = {m["name"] for m in models(manifest) if m["name"].startswith(("fct_", "dim_"))}
    assert facts == {mart["name"] for mart in released(manifest)}


def test_every_model_lies_in_a_layer(manifest: Manifest) -> None:
    assert {model["fqn"][1] for model in models(manifest)} <= UPSTREAM.keys()


def test_only_staging_reads_delivered_files(manifest: Manifest) -> None:
    # dim_source repeats what the contracts say about the tables and reads no row of them.
    readers = [
        (model["name"], parent)
        for model in models(manifest)
        if model["fqn"][1] != "staging" and model["name"] != "dim_source"
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


def test_the_entry_of_a_metric_lies_beside_its_sql_in_the_folder_of_its_topic(
    manifest: Manifest,
) -> None:
    astray = [
        model["name"]
        for model in models(manifest, "metrics")
        for sql in [Path(model["original_file_path"])]
        if model["patch_path"] != f"bodyworn://{sql.with_suffix('.yml')}"
        or sql.parent.name != meta(model)["topic"]
    ]
    assert astray == []


def test_a_model_that_is_one_macro_is_written_as_its_call() -> None:
    columns_around_a_call = re.compile(
        r"(?:--[^\n]*\n)*select\s+(?:\w+(?:\s+as\s+\w+)?,?\s+)+"
        r"from \{\{ (?!ref|source)\w+\(.*\) \}\}(?: as \w+)?\s*",
        re.DOTALL,
    )
    assert columns_around_a_call.fullmatch(
        "select\n    a,\n    b as c\nfrom {{ m(ref('x')) }} as y\n"
    )
    wrappers = [
        shown(path)
        for path in files("models/*.sql")
        if columns_around_a_call.fullmatch(path.read_text())
    ]
    assert wrappers == []


def test_topics_of_models_cannot_be_mixed_up(manifest: Manifest) -> None:
    folders = {Path(m["original_file_path"]).parent for m in models(manifest)}
    # The folders of staging are named for sources.
    topics = {folder.name for folder in folders if folder.parts[1] != "staging"}
    words = {topic: frozenset(topic.split("_")) for topic in topics - UPSTREAM.keys()}
    assert len(words) > len(UPSTREAM)
    alike = [(a, b) for a in words for b in words if a != b and words[a] <= words[b]]
    named_for_a_layer = [topic for topic in words if topic in UPSTREAM]
    assert (alike, named_for_a_layer) == ([], [])
