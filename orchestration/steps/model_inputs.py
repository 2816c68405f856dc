"""What each table that a run may keep is made of, read from dbt's manifest.

Views hold no rows: what they read is looked through to, down to stored tables and sources. A model
reads another by `near` where its rows of a month depend on nothing of the other but the rows of
that month, the one before and the one after; by `ref` it may depend on any row.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.release.dbt_artifacts import layer
from orchestration.steps.build_plan import BuildPlan

KEPT_LAYERS = ("intermediate", "metrics")
NEAR, ANY = re.compile(r"\bnear\('(\w+)'\)"), re.compile(r"\bref\('(\w+)'\)")


@dataclass
class ModelInputs:
    """Stored tables that a model reads by month (`near`) and as a whole, and sources beneath it."""

    near: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


def is_kept(node: Mapping[str, Any]) -> bool:
    """Whether a node is a table whose rows a run may leave as they are."""
    return (
        node["resource_type"] == "model"
        and layer(node) in KEPT_LAYERS
        and node["config"]["materialized"] == "table"
    )


def inputs_of(manifest: Mapping[str, Any]) -> dict[str, ModelInputs]:
    """The inputs of every kept table, by name."""
    found = {}
    for node in manifest["nodes"].values():
        if is_kept(node):
            found[node["name"]] = inputs = ModelInputs()
            _gather(manifest, node, inputs, is_near=True)
            # What is read both ways is read as a whole.
            inputs.near -= inputs.whole
    return found


def _gather(
    manifest: Mapping[str, Any], node: Mapping[str, Any], into: ModelInputs, *, is_near: bool
) -> None:
    read_near = set(NEAR.findall(node["raw_code"])) - set(ANY.findall(node["raw_code"]))
    for key in node["depends_on"]["nodes"]:
        parent = manifest["nodes"].get(key)
        if parent is None or parent["resource_type"] != "model":
            into.sources.add(key)
            continue
        stays_near = is_near and parent["name"] in read_near
        if is_kept(parent):
            (into.near if stays_near else into.whole).add(parent["name"])
        else:
            _gather(manifest, parent, into, is_near=stays_near)


def to_build(manifest: Mapping[str, Any], plan: BuildPlan) -> dict[str, dict[str, Any]]:
    """What dbt has to know of every kept table to follow a plan; nothing where all is built.

    Seeds are read by all and are those of the run before, or everything would be built.
    """
    if plan.why_whole:
        return {}
    changed_of = {
        key: sorted(name for name, tables in plan.changed.items() if _table(source) in tables)
        for key, source in manifest["sources"].items()
    }
    inputs = inputs_of(manifest)
    read = {name for one in inputs.values() for name in one.near | one.whole}
    return {
        name: {
            "near": sorted(one.near),
            "whole": sorted(one.whole),
            "changed": sorted(set(_of(changed_of, one.sources))),
            "is_read": name in read,
        }
        for name, one in inputs.items()
    }


def _table(source: Mapping[str, Any]) -> str:
    return f"{source['source_name']}.{source['name']}"


def _of(changed: Mapping[str, list[str]], sources: set[str]) -> Iterator[str]:
    for key in sources & changed.keys():
        yield from changed[key]
