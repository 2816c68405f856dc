"""Where figures come from: a programme's source tables, and what a table is made from."""

import re

import polars as pl

from dashboards.data.choice import Choice
from orchestration.release.dbt_artifacts import LAYERS


def of_programme(choice: Choice) -> pl.DataFrame:
    """Rows of `dim_source` of which the chosen programme delivered a file."""
    programme = choice.place["programme_id"]
    ours = choice.release.rows("fct_load_ledger", programme_id=programme)
    if "counting_status" in ours.columns:
        ours = ours.filter(pl.col("counting_status").is_in(["counts", "stale", "refused"]))
    known = choice.release.rows("dim_source")
    if known.is_empty() or ours.is_empty():
        return known.clear()
    keys = ["source_name", "table_name"]
    return known.join(ours.select(keys).unique(), on=keys, how="semi").sort(keys)


def of_metric(choice: Choice, metric_id: str) -> pl.DataFrame:
    """Those of them that a metric is made from; all of them when the lineage is not known."""
    ours = of_programme(choice)
    steps = choice.release.rows("release_lineage")
    if ours.is_empty() or steps.is_empty():
        return ours
    names = above(steps, f"met_{metric_id}")["parent"].to_list()
    return ours.filter(pl.format("{}.{}", "source_name", "table_name").is_in(names))


def producers(choice: Choice, metric_id: str = "") -> list[str]:
    """Who made the data behind a metric, or behind the programme where none is named; in order."""
    rows = of_metric(choice, metric_id) if metric_id else of_programme(choice)
    return sorted(set(rows["producer"].to_list())) if rows.width else []


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


#: Characters of a line in a box of the picture.
ROOM_IN_A_BOX = 16
#: More steps than this make a picture that nobody can read, by how far it reaches each way: five
#: columns of boxes are smaller than three.
MOST_STEPS = {2: 16, 1: 40}


def near(steps: pl.DataFrame, model: str) -> tuple[pl.DataFrame, int]:
    """The rows of `release_lineage` near `model`, and how many steps each way they reach.

    Two steps, one where two are too many to read, and none where one is.
    """
    for reach, most in MOST_STEPS.items():
        found = _within(steps, model, reach)
        if found.height <= most:
            return found, reach
    return steps.clear(), 0


def _within(steps: pl.DataFrame, model: str, reach: int) -> pl.DataFrame:
    found = steps.clear()
    for here, there in (("child", "parent"), ("parent", "child")):
        wanted = {model}
        for _ in range(reach):
            more = steps.filter(pl.col(here).is_in(sorted(wanted)))
            found = pl.concat([found, more])
            wanted = set(more[there].to_list())
    return found.unique().sort("child", "parent")


def diagram(steps: pl.DataFrame, focus: str = "") -> str:
    """The steps as a Mermaid flowchart, a box per layer, from left to right, `focus` in bold."""
    ends = [steps.select(name=end, layer=f"{end}_layer") for end in ("parent", "child")]
    nodes = pl.concat(ends).unique().sort("layer", "name")
    ids = {name: f"n{place}" for place, name in enumerate(nodes["name"].to_list())}
    lines = ["flowchart LR"]
    for layer in [*LAYERS, *sorted(set(nodes["layer"].to_list()) - set(LAYERS))]:
        inside = nodes.filter(layer=layer)["name"].to_list()
        if inside:
            boxes = [f'    {ids[name]}["{_broken(name)}"]' for name in inside]
            lines += [f'  subgraph {layer}_layer["{layer}"]', *boxes, "  end"]
    arrows = steps.select("parent", "child").iter_rows()
    lines += [f"  {ids[parent]} --> {ids[child]}" for parent, child in arrows]
    if focus in ids:
        lines.append(f"  style {ids[focus]} stroke-width:4px")
    return "\n".join(lines)


def _broken(name: str) -> str:
    """A name in lines that fit a box, broken after underscores and not within a word."""
    lines = [""]
    for part in re.findall(r"[^_]*_*", name):
        if lines[-1] and len(lines[-1]) + len(part) > ROOM_IN_A_BOX:
            lines.append("")
        lines[-1] += part
    return "<br/>".join(lines)
