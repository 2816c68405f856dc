"""A table with its description: CSV and `datapackage.json` (Frictionless) in one zip file."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboards.data import sources
from dashboards.data.choice import Choice
from dashboards.files.csv_file import csv, labelled
from dashboards.text import citation

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# The earliest time that a zip file can hold: the same rows give the same bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
LABELS = {
    "release": "The release that the row is of.",
    "programme_name": "The programme; a synthetic one says so.",
    "origin": "Where the row comes from; an invented one says that it is invented.",
}


@dataclass(frozen=True)
class Packaged:
    """A table to take away: the released table its rows are of, its name and what it shows."""

    table: str
    name: str
    title: str


def zipped(rows: pl.DataFrame, choice: Choice, about: Packaged) -> bytes:
    """A zip file with the rows as CSV and their description.

    Fields carry the meaning written in dbt; an empty cell is a missing value, which the status of
    its row explains where the table has one.
    """
    table = csv(rows, choice)
    described = json.dumps(_package(rows, choice, about, table), indent=2, ensure_ascii=False)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (
            ("datapackage.json", described.encode()),
            (f"{about.name}.csv", table),
        ):
            file.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _package(rows: pl.DataFrame, choice: Choice, about: Packaged, table: bytes) -> dict[str, Any]:
    release = choice.release
    return {
        "$schema": PROFILE,
        "name": about.name.lower().replace("_", "-"),
        "title": about.title,
        "description": citation.citation(choice, sources.producers(choice), about.title),
        "version": release.name,
        "sources": _sources(choice),
        "resources": [
            {
                "name": about.name.lower().replace("_", "-"),
                "path": f"{about.name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(table),
                "hash": f"sha256:{hashlib.sha256(table).hexdigest()}",
                "schema": {
                    "fields": list(_fields(rows, choice, release.describe(about.table))),
                    "missingValues": [""],
                },
            }
        ],
    }


def _sources(choice: Choice) -> list[dict[str, str]]:
    """Producers of the programme's files, each title once; a package without any names us."""
    found = []
    for row in sources.of_programme(choice).iter_rows(named=True):
        said = {"title": f"{row['producer']}: {row['title']}. Licence: {row['licence']}"}
        if "://" in str(row["url"]):
            said["path"] = str(row["url"])
        if said not in found:
            found.append(said)
    return found or [{"title": str(choice.programme["programme_name"])}]


def _fields(
    rows: pl.DataFrame, choice: Choice, meaning: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    written = labelled(rows, choice)
    for name, dtype in written.schema.items():
        kind = _kind(dtype)
        said = LABELS.get(name) or meaning.get(name, "")
        yield {
            "name": name,
            "type": kind,
            **({"format": "any"} if kind == "datetime" else {}),
            **({"description": said} if said else {}),
        }


def _kind(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if isinstance(dtype, pl.Datetime):
        return "datetime"
    return "date" if dtype == pl.Date else "boolean" if dtype == pl.Boolean else "string"
