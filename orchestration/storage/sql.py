"""Text of SQL: names and values written so that DuckDB reads them as they are."""

from pathlib import Path


def identifier(name: str) -> str:
    """A name of a table or column in double quotes, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """A text in single quotes, for the statements that take no parameters."""
    return "'" + str(text).replace("'", "''") + "'"
