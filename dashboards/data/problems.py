"""What is wrong with delivered files today, and which pages each of them feeds."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboards.data.choice import Choice
from dashboards.data.topics import Topic

UNDER_HALF = "file.under_half_of_the_one_before"
# The percentage of rejected records in a file from which it is mentioned.
REJECTED_PERCENT = 1


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


def of_programme(choice: Choice) -> list[FileProblem]:
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


def of_topic(choice: Choice, topic: Topic) -> list[FileProblem]:
    """Those of them whose table feeds a figure of the subject, except lost rows."""
    problems = [each for each in of_programme(choice) if each.kind != "rejected"]
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
