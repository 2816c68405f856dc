"""Text cells that no spreadsheet runs as a formula, and how to restore the original.

A text cell gets a leading `'` when it begins with `'`, tab, carriage return or line feed, or when
its first character after blanks is = + - @ or the full-width form of one of them. A negative number
stays as it is, even in a column of text: it is not a formula, and with a mark it would not be a
number. To restore the original, a reader removes one leading `'` from every text cell that has one.
"""

import polars as pl

RISKY = "^(['\\t\\r\\n]|\\s*[=+@\uff1d\uff0b\uff0d\uff20-])"
NEGATIVE = r"^-(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?$"


def escaped(column: str) -> str:
    """A DuckDB expression: the text column (already quoted), made safe for spreadsheets."""
    pattern = RISKY.replace("'", "''")
    return (
        f"case when regexp_matches({column}, '{pattern}')"
        f" and not regexp_matches({column}, '{NEGATIVE}')"
        f" then '''' || {column} else {column} end"
    )


def escape(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every text column made safe for spreadsheets; nulls stay null."""
    text = pl.selectors.string()
    risky = text.str.contains(RISKY) & ~text.str.contains(NEGATIVE)
    return frame.with_columns(pl.when(risky).then(pl.lit("'") + text).otherwise(text).name.keep())


def restore(frame: pl.DataFrame) -> pl.DataFrame:
    """The original of an escaped frame."""
    return frame.with_columns(pl.selectors.string().str.strip_prefix("'"))
