"""Workbooks of released rows: everything of one area, or the rows of one table."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from dashboards.data import headlines, metric_rows, sources, topics
from dashboards.data.choice import Choice
from dashboards.data.metric_rows import ALL
from dashboards.files.accessible_workbook import Book, Sheet, workbook
from dashboards.files.csv_file import labelled
from dashboards.files.figures_table import readable
from dashboards.text import citation, notices
from orchestration.release.public.cube import SUPPLIED, SYNTHETIC

COARSE = ("window", "year", "trial_window", "quarter")
Metrics = Mapping[str, Mapping[str, Any]]


def of_area(choice: Choice, address: str = "") -> bytes:
    """A workbook of the chosen area and period: headline figures, and each subject's figures."""
    metrics = {str(row["metric_id"]): row for row in choice.release.rows("dim_metric").to_dicts()}
    sheets = [*_headlines(choice, metrics), *_subjects(choice, metrics)]
    title = f"Body-worn video: {choice.where}"
    return workbook(Book(title, _cover(choice, "", address), sheets, _made_at(choice)))


def of_rows(rows: pl.DataFrame, choice: Choice, title: str, about: str) -> bytes:
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
        f"{programme['programme_name']}, {choice.where}, {citation.period(choice)}.",
        notices.LABEL,
        f"Release {choice.release.cited_as}.",
        "Figures are as the pages show them. The public extract hides small counts; this does not.",
        f"Sources: {'; '.join(sources.producers(choice)) or 'none named'}.",
        f"Cite as: {citation.citation(choice, sources.producers(choice), what, address)}",
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
