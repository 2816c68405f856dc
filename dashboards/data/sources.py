"""Where figures come from: a programme's source tables, what is wrong with its files, and lineage.

Rejected lines are known by line, column and reason, never by a delivered value.
"""

import re
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboards.data.choice import Choice
from dashboards.data.topics import Topic
from orchestration.access.reader import Level
from orchestration.ingestion.ledger import quarantine_file
from orchestration.release.dbt_artifacts import LAYERS

#: Characters of a line in a box of the picture.
ROOM_IN_A_BOX = 16
#: More steps than this make a picture that nobody can read, by how far it reaches each way: five
#: columns of boxes are smaller than three.
MOST_STEPS = {2: 16, 1: 40}
UNDER_HALF = "file.under_half_of_the_one_before"
# The percentage of rejected records in a file from which it is mentioned.
REJECTED_PERCENT = 1
LINE_COLUMNS = ("file_name", "line", "column", "reason")


def of_programme(choice: Choice) -> pl.DataFrame:
    """Rows of `dim_source` of which the chosen programme delivered a file."""
    programme = choice.place["programme_id"]
    return choice.release.once((of_programme, programme), lambda: _of_programme(choice, programme))


def _of_programme(choice: Choice, programme: str) -> pl.DataFrame:
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
    key = (of_metric, choice.place["programme_id"], metric_id)
    return choice.release.once(key, lambda: _of_metric(choice, metric_id))


def _of_metric(choice: Choice, metric_id: str) -> pl.DataFrame:
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


@dataclass(frozen=True)
class FileProblem:
    """A file that was refused, stands in for a newer one, shrank, or lost rows.

    `kind` is one of those; `table` is its source and table, joined by a point. `stands` is the day
    of the newest file of that table whose rows count, None where none does.
    """

    kind: str
    table: str
    file: str
    reason: str
    rejected: int
    records: int
    stands: date | None = None


def file_problems(choice: Choice) -> list[FileProblem]:
    """Problems of the files that count today or were refused, the most serious kind first."""
    rows = choice.release.rows("fct_load_ledger", programme_id=choice.place["programme_id"])
    if rows.is_empty() or "counting_status" not in rows.columns:
        return []
    counted = rows.filter(pl.col("counting_status").is_in(["counts", "stale"]))
    newest = dict(
        counted.group_by("source_name", "table_name")
        .agg(pl.col("as_of").max())
        .select(pl.format("{}.{}", "source_name", "table_name"), "as_of")
        .iter_rows()
    )
    found = []
    for row in rows.sort("arrival", descending=True).iter_rows(named=True):
        status, records = str(row["counting_status"]), int(row["records"] or 0)
        rejected = int(row["rejected"] or 0)
        kinds = []
        if status in {"refused", "stale"}:
            kinds.append(status)
        elif status == "counts" and UNDER_HALF in str(row["flagged"]):
            kinds.append("shrunken")
        if status == "counts" and rejected * 100 > REJECTED_PERCENT * records:
            kinds.append("rejected")
        reason = str((row["counting_reason"] if status == "stale" else row["reason"]) or "")
        table = f"{row['source_name']}.{row['table_name']}"
        name = str(row["file_name"])
        stands = newest.get(table)
        found += [
            FileProblem(kind, table, name, reason, rejected, records, stands) for kind in kinds
        ]
    order = {"refused": 0, "stale": 1, "shrunken": 2, "rejected": 3}
    return sorted(found, key=lambda each: order[each.kind])


def file_problems_of(choice: Choice, topic: Topic) -> list[FileProblem]:
    """Those of them whose table feeds a figure of the subject, except lost rows."""
    problems = [each for each in file_problems(choice) if each.kind != "rejected"]
    if not problems:
        return []
    fed = {table: _topics_fed(choice, table) for table in {each.table for each in problems}}
    return [each for each in problems if fed[each.table] & set(topic.topics)]


def _topics_fed(choice: Choice, table: str) -> set[str]:
    """Topics of the metrics that are made from a source table, by the release's own lineage."""
    steps = choice.release.rows("release_lineage")
    known = choice.release.rows("dim_metric")
    if steps.is_empty() or known.is_empty():
        return set()
    below = {table}
    while True:
        more = set(steps.filter(pl.col("parent").is_in(sorted(below)))["child"].to_list()) - below
        if not more:
            break
        below |= more
    metrics = [name.removeprefix("met_") for name in below if name.startswith("met_")]
    return set(known.filter(pl.col("metric_id").is_in(metrics))["topic"].to_list())


def rejected_counts(choice: Choice) -> pl.DataFrame:
    """Rejected rows by file, column and reason, the most first."""
    rows = choice.release.rows("fct_rejects", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        return rows
    names = choice.release.rows("fct_load_ledger").select("file_hash", "file_name")
    named = rows.join(names.unique("file_hash"), on="file_hash", how="left")
    return named.sort("rejected_count", "file_name", descending=[True, False])


def rejected_lines(choice: Choice) -> pl.DataFrame:
    """One row per rejected line, in order of the files, where this server keeps the line numbers.

    Its columns are those of COLUMNS. Empty for readers who see the public extract alone.
    """
    programme = choice.place["programme_id"]
    rows = choice.release.rows("fct_rejects", programme_id=programme)
    if rows.is_empty() or choice.release.reader.grant(programme).level != Level.INTERNAL:
        return pl.DataFrame()
    names = dict(
        choice.release.rows("fct_load_ledger").select("file_hash", "file_name").iter_rows()
    )
    found = []
    keys = ("programme_id", "source_name", "table_name", "file_hash")
    for programme, source, table, file_hash in rows.select(keys).unique().sort(keys).iter_rows():
        kept = quarantine_file(programme, source, table, file_hash)
        if kept.is_file():
            mine = pl.read_csv(kept, infer_schema=False)
            found.append(mine.with_columns(file_name=pl.lit(names.get(file_hash, file_hash))))
    if not found:
        return pl.DataFrame()
    return pl.concat(found).with_columns(pl.col("line").cast(pl.Int64)).select(LINE_COLUMNS)
