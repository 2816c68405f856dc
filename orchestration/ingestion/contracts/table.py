"""The contract of a delivered table: what its dbt source entry says, read without dbt."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from yaml import Node

from orchestration import paths
from orchestration.ingestion.contracts.column import DATED, ColumnContract, Strict
from orchestration.storage.yaml_positions import Path as Place
from orchestration.storage.yaml_positions import (
    YamlProblem,
    faults_of,
    listed,
    nearest,
    parse,
    place_of,
    said,
)


class Origin(Strict):
    """Where the data come from, so that every figure can be traced and attributed."""

    producer: str
    title: str
    url: str
    licence: str
    citation: str
    accessed: date


class Format(Strict):
    """How the files are written: stated, never guessed."""

    type: Literal["csv", "parquet", "jsonl", "xlsx"]
    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    escape: str = '"'
    nulls: tuple[str, ...] = ("",)
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def stated(self) -> Self:
        """Raise where a file could only be read by guessing."""
        missing = {"encoding", "separator", "quote"} - self.model_fields_set
        if self.type == "csv" and missing:
            raise ValueError(f"a csv states its {', '.join(sorted(missing))}")
        if self.type != "xlsx" and self.model_fields_set & {"sheet", "header_row"}:
            raise ValueError("`sheet` and `header_row` belong to xlsx")
        if len(self.separator) != 1 or len(self.quote) > 1 or len(self.escape) > 1:
            raise ValueError("separator, quote and escape are single characters")
        try:
            "".encode(self.encoding)
        except LookupError as error:
            raise ValueError(f"{self.encoding} is no known encoding") from error
        return self


class Unpivot(Strict):
    """A wide publication: the columns that match become rows of a name and a value."""

    columns: str
    name_to: str
    value_to: str


def key_or_none(value: object) -> object:
    """`key: none` says that no column is unique; an empty tuple here."""
    return () if value == "none" else value


class SameDelivery(Strict):
    """What makes two files of a table the same delivery, of which only the later file counts.

    What `name_pattern` matches in a file's name, without its folder, identifies the delivery. With
    `columns`, a later file replaces all rows that share one of its values in those columns.
    """

    name_pattern: str | None = None
    columns: tuple[str, ...] = ()

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        """Raise unless exactly one of the two is given, and the pattern can be used."""
        if (self.name_pattern is None) == (not self.columns):
            raise ValueError("same_delivery takes either a name_pattern or columns")
        re.compile(self.name_pattern or "")
        return self


class RepeatedRows(Strict):
    """In a table without a key, equal rows with the same value in this id column count once."""

    count_once_by: str


class TableMeta(Strict):
    """The part of a table's contract that dbt does not define.

    `periods` says which months a delivery covers: those inside its `dates`, every month it touches
    (`whole_months`), those its `rows` name, as monthly statistics do, or none, because it is a
    `register` that is delivered whole. With `nothing_before`, nothing happened before the first
    record, so that earlier months are covered.
    """

    version: int
    feed: str
    grain: Literal["allegation", "officer_and_allegation"] | None = None
    files: list[str]
    format: Format
    key: Annotated[tuple[str, ...], BeforeValidator(key_or_none)]
    event_date: str | None = None
    periods: Literal["dates", "whole_months", "rows", "register"] = "dates"
    nothing_before: bool = False
    undeclared: Literal["flag", "expected"] = "flag"
    unpivot: Unpivot | None = None
    refuse_above_rejected: float = Field(default=0.2, ge=0, le=1)
    origin: Origin | None = None
    same_delivery: SameDelivery | None = None
    replaces: Literal["table", "period"] | None = None
    repeated_rows: RepeatedRows | None = None

    @model_validator(mode="after")
    def versions_without_a_key(self) -> Self:
        """Raise where a key already says which rows replace which, or where two rules would.

        With a key, too, a delivery may be complete: rows that a later one leaves out are then
        removed.
        """
        by_columns = self.same_delivery is not None and bool(self.same_delivery.columns)
        if self.key and (by_columns or self.replaces == "period" or self.repeated_rows):
            raise ValueError(
                "same_delivery by columns, replaces: period and repeated_rows belong to a table"
                " with `key: none`: with a key, later rows replace earlier ones"
            )
        if self.same_delivery and self.replaces:
            raise ValueError("give same_delivery or replaces: each says what a later file replaces")
        if self.replaces == "period" and self.event_date is None:
            raise ValueError("replaces: period needs an event_date")
        return self

    @model_validator(mode="after")
    def rolled_up(self) -> Self:
        """Raise where a grain is declared for a feed whose rows are not rolled up."""
        if self.grain and self.feed != "complaints":
            raise ValueError("`grain` belongs to the feed complaints, which rolls allegations up")
        return self


class SourceMeta(Strict):
    """What holds for every table of a source."""

    origin: Origin
    owner: str
    fresh_within_days: int | None


class TableConfig(Strict):
    """The `config` of a table."""

    meta: TableMeta


class SourceConfig(Strict):
    """The `config` of a source."""

    meta: SourceMeta


class SourceEntry(Strict):
    """A source as dbt's YAML lists it, its tables not parsed yet."""

    name: str
    description: str = ""
    config: SourceConfig
    tables: list[dict[str, Any]] = Field(default=[])

    @field_validator("tables")
    @classmethod
    def of_this_source(cls, tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a table that repeats a setting of its source."""
        if any({"source", "source_meta"} & table.keys() for table in tables):
            raise ValueError("`source` and `source_meta` are no keys of a table")
        return tables


class TableContract(Strict):
    """A delivered table: which files, which columns, what they may hold."""

    source: str
    name: str
    description: str
    config: TableConfig
    columns: list[ColumnContract]
    source_meta: SourceMeta

    @property
    def meta(self) -> TableMeta:
        """Files, format, key and version."""
        return self.config.meta

    @property
    def feed(self) -> str:
        """The canonical feed or topic the table belongs to."""
        return self.meta.feed

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name one row; empty when the contract says none."""
        return self.meta.key

    @property
    def label(self) -> str:
        """`source.table`, as messages name it."""
        return f"{self.source}.{self.name}"

    @property
    def origin(self) -> Origin:
        """Where this table comes from."""
        return self.meta.origin or self.source_meta.origin

    @cached_property
    def kept(self) -> list[ColumnContract]:
        """The columns that reach raw."""
        return [column for column in self.columns if column.is_kept]

    @cached_property
    def delivered(self) -> list[ColumnContract]:
        """The columns in the file: without the two that an unpivot creates."""
        unpivot = self.meta.unpivot
        made = {unpivot.name_to, unpivot.value_to} if unpivot else set()
        return [column for column in self.columns if column.name not in made]

    def column(self, name: str) -> ColumnContract:
        """The column of that name; raises KeyError."""
        return {column.name: column for column in self.columns}[name]

    @model_validator(mode="after")
    def refers(self) -> Self:
        """Raise where the contract names a column that it does not declare."""
        names = [column.name for column in self.columns]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
        if missing := [name for name in self._named() if name not in names]:
            raise ValueError(f"named but not declared: {', '.join(missing)}")
        if lost := [k for k in self.key if self.column(k).privacy in ("drop", "quasi")]:
            raise ValueError(f"a key column is kept as delivered: {', '.join(lost)}")
        event = self.meta.event_date
        if event and self.column(event).family not in DATED:
            raise ValueError(f"event_date {event} is neither a date nor a timestamp")
        if event and self.meta.replaces == "period" and not self.column(event).meta.required:
            raise ValueError(f"replaces: period needs a date in every row: make {event} required")
        timed = [(column.name, name) for column in self.columns for name in column.timed_by]
        if wrong := [pair for pair in timed if self.column(pair[1]).family != "timestamp"]:
            raise ValueError("{} is compared with {}, which is no timestamp".format(*wrong[0]))
        headers = [name for column in self.delivered for name in column.headers]
        if shared := {name for name in headers if headers.count(name) > 1}:
            raise ValueError(f"two columns share a header: {', '.join(sorted(shared))}")
        return self

    def _named(self) -> Iterator[str]:
        yield from self.meta.key
        if self.meta.event_date:
            yield self.meta.event_date
        if self.meta.same_delivery:
            yield from self.meta.same_delivery.columns
        if self.meta.repeated_rows:
            yield self.meta.repeated_rows.count_once_by
        for column in self.columns:
            yield from column.timed_by
        if self.meta.unpivot:
            re.compile(self.meta.unpivot.columns)
            yield from (self.meta.unpivot.name_to, self.meta.unpivot.value_to)


class ContractProblem(ValueError):
    """A contract that cannot be read; the message names file, table and column."""


def read_contracts(folder: Path = paths.STAGING) -> list[TableContract]:
    """Every table declared under `folder`, in order of source and table.

    Raises ContractProblem with every fault of every file: line, column, table and what is wrong.
    """
    found: list[TableContract] = []
    faults: list[str] = []
    for file in sorted(folder.glob("*/_*.yml")):
        try:
            found += _tables(file)
        except ContractProblem as problem:
            faults.append(str(problem))
    if faults:
        raise ContractProblem("\n".join(faults))
    return sorted(found, key=lambda contract: (contract.source, contract.name))


def find_contract(source: str, table: str, folder: Path = paths.STAGING) -> TableContract:
    """The contract of one table; raises ContractProblem with the tables there are."""
    contracts = read_contracts(folder)
    for contract in contracts:
        if (contract.source, contract.name) == (source, table):
            return contract
    known = [contract.label for contract in contracts]
    near = nearest(f"{source}.{table}", known)
    raise ContractProblem(f"no contract for {source}.{table}{near}; there are: {', '.join(known)}")


def _tables(file: Path) -> list[TableContract]:
    """The contracts of one file; raises ContractProblem with every fault of it."""
    name = f"{file.parent.name}/{file.name}"
    try:
        document, node = parse(file.read_text("utf-8"), name, "a contract")
    except (OSError, UnicodeDecodeError) as problem:
        raise ContractProblem(f"{name} cannot be read: {problem}") from problem
    except YamlProblem as problem:
        raise ContractProblem(str(problem)) from problem
    sources = document.get("sources") or []
    if not isinstance(sources, list):
        at = place_of(node, ("sources",))
        raise ContractProblem(said(name, at, "sources: a list of sources is expected"))
    tables: list[TableContract] = []
    faults: list[str] = []
    for number, source in enumerate(sources):
        for found in _of_source(source, ("sources", number), node, name):
            if isinstance(found, TableContract):
                tables.append(found)
            else:
                faults += found
    if faults:
        raise ContractProblem(listed(faults))
    return tables


def _of_source(
    written: object, above: Place, node: Node, name: str
) -> Iterator[TableContract | list[str]]:
    """Each table of a source as a contract, or its faults."""
    try:
        source = SourceEntry.model_validate(written)
    except ValidationError as problem:
        yield faults_of(problem, SourceEntry, node, name, above)
        return
    own = {"source": source.name, "source_meta": source.config.meta}
    for number, table in enumerate(source.tables):
        try:
            yield TableContract.model_validate(own | table)
        except ValidationError as problem:
            yield faults_of(problem, TableContract, node, name, (*above, "tables", number))
