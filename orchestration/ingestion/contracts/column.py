"""What a contract says of one column: its type, its limits, and how it is kept private."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

NUMBERS = ("bigint", "integer", "double", "decimal")
DATED = ("date", "timestamp")
# What a text may hold where its contract says nothing: a remark, and a number or name of something.
LONGEST_TEXT = 1000
LONGEST_ID = 100
Kind = Literal["officer", "staff", "complainant", "defendant", "subject"]
Flag = Literal["zero", "midnight", "autumn_hour"]
# The types that each flag and each way of coarsening can work on.
FLAGGED = {"zero": NUMBERS, "midnight": ("timestamp",), "autumn_hour": ("timestamp",)}
COARSENED = {
    "year": DATED,
    "month": DATED,
    "hour": ("timestamp", "time"),
    "age_band": ("integer", "bigint"),
    "place_code": ("string",),
}


class Strict(BaseModel):
    """A misspelt key is an error, because dbt on DuckDB does not warn of one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Alias(Strict):
    """Another header under which a column has arrived, and since when."""

    name: str
    since: date


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
    max_length: int | None = Field(default=None, ge=1)
    min: float | None = None
    max: float | None = None
    not_before: date = date(1950, 1, 1)
    not_after: date | None = None
    flags: list[Flag] = []

    @model_validator(mode="after")
    def agree(self) -> Self:
        """Raise where two settings cannot both hold."""
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        if (self.privacy == "identifier") != (self.kind is not None):
            yield "`privacy: identifier` and `kind` go together"
        if (self.privacy == "quasi") != (self.coarsen is not None):
            yield "`privacy: quasi` and `coarsen` go together"
        if self.required and self.optional:
            yield "a column is `required` or `optional`, not both"
        if self.privacy == "identifier" and self.allowed:
            yield "an identifier has no list of allowed codes"
        if self.min is not None and self.max is not None and self.min > self.max:
            yield "`min` is above `max`"
        if self.not_after is not None and self.not_after < self.not_before:
            yield "`not_after` lies before `not_before`"


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

    @property
    def privacy(self) -> str:
        """How the column is kept private: none, published, identifier, drop or quasi."""
        return self.meta.privacy

    @property
    def family(self) -> str:
        """The type without its precision: `decimal(6,1)` is a `decimal`."""
        return self.data_type.partition("(")[0]

    @property
    def headers(self) -> tuple[str, ...]:
        """Every name the column may have in a file, the present one first."""
        return (self.header, *(alias.name for alias in self.meta.aliases))

    @property
    def max_length(self) -> int:
        """How many characters a text may have; more reject the row."""
        is_id = self.meta.privacy == "identifier" or self.name.endswith("_id")
        return self.meta.max_length or (LONGEST_ID if is_id else LONGEST_TEXT)

    def alias_line(self, found: str, since: date) -> str:
        """The line that lets the column be read under a new header, ready to paste."""
        aliases = [*((a.name, a.since) for a in self.meta.aliases), (found, since)]
        listed = ", ".join(f'{{name: "{name}", since: {day}}}' for name, day in aliases)
        return f"aliases: [{listed}]"

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Raise where the settings do not fit the type."""
        for fault in self._misfits():
            raise ValueError(f"{fault}, {self.name} is {self.data_type}")
        return self

    def _misfits(self) -> Iterator[str]:
        meta, family = self.meta, self.family
        if family not in NUMBERS and (meta.min is not None or meta.max is not None):
            yield "`min` and `max` need a number"
        if meta.privacy == "identifier" and family != "string":
            yield "an identifier becomes a pseudonym, a string"
        if meta.offset and family != "timestamp":
            yield "`offset` needs a timestamp"
        if meta.formats and family not in (*DATED, "time"):
            yield "`formats` need a date or a time"
        if meta.max_length and family != "string":
            yield "`max_length` needs a string"
        if meta.allowed and family != "string":
            yield "`allowed` needs a string"
        if meta.coarsen and family not in COARSENED[meta.coarsen]:
            yield f"`coarsen: {meta.coarsen}` does not fit"
        yield from (
            f"the flag {flag} does not fit" for flag in meta.flags if family not in FLAGGED[flag]
        )
