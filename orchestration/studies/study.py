"""A study file: read, checked against its design by line and column, hashed; and how it is run."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.disclosure.policy import Class
from orchestration.evaluation.catalogue import find_design
from orchestration.evaluation.core import (
    Design,
    Keys,
    Refusal,
    Result,
    collected_warnings,
    warnings_as_notes,
)
from orchestration.evaluation.timing import AllocationKeys
from orchestration.storage.table_columns import Column, NoColumn
from orchestration.storage.yaml_positions import YamlProblem, check, parse, place_of, said

#: Kinds of outcomes, shared with the published findings; only findings of the same kind are plotted
#: together.
OutcomeGroup = Literal[
    "complaints",
    "use_of_force",
    "assaults",
    "arrests",
    "charges",
    "pleas",
    "convictions",
    "stops",
    "recorded_crime",
    "court_time",
    "recording",
    "benefit_cost",
]


class StudyProblem(Refusal):
    """A study file that cannot be read; the message names file, line and column of each fault."""


class StudyEvidence(BaseModel):
    """Where a run finds the study's table, and what an estimate alone does not say.

    `design` is the design in a sentence, for a reader who knows no design by name. `table` is a
    table of the warehouse; the study uses its rows of the programme and the outcome window, and of
    `area` alone where the study is about one. `before_after_study` names the study whose change
    over time belongs with this one; `before_after` says why there is none. `metric` is the released
    figure that the study is about: a promise of that figure names the study. `waits_for` says which
    data a study that was registered in advance waits for; without them it refuses.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    outcome: Annotated[OutcomeGroup, Column("outcome_group")]
    design: Annotated[str, Column("study_design")]
    compared: Annotated[str, Column("compared_what")]
    would_change: str
    table: Annotated[str | None, NoColumn("read when the study is run")] = None
    area: Annotated[str | None, Column("studied_area_id")] = None
    metric: Annotated[str | None, Column("metric_id")] = None
    waits_for: Annotated[str | None, NoColumn("given as the reason of the refusal")] = None
    before_after_study: Annotated[str | None, NoColumn("its words are before_after_words")] = None
    before_after: Annotated[str | None, NoColumn("shown as before_after_words")] = None


class OutcomeWindow(BaseModel):
    """The days within which outcomes happen, both included, by the date of the event."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "OutcomeWindow":
        if self.last < self.first:
            raise ValueError("the window ends before it begins")
        return self


class _Text(BaseModel):
    """A study as its file states it, before its design has checked the keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    design: str
    title: str
    question: str
    outcome_window: OutcomeWindow | None = None
    keys: dict[str, Any] = {}
    data: str | None = None
    inline: dict[str, list[Any]] | None = None
    disclosure: Class = "P"
    evidence: StudyEvidence | None = None


@dataclass(frozen=True)
class Study:
    """A question put to a design: the checked keys, and the table where it stands in the file."""

    name: str
    sha256: str
    title: str
    question: str
    outcome_window: OutcomeWindow | None
    design: Design
    keys: Keys
    data: str | None
    inline: pl.DataFrame | None
    #: The class of its table: P of people, A of events, O published already.
    disclosure: Class
    evidence: StudyEvidence | None


def read_study(path: Path) -> Study:
    """The study in a file; raises StudyProblem with file, line and column."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyProblem(f"{path.name} cannot be read: {error}") from error
    return study_from(text, path.name)


def study_from(text: str, name: str) -> Study:
    """The study in a text; raises StudyProblem with `name`, line and column."""
    try:
        document, node = parse(text, name, "a study")
        parsed = check(_Text, document, node, name)
        design = _design(parsed.design, node, name)
        keys: Keys = check(design.keys, parsed.keys, node, name, ("keys",))
    except YamlProblem as problem:
        raise StudyProblem(str(problem)) from problem
    if parsed.data and parsed.inline:
        at = place_of(node, ("inline",))
        raise StudyProblem(said(name, at, "a study names `data:` or holds `inline:`, not both"))
    return Study(
        name=name,
        sha256=content_hash(document),
        title=parsed.title,
        question=parsed.question,
        outcome_window=parsed.outcome_window,
        design=design,
        keys=keys,
        data=parsed.data,
        inline=_inline(parsed.inline, node, name),
        disclosure=parsed.disclosure,
        evidence=parsed.evidence,
    )


def content_hash(document: Any) -> str:
    """SHA-256 of what a study says; comments, layout and the order of keys do not count."""
    plain = json.dumps(document, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _design(named: str, node: yaml.Node, name: str) -> Design:
    try:
        return find_design(named)
    except Refusal as error:
        raise StudyProblem(said(name, place_of(node, ("design",)), str(error))) from error


def _inline(arrays: dict[str, list[Any]] | None, node: yaml.Node, name: str) -> pl.DataFrame | None:
    if arrays is None:
        return None
    lengths = {column: len(values) for column, values in arrays.items()}
    for column, length in lengths.items():
        if length != next(iter(lengths.values())):
            first = next(iter(lengths))
            message = f"{column} has {length} entries and {first} {lengths[first]}"
            raise StudyProblem(said(name, place_of(node, ("inline", column)), message))
    try:
        return pl.DataFrame(arrays, strict=False)
    except (TypeError, pl.exceptions.PolarsError) as error:
        at = place_of(node, ("inline",))
        raise StudyProblem(said(name, at, f"this is no table: {error}")) from error


READERS = {".csv", ".parquet"}


def read_table(path: Path) -> pl.DataFrame:
    """A whole table of a file; raises Refusal when it cannot be read."""
    return table_from(path, path.name)


def table_from(source: Path | BytesIO, name: str) -> pl.DataFrame:
    """A whole table, its types inferred from all its rows; raises Refusal when it cannot be read.

    The ending of `name` decides the format. Only an empty cell is missing: `NA` is an ordinary
    label, which some areas have.
    """
    kind = Path(name).suffix.lower()
    if kind not in READERS:
        raise Refusal(f"{name}: a table is a .csv or a .parquet file")
    try:
        if kind == ".parquet":
            return pl.read_parquet(source)
        return pl.read_csv(source, infer_schema_length=None, try_parse_dates=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Refusal(f"{name} cannot be read as a table: {error}") from error


def estimate(study: Study, table: pl.DataFrame | None = None) -> Result:
    """What the study's design finds in the table, or in its own inline arrays.

    The order of rows does not matter. Warnings of libraries are among the notes of the result.
    Raises Refusal when the design or the table cannot be estimated, or when two tables are given.
    """
    if table is not None and study.inline is not None:
        raise Refusal(f"{study.name} holds its data inline: give no other table")
    if table is None and study.evidence is not None and study.evidence.waits_for:
        raise waiting(study.evidence.waits_for)
    keys = study.keys
    if isinstance(keys, AllocationKeys) and study.outcome_window is not None:
        keys = keys.beginning(study.outcome_window.first)
    with collected_warnings() as warned:
        found = study.design.run(keys, study.inline if table is None else table)
    return replace(found, notes=(*found.notes, *warnings_as_notes(warned)))


def waiting(data: str) -> Refusal:
    """Why a study that was registered before its data cannot run yet."""
    return Refusal(f"the study was planned before its data and waits for {data.rstrip('.')}")


def table_for(study: Study, data: Path | None, folder: Path) -> pl.DataFrame | None:
    """The table of `data`, else the one the study names (from the `folder` of its file), or None.

    Raises Refusal when a file cannot be read.
    """
    if data is not None:
        return read_table(data)
    return read_table(folder / study.data) if study.data else None
