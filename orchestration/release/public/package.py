"""`datapackage.json`: the extract described as a Frictionless data package (version 1 and 2)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.disclosure.policy import SHORTHAND, Policy
from orchestration.release import tiers
from orchestration.release.dbt_artifacts import Artifacts, meta
from orchestration.release.manifest import Input
from orchestration.release.public.cube import FIGURE
from orchestration.release.public.printed_figures import COLUMNS, NUMBERS
from orchestration.storage.hashes import of_file

NAME = "datapackage.json"
TABLE = "figures.csv"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
MEANINGS = {
    "programme_id": "Programme that is evaluated.",
    "programme_name": "Its name; a synthetic programme says so.",
    "origin": "Where the figure comes from; a synthetic figure says that it is invented.",
    "metric_id": "Metric.",
    "metric_label": "Name of the metric.",
    "unit": "Unit of the value.",
    "area_id": "Area.",
    "area_name": "Name of the area.",
    "period_grain": "year (calendar year) or window (all the time the programme has data for).",
    "period_start": "First day.",
    "period_end": "Last day.",
    "breakdown": "What the total is broken down by; `all` for the total.",
    "breakdown_value": "Part of the breakdown; `all` for the total.",
    "numerator": "What is counted.",
    "denominator": "What it is counted against; empty for a plain count.",
    "value": "The figure.",
    "interval_low": "Lower end of the 95% interval.",
    "interval_high": "Upper end of the 95% interval.",
    "marker": "Shorthand: " + "; ".join(f"{mark} {said}" for mark, said in SHORTHAND.items()),
    "note": "Why there is no figure.",
}
NEVER_EMPTY = tuple(name for name in COLUMNS if name not in (*NUMBERS, "marker", "note"))


def _field(name: str) -> dict[str, Any]:
    kind = "number" if name in NUMBERS else "date" if name.startswith("period_s") else "string"
    kind = "date" if name == "period_end" else kind
    limits = {"constraints": {"required": True}} if name in NEVER_EMPTY else {}
    return {"name": name, "type": kind, "description": MEANINGS[name], **limits}


def _sources(inputs: Sequence[Input], artifacts: Artifacts) -> Iterator[dict[str, str]]:
    """Who published what the figures were made from: each title once."""
    used = {(one.source_name, one.table_name) for one in inputs}
    seen = set()
    for source in artifacts.manifest["sources"].values():
        label = (source["source_name"], source["name"])
        origin = {**source.get("source_meta", {}), **meta(source)}.get("origin", {})
        title = ": ".join(filter(None, [origin.get("producer"), origin.get("title")]))
        facts = {"title": title or ".".join(label), "path": origin.get("url", "")}
        facts |= {"licence": origin.get("licence", "")}
        said = {key: str(value) for key, value in facts.items() if value}
        if label in used and tuple(said.items()) not in seen:
            seen.add(tuple(said.items()))
            yield said


def _resource(table: Path) -> dict[str, Any]:
    """The one table of the package, with its bytes, hash and fields."""
    return {
        "name": "figures",
        "path": TABLE,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": table.stat().st_size,
        "hash": f"sha256:{of_file(table)}",
        "dialect": {"delimiter": ",", "quoteChar": '"', "lineTerminator": "\n"},
        "schema": {
            "fields": [_field(name) for name in COLUMNS],
            "primaryKey": list(FIGURE),
            "missingValues": [""],
        },
    }


def withdrawn_before(candidate: Path) -> dict[str, list[dict[str, str]]]:
    """`withdrawn`: earlier releases that were withdrawn, so that nobody cites them; {} for none.

    Their figures remain what was first published; `[r]` marks those revised since.
    """
    line = tiers.parquet(candidate, "dim_release")
    if not line.is_file():
        return {}
    marked = pl.read_parquet(line).filter(pl.col("withdrawn_on").is_not_null())
    names = {"release": "release_id", "withdrawn_on": "withdrawn_on", "why": "withdrawn_why"}
    rows = marked.select(**{name: pl.col(column) for name, column in names.items()})
    withdrawn = rows.unique().sort("release").cast(pl.String).to_dicts()
    return {"withdrawn": withdrawn} if withdrawn else {}


def describe(
    folder: Path, as_of: str, inputs: Sequence[Input], artifacts: Artifacts, policy: Policy
) -> dict[str, Any]:
    """The package of the extract in `folder`; it holds no clock, so the same data give the same.

    `sources` follow the order of their titles.
    """
    sources = sorted(_sources(inputs, artifacts), key=lambda one: one["title"])
    return {
        "$schema": PROFILE,
        "name": "bodyworn-public-figures",
        "title": "Figures of body-worn camera programmes",
        "description": "A fixed set of figures in which small counts are hidden, and all that"
        " would reveal them. What a change can mean stands with each metric in the release.",
        "version": as_of,
        "licenses": [policy.licence.model_dump()],
        "sources": sources,
        "disclosure": {name: rule.model_dump() for name, rule in policy.classes.items()},
        "resources": [_resource(folder / TABLE)],
    }
