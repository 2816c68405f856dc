"""How dbt's models look in Dagster: keyed and grouped by layer, owned and described."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from orchestration.release.dbt_artifacts import LAYERS, layer

OWNER = "analysts"
Props = Mapping[str, Any]


def is_delivered(source: Props) -> bool:
    """A source is delivered when it is declared next to its staging models, else it is derived."""
    return str(source["original_file_path"]).startswith("models/staging/")


def _comment(code: str) -> str:
    """The comment a model opens with."""
    said = []
    for line in code.strip().splitlines():
        if not line.startswith("--"):
            break
        said.append(line.removeprefix("--").strip())
    return " ".join(said)


def describe(manifest: Props, props: Props) -> str:
    """The description in dbt; else the opening comment; else what the model is made from."""
    if props.get("description"):
        return str(props["description"]).strip()
    said = _comment(str(props.get("raw_code", "")))
    if said:
        return said
    parents = props["depends_on"]["nodes"]
    if len(parents) == 1 and parents[0] in manifest["sources"]:
        return f"{manifest['sources'][parents[0]]['description'].strip()} In the project's words."
    made_from = ", ".join(sorted(parent.rsplit(".", 1)[-1] for parent in parents))
    return f"A step of the {layer(props)} layer, made from {made_from}."


class Layered(DagsterDbtTranslator):
    """Key and group by layer; singular tests over several models are checks too."""

    def get_asset_spec(
        self, manifest: Props, unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The default, with our description and owner."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        if props["resource_type"] == "source":
            return spec
        return spec.replace_attributes(description=describe(manifest, props))

    def get_asset_key(self, dbt_resource_props: Props) -> dg.AssetKey:
        """`raw/<source>/<table>`, `derived/<source>/<table>` or `<layer>/<model>`."""
        props = dbt_resource_props
        if props["resource_type"] == "source":
            first = "raw" if is_delivered(props) else "derived"
            return dg.AssetKey([first, props["source_name"], props["name"]])
        return dg.AssetKey([layer(props), props["name"]])

    def get_group_name(self, dbt_resource_props: Props) -> str:
        """The layer."""
        return layer(dbt_resource_props)

    def get_owners(self, dbt_resource_props: Props) -> list[str]:
        """The owner that a metric's entry names, else the analysts."""
        meta = dbt_resource_props.get("config", {}).get("meta", {})
        return [f"team:{meta.get('owner', OWNER)}"]

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Props, unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """The default, and a test over several models as a check of the last of them."""
        usual = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        test = manifest["nodes"][unique_id]
        models = [p for p in test["depends_on"]["nodes"] if p in manifest["nodes"]]
        if usual or test.get("attached_node") or len(models) < 2:  # noqa: PLR2004  several
            return usual
        keys = {p: self.get_asset_key(manifest["nodes"][p]) for p in models}
        last = max(models, key=lambda p: (LAYERS.index(layer(manifest["nodes"][p])), p))
        if keys[last] != asset_spec.key:
            return None
        return dg.AssetCheckSpec(
            name=test["name"],
            asset=asset_spec.key,
            description=test.get("description") or test["name"].replace("_", " "),
            additional_deps=[key for parent, key in keys.items() if parent != last],
            metadata={"dagster_dbt/unique_id": unique_id},
            blocking=str(test["config"].get("severity", "error")).lower() == "error",
        )
