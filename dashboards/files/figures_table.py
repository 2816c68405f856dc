"""Released figures under headings that a reader knows, with a mark where there is no figure."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.text import shorthand
from dashboards.text.figures import when

NUMBERS = {
    "Counted": "numerator",
    "Out of": "denominator",
    "Figure": "value",
    "Lower end": "interval_low",
    "Upper end": "interval_high",
}
STATUSES = {
    "final": "figure",
    "low": "too few for a rate",
    "suppressed": "hidden to protect people",
    "not_supplied": "not supplied",
    "missing_months": "a month is missing",
    "not_applicable": "does not apply",
}
HEADINGS = (
    "Measure", "Area", "Period", "First day", "Last day", "Part", *NUMBERS, "Unit", "Status",
    "Marks", "Note", "Origin",
)  # fmt: skip


def readable(
    rows: pl.DataFrame,
    metrics: Mapping[str, Mapping[str, Any]],
    areas: Mapping[str, str],
    origin: str,
) -> pl.DataFrame:
    """One row per figure, for people: rows of `fct_metrics` or of headlines in the same columns.

    `metrics` are rows of dim_metric and `areas` names of areas, each by its id; `origin` says in
    every row whose figures these are. Where there is no number, a numeric column holds a mark as
    text, so that no cell is empty: such columns hold Python values of both kinds.
    """
    listed = [_line(row, metrics, areas, origin) for row in rows.iter_rows(named=True)]
    return pl.DataFrame(
        {
            head: pl.Series([row[head] for row in listed], dtype=pl.Object)
            if head in NUMBERS
            else [row[head] for row in listed]
            for head in HEADINGS
        }
    )


def _line(
    row: Mapping[str, Any],
    metrics: Mapping[str, Mapping[str, Any]],
    areas: Mapping[str, str],
    origin: str,
) -> dict[str, Any]:
    metric = metrics[str(row["metric_id"])]
    parts = "all" if row["breakdown"] == "all" else f"{row['breakdown']}: {row['breakdown_value']}"
    numbers = {
        head: shorthand.in_cell(row, column, str(metric["kind"]))
        for head, column in NUMBERS.items()
    }
    return numbers | {
        "Measure": str(metric["label"]),
        "Area": areas.get(str(row["area_id"]), str(row["area_id"])),
        "Period": when(row),
        "First day": row["period_start"],
        "Last day": row["period_end"],
        "Part": parts.replace("_", " "),
        "Unit": "percent" if metric["unit"] == "%" else str(metric["unit"]),
        "Status": STATUSES.get(str(row["status"]), str(row["status"])),
        "Marks": shorthand.marks(row) or "none",
        "Note": str(row["status_reason"] or "none"),
        "Origin": origin,
    }
