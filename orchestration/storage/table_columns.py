"""The columns and rows of a table, from the pydantic model that declares each field once.

A field is a column of its own name, with the type of its annotation. Exceptions are declared with
the field: `Column` gives another name, `Lines` makes a list of texts one text, `NoColumn` says why
a field is not a column. A field whose type no column can hold, without such a declaration, is
refused by name, so that it cannot be lost.
"""

from dataclasses import dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import polars as pl
from pydantic import BaseModel
from pydantic.fields import FieldInfo

Schema = dict[str, Any]
Row = dict[str, Any]
TYPES: dict[Any, Any] = {
    str: pl.String,
    date: pl.Date,
    bool: pl.Boolean,
    int: pl.Int64,
    float: pl.Float64,
}


@dataclass(frozen=True)
class Column:
    """The column of a field whose name in tables differs from that in its file."""

    name: str


@dataclass(frozen=True)
class Lines:
    """A list of texts that is one column, with one line per text."""


@dataclass(frozen=True)
class NoColumn:
    """A field that is not a column of its model's table; `where` says where it goes instead."""

    where: str


def schema_of(model: type[BaseModel]) -> Schema:
    """Columns of the model's table with their Polars types, in the order of the fields.

    Raises TypeError, naming model and field, where no column can hold the field's type and no
    declaration says why it needs none; and where two fields would be one column.
    """
    columns: Schema = {}
    for name, column in _columns(model).items():
        if column in columns:
            raise TypeError(f"{model.__name__}.{name} is the column {column}, as another field is")
        columns[column] = _type_of(f"{model.__name__}.{name}", model.model_fields[name])
    return columns


def row_of(item: BaseModel) -> Row:
    """The item's values by column, as `schema_of` its model names them."""
    fields = type(item).model_fields
    values = {column: (name, getattr(item, name)) for name, column in _columns(type(item)).items()}
    return {
        column: "\n".join(value) if _says(fields[name], Lines) else value
        for column, (name, value) in values.items()
    }


def table_of(schema: Schema, rows: list[Row]) -> pl.DataFrame:
    """Rows as a table of exactly these columns.

    Raises TypeError naming the columns where a row has others than the schema, or fewer.
    """
    for row in rows:
        if odd := row.keys() ^ schema.keys():
            raise TypeError(f"rows and columns of a table differ in: {', '.join(sorted(odd))}")
    return pl.DataFrame(rows, schema=schema, orient="row")


def _columns(model: type[BaseModel]) -> dict[str, str]:
    """The column of each field that has one."""
    return {
        name: column.name if (column := _says(field, Column)) else name
        for name, field in model.model_fields.items()
        if not _says(field, NoColumn)
    }


def _says(field: FieldInfo, kind: type[Any]) -> Any:
    """The declaration of this kind in a field's annotation, or None."""
    return next((one for one in field.metadata if isinstance(one, kind)), None)


def _type_of(name: str, field: FieldInfo) -> Any:
    if _says(field, Lines):
        return pl.String
    kinds = {type(value) for value in _values_of(field.annotation)} or {_plain(field.annotation)}
    if len(kinds) == 1 and (kind := kinds.pop()) in TYPES:
        return TYPES[kind]
    raise TypeError(
        f"{name}: no column holds {field.annotation}; annotate the field with Column, Lines or "
        "NoColumn (orchestration/storage/table_columns.py)"
    )


def _values_of(annotation: Any) -> tuple[Any, ...]:
    """The values that a Literal allows, None aside; nothing for other annotations."""
    inner = _plain(annotation)
    return get_args(inner) if get_origin(inner) is Literal else ()


def _plain(annotation: Any) -> Any:
    """The type without `| None` and without the declarations in its annotation."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return _plain(kinds[0]) if len(kinds) == 1 else annotation
