"""The contract of a delivered table: what its dbt source entry says, read without dbt."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from orchestration import paths

NUMBERS = ("bigint", "integer", "double", "decimal")
Kind = Literal["officer", "staff", "complainant", "defendant", "subject"]
Flag = Literal["zero", "midnight", "autumn_hour"]


class ContractProblem(ValueError):
    """A contract that cannot be read; the message names file, table and column."""


class Strict(BaseModel):
    """A misspelt key is an error, because dbt on DuckDB does not warn of one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    nulls: list[str] = [""]
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)


class Alias(Strict):
    """Another header under which a column has arrived, and since when."""

    name: str
    since: date


class Unpivot(Strict):
    """A wide publication: the columns that match become rows of a name and a value."""

    columns: str
    name_to: str
    value_to: str


class ColumnMeta(Strict):
    """What a delivered column must hold."""

    header: str | None = None
    required: bool = False
    optional: bool = False
    aliases: list[Alias] = []
    privacy: Literal["none", "published", "identifier", "drop", "quasi"] = "none"
    kind: Kind | None = None
    coarsen: Literal["year", "month", "hour", "age_band", "place_code"] | None = None
    allowed: list[str] | None = None
    unmapped_limit: float = Field(default=0.01, ge=0, le=1)
    formats: list[str] = []
    offset: Literal["drop", "utc"] | None = None
    min: float | None = None
    max: float | None = None
    not_before: date = date(1950, 1, 1)
    not_after: date | None = None
    flags: list[Flag] = []

    @model_validator(mode="after")
    def agree(self) -> Self:
        """Raise where two settings cannot both hold."""
        if (self.privacy == "identifier") != (self.kind is not None):
            raise ValueError("`privacy: identifier` and `kind` go together")
        if (self.privacy == "quasi") != (self.coarsen is not None):
            raise ValueError("`privacy: quasi` and `coarsen` go together")
        if self.required and self.optional:
            raise ValueError("a column is `required` or `optional`, not both")
        return self


class ColumnConfig(Strict):
    """The `config` of a column."""

    meta: ColumnMeta = ColumnMeta()


class ColumnContract(Strict):
    """A column of a delivered table."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    data_type: str = Field(
        pattern=r"^(string|bigint|integer|double|date|timestamp|time|boolean|decimal\(\d+,\s*\d+\))$"
    )
    description: str
    config: ColumnConfig = ColumnConfig()
    data_tests: list[Any] = []

    @property
    def meta(self) -> ColumnMeta:
        """What the column must hold."""
        return self.config.meta

    @property
    def header(self) -> str:
        """The column's name in the file."""
        return self.meta.header or self.name

    @property
    def is_private(self) -> bool:
        """Whether values of the column stay out of every message."""
        return self.meta.privacy != "none"

    @property
    def is_kept(self) -> bool:
        """Whether the column reaches raw."""
        return self.meta.privacy != "drop"

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Raise where the settings do not fit the type."""
        is_number = self.data_type.startswith(NUMBERS)
        if not is_number and (self.meta.min is not None or self.meta.max is not None):
            raise ValueError(f"`min` and `max` need a number, {self.name} is {self.data_type}")
        if self.meta.privacy == "identifier" and self.data_type != "string":
            raise ValueError(f"{self.name} becomes a pseudonym, so its data_type is string")
        if self.meta.offset and self.data_type != "timestamp":
            raise ValueError(f"`offset` needs a timestamp, {self.name} is {self.data_type}")
        return self


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
        if lost := [name for name in self.meta.key if not self.column(name).is_kept]:
            raise ValueError(f"a key column cannot be dropped: {', '.join(lost)}")
        return self

    def _named(self) -> Iterator[str]:
        yield from self.meta.key
        if self.meta.event_date:
            yield self.meta.event_date
        if self.meta.unpivot:
            re.compile(self.meta.unpivot.columns)
            yield from (self.meta.unpivot.name_to, self.meta.unpivot.value_to)


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
