"""The contract of a delivered table: what its dbt source entry says, read without dbt."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from orchestration import paths
from orchestration.ingestion.contracts.column import DATED, ColumnContract, Strict

SOURCE_KEYS = {"name", "description", "config", "tables"}


class Origin(Strict):
    """Where the data come from, so that every figure can be traced and credited."""

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


class TableMeta(Strict):
    """The part of a table's contract that is ours and not dbt's."""

    version: int
    feed: str
    files: list[str]
    format: Format
    key: Annotated[tuple[str, ...], BeforeValidator(key_or_none)]
    event_date: str | None = None
    undeclared: Literal["flag", "expected"] = "flag"
    unpivot: Unpivot | None = None
    origin: Origin | None = None


class SourceMeta(Strict):
    """What holds for every table of a source."""

    origin: Origin
    owner: str
    fresh_within_days: int | None


class TableConfig(Strict):
    """The `config` of a table."""

    meta: TableMeta


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
        """The columns that stand in the file: the two an unpivot makes do not."""
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
        timed = [(column.name, name) for column in self.columns for name in column.timed_by]
        if wrong := [pair for pair in timed if self.column(pair[1]).family != "timestamp"]:
            raise ValueError("{} is held against {}, which is no timestamp".format(*wrong[0]))
        headers = [name for column in self.delivered for name in column.headers]
        if shared := {name for name in headers if headers.count(name) > 1}:
            raise ValueError(f"two columns share a header: {', '.join(sorted(shared))}")
        return self

    def _named(self) -> Iterator[str]:
        yield from self.meta.key
        if self.meta.event_date:
            yield self.meta.event_date
        for column in self.columns:
            yield from column.timed_by
        if self.meta.unpivot:
            re.compile(self.meta.unpivot.columns)
            yield from (self.meta.unpivot.name_to, self.meta.unpivot.value_to)


class ContractProblem(ValueError):
    """A contract that cannot be read; the message names file, table and column."""


def read_contracts(folder: Path = paths.STAGING) -> list[TableContract]:
    """Every table declared under `folder`, in order of source and table.

    Raises ContractProblem with the file, the table and what is wrong.
    """
    found = [contract for file in sorted(folder.glob("*/_*.yml")) for contract in _tables(file)]
    return sorted(found, key=lambda contract: (contract.source, contract.name))


def find_contract(source: str, table: str, folder: Path = paths.STAGING) -> TableContract:
    """The contract of one table; raises ContractProblem with the tables there are."""
    contracts = read_contracts(folder)
    for contract in contracts:
        if (contract.source, contract.name) == (source, table):
            return contract
    known = ", ".join(contract.label for contract in contracts)
    raise ContractProblem(f"no contract for {source}.{table}; there are: {known}")


def _tables(file: Path) -> Iterator[TableContract]:
    document = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) or {}
    for source in document.get("sources", []):
        _only_known(file, source)
        meta = source.get("config", {}).get("meta", {})
        for table in source.get("tables", []):
            try:
                yield TableContract(source=source["name"], source_meta=meta, **table)
            except (ValidationError, TypeError, KeyError) as problem:
                where = f"{file.name}, {source.get('name')}.{table.get('name')}"
                raise ContractProblem(f"{where}: {_sentence(problem, table)}") from problem


def _sentence(problem: Exception, table: dict[str, Any]) -> str:
    if not isinstance(problem, ValidationError):
        return str(problem)
    said = []
    for error in problem.errors():
        at = list(error["loc"])
        if at[:1] == ["columns"] and len(at) > 1:
            at[1] = table["columns"][at[1]].get("name", at[1])
        said.append(f"{'.'.join(map(str, at))}: {error['msg']}")
    return "; ".join(said)


def _only_known(file: Path, source: dict[str, Any]) -> None:
    config = source.get("config", {})
    unknown = [
        *(source.keys() - SOURCE_KEYS),
        *(f"config.{key}" for key in config.keys() - {"meta"}),
    ]
    if unknown:
        where = f"{file.name}, {source.get('name')}"
        raise ContractProblem(f"{where}: not known: {', '.join(sorted(unknown))}")
