"""What a table is made from, step by step, as rows and as a diagram."""

import polars as pl

from orchestration.release.dbt_artifacts import LAYERS


def above(steps: pl.DataFrame, model: str) -> pl.DataFrame:
    """The rows of `release_lineage` that lead to `model`, from the sources on."""
    found = steps.clear()
    wanted = {model}
    while True:
        more = steps.filter(pl.col("child").is_in(sorted(wanted)))
        if more.height == found.height:
            order = {layer: place for place, layer in enumerate(LAYERS)}
            rank = pl.col("child_layer").replace_strict(order, default=9, return_dtype=pl.Int64)
            return found.sort(rank, "child", "parent")
        found = more
        wanted |= set(more["parent"].to_list())


def diagram(steps: pl.DataFrame) -> str:
    """The steps as a Mermaid flowchart, a box per layer, from left to right."""
    ends = [steps.select(name=end, layer=f"{end}_layer") for end in ("parent", "child")]
    nodes = pl.concat(ends).unique().sort("layer", "name")
    ids = {name: f"n{place}" for place, name in enumerate(nodes["name"].to_list())}
    lines = ["flowchart LR"]
    for layer in [*LAYERS, *sorted(set(nodes["layer"].to_list()) - set(LAYERS))]:
        inside = nodes.filter(layer=layer)["name"].to_list()
        if inside:
            boxes = [f'    {ids[name]}["{name}"]' for name in inside]
            lines += [f'  subgraph {layer}_layer["{layer}"]', *boxes, "  end"]
    arrows = steps.select("parent", "child").iter_rows()
    return "\n".join([*lines, *(f"  {ids[parent]} --> {ids[child]}" for parent, child in arrows)])
