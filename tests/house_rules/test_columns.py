"""A column is described once and means one thing everywhere."""

from collections import defaultdict

from tests.house_rules.project import Manifest, models, released


def test_a_column_name_means_one_thing_everywhere(manifest: Manifest) -> None:
    meanings = defaultdict(set)
    for table in [*models(manifest), *manifest["sources"].values()]:
        for column in table["columns"].values():
            meanings[column["name"]].add(column["description"].strip())
    assert {name: said for name, said in meanings.items() if len(said) > 1 or "" in said} == {}


def test_every_column_of_a_mart_is_typed_and_described(manifest: Manifest) -> None:
    bare = [
        f"{mart['name']}.{column['name']}"
        for mart in models(manifest, "marts")
        for column in mart["columns"].values()
        if not (column["data_type"] and column["description"])
    ]
    assert bare == []


def test_every_model_and_source_table_is_described_or_opens_with_a_comment(
    manifest: Manifest,
) -> None:
    # Staging renames what its source describes; an intermediate model says its grain in line one.
    silent = [
        node["name"]
        for node in [*models(manifest), *manifest["sources"].values()]
        if node["fqn"][1] not in {"staging", "intermediate"} or node["resource_type"] == "source"
        if not node["description"].strip()
    ]
    silent += [
        model["name"]
        for model in models(manifest, "intermediate")
        if not model["description"].strip() and not model["raw_code"].startswith(("--", "{#"))
    ]
    assert silent == []


def test_released_marts_state_their_grain(manifest: Manifest) -> None:
    vague = [m["name"] for m in released(manifest) if "one row per" not in m["description"].lower()]
    assert vague == []
