"""Released rows as CSV: every row says where it comes from, and no cell is run as a formula."""

import polars as pl

from dashboards.data.choice import Choice
from orchestration.release.public.cube import SUPPLIED, SYNTHETIC
from orchestration.storage import spreadsheet_safety


def labelled(rows: pl.DataFrame, choice: Choice) -> pl.DataFrame:
    """The rows with their release and, where they are of a programme, what that is.

    A synthetic figure says in its own row that it is invented.
    """
    said = {"release": choice.release.name}
    if "programme_id" in rows.columns:
        said |= {
            "programme_name": str(choice.programme["programme_name"]),
            "origin": SYNTHETIC if choice.programme["is_synthetic"] else SUPPLIED,
        }
    return rows.with_columns(pl.lit(text).alias(name) for name, text in said.items())


def csv(rows: pl.DataFrame, choice: Choice) -> bytes:
    """Labelled rows as CSV: UTF-8, a row of headings, numbers as numbers."""
    return spreadsheet_safety.escape(labelled(rows, choice)).write_csv().encode()
