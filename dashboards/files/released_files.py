"""Released rows as files: CSV, a data package, and workbooks of an area or a table.

Every row says where it comes from, and no cell is run as a formula. A data package is CSV with its
description, `datapackage.json` (Frictionless), in one zip file. In a workbook figures stand under
headings that a reader knows, with a mark where there is none.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from dashboards.data import headlines, metric_rows, sources, topics
from dashboards.data.choice import Choice
from dashboards.data.metric_rows import ALL
from dashboards.files.accessible_workbook import Book, Sheet, in_cell, marks_of, workbook
from dashboards.text import captions, notices
from dashboards.text.figures import unit_in_words, when
from orchestration.release.public.cube import SUPPLIED, SYNTHETIC
from orchestration.storage import spreadsheet_safety

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# The earliest time that a zip file can hold: the same rows give the same bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
LABELS = {
    "release": "The release that the row is of.",
    "programme_name": "The programme; a synthetic one says so.",
    "origin": "Where the row comes from; an invented one says that it is invented.",
}
NUMBERS = {
    "Counted": "numerator",
    "Out of": "denominator",
    "Figure": "value",
    "Lower end": "interval_low",
    "Upper end": "interval_high",
}
STATUS_WORDS = {
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
COARSE = ("window", "year", "trial_window", "quarter")
Metrics = Mapping[str, Mapping[str, Any]]


def labelled(rows: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """The rows with their release and, where they are of a programme, what that is.

    A synthetic figure says in its own row that it is invented.
    """
    said = {"release": choice.release.name}
    if "programme_id" in rows.columns:
        said |= {
            "programme_name": str(choice.programme["programme_name"]),
            "origin": _origin(choice),
        }
    return rows.with_columns(pl.lit(text).alias(name) for name, text in said.items())


def csv(rows: pl.DataFrame, choice: Choice) -> bytes:
    """Labelled rows as CSV: UTF-8, a row of headings, numbers as numbers."""
    return spreadsheet_safety.escape(labelled(rows, choice)).write_csv().encode()


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
        "description": captions.citation(choice, sources.producers(choice), about.title),
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
    numbers = {head: in_cell(row, column, str(metric["kind"])) for head, column in NUMBERS.items()}
    return numbers | {
        "Measure": str(metric["label"]),
        "Area": areas.get(str(row["area_id"]), str(row["area_id"])),
        "Period": when(row),
        "First day": row["period_start"],
        "Last day": row["period_end"],
        "Part": parts.replace("_", " "),
        "Unit": unit_in_words(metric),
        "Status": STATUS_WORDS.get(str(row["status"]), str(row["status"])),
        "Marks": marks_of(row) or "none",
        "Note": str(row["status_reason"] or "none"),
        "Origin": origin,
    }


def workbook_of_area(choice: Choice, address: str = "") -> bytes:
    """A workbook of the chosen area and period: headline figures, and each subject's figures."""
    metrics = {str(row["metric_id"]): row for row in choice.release.rows("dim_metric").to_dicts()}
    sheets = [*_headlines(choice, metrics), *_subjects(choice, metrics)]
    title = f"Body-worn video: {choice.where}"
    return workbook(Book(title, _cover(choice, "", address), sheets, _made_at(choice)))


def workbook_of_rows(rows: pl.DataFrame, choice: Choice, title: str, about: str) -> bytes:
    """A workbook with the rows of one released table under its own column names."""
    sheet = Sheet(title, labelled(rows, choice), [about] if about else [])
    return workbook(Book(title, _cover(choice, title, ""), [sheet], _made_at(choice)))


def _origin(choice: Choice) -> str:
    return SYNTHETIC if choice.programme["is_synthetic"] else SUPPLIED


def _made_at(choice: Choice) -> datetime:
    """When the release was published: the same figures give the same file."""
    try:
        return datetime.fromisoformat(choice.release.published)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)


def _cover(choice: Choice, what: str, address: str) -> list[str]:
    programme = choice.programme
    said = [
        f"{programme['programme_name']}, {choice.where}, {captions.chosen_period(choice)}.",
        notices.LABEL,
        f"Release {choice.release.cited_as}.",
        "Figures are as the pages show them. The public extract hides small counts; this does not.",
        f"Sources: {'; '.join(sources.producers(choice)) or 'none named'}.",
        f"Cite as: {captions.citation(choice, sources.producers(choice), what, address)}",
        notices.FOOTAGE,
    ]
    return [f"{SYNTHETIC}.", *said] if programme["is_synthetic"] else said


def _headlines(choice: Choice, metrics: Metrics) -> list[Sheet]:
    """The headline figure of every measure that has one."""
    found = [
        headline.row
        for metric in metrics.values()
        if (headline := headlines.of(choice, metric)) is not None
    ]
    if not found:
        return []
    rows = pl.DataFrame(found, infer_schema_length=None)
    read = readable(rows, metrics, _areas(choice), _origin(choice))
    about = ["The last twelve settled months, or the last period that has a figure."]
    return [Sheet(f"Headline figures, {choice.where}", read, about)]


def _subjects(choice: Choice, metrics: Metrics) -> list[Sheet]:
    sheets = []
    for topic in topics.ALL:
        names = [str(row["metric_id"]) for row in metric_rows.on(choice, topic.topics, topic.first)]
        frames = [rows for name in names if not (rows := _figures(choice, name)).is_empty()]
        if frames:
            rows = pl.concat(frames)
            title = f"{topic.title}, {choice.where}"
            about = ["By year and for the whole time; by quarter where the choice is one year."]
            sheets.append(
                Sheet(title, readable(rows, metrics, _areas(choice), _origin(choice)), about)
            )
    return sheets


def _figures(choice: Choice, metric_id: str) -> pl.DataFrame:
    rows = metric_rows.of(choice, metric_id, **ALL)
    if rows.is_empty():
        return rows
    wanted: Sequence[str] = COARSE if choice.year else COARSE[:3]
    return rows.filter(pl.col("period_grain").is_in(wanted))


def _areas(choice: Choice) -> dict[str, str]:
    return dict(choice.areas.select("area_id", "label").iter_rows())
