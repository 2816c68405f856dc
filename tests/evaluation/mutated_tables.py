"""Tables of every design's example with one fault in them, as a file would have it."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from orchestration.evaluation.catalogue import DESIGNS
from orchestration.studies.study import Study, study_from, table_from

#: Columns of an example that count events or people, by design: a fraction of one is refused.
COUNTED = {
    "count_limits": ("count",),
    "proportions": ("count", "among"),
    "count_model": ("complaints",),
    "dispersion_test": ("complaints",),
    "staged_rollout": ("complaints",),
    "rollout_within_bounds": ("violence", "bicycles"),
    "before_after": ("complaints",),
    "interrupted_series": ("complaints",),
    "common_effect": ("treated", "control"),
    "random_effects": ("treated", "control"),
    "mantel_haenszel": ("treated", "control"),
    "shift_trial": ("complaints", "contacts_n"),
    "cluster_trial": ("allegations",),
    "arm_panel": ("complaints",),
    "published_trial": ("tests",),
    "area_funnel": ("events",),
    "empirical_bayes": ("events",),
}
#: Columns of an example that may hold an empty cell, and what it means.
MAY_BE_EMPTY = {
    ("staged_rollout", "cameras_from"): "never",
    ("callaway_santanna", "cameras_from"): "never",
    ("sun_abraham", "cameras_from"): "never",
    ("two_way_fixed_effects", "cameras_from"): "never",
    ("etwfe", "cameras_from"): "never",
    ("linear_imputation", "cameras_from"): "never",
    ("shift_trial", "alloc"): "planned and not allocated",
    ("shift_trial", "complaints"): "allocated and not counted",
    ("published_trial", "percent"): "not printed",
}
#: Numbers that are read as labels, so that any entry will do.
LABELS = {("officer_trial", "pair"), ("dispersion_test", "year"), ("arm_panel", "arm")}


def with_tables() -> list[str]:
    """Names of the designs whose example has a table."""
    return sorted(name for name in DESIGNS if study_of(name).inline is not None)


def study_of(name: str) -> Study:
    """The example of a design."""
    return study_from(DESIGNS[name].example, name)


def example_table(name: str) -> pl.DataFrame:
    """The table of a design's example."""
    table = study_of(name).inline
    assert table is not None
    return table


def as_file(table: pl.DataFrame) -> pl.DataFrame:
    """The table as `bodyworn estimate --data` reads it from a CSV file."""
    return table_from(BytesIO(table.write_csv().encode()), "table.csv")


def number_columns(name: str) -> list[str]:
    """Columns of the example that hold numbers and are read as such."""
    table = example_table(name)
    return [
        column
        for column, kind in table.schema.items()
        if kind.is_numeric() and (name, column) not in LABELS
    ]


def with_entry(table: pl.DataFrame, column: str, row: int, entry: str) -> pl.DataFrame:
    """The table with another entry in one cell, `row` counted from 1."""
    words = table[column].cast(pl.String).to_list()
    words[row - 1] = entry
    return as_file(table.with_columns(pl.Series(column, words, dtype=pl.String)))


@dataclass(frozen=True)
class Reshaped:
    """A table that lost rows or variety, and how."""

    how: str
    table: pl.DataFrame


def reshaped(name: str) -> Iterator[Reshaped]:
    """No row, one row, two rows, one label of every column of labels, and each column constant."""
    table = example_table(name)
    yield Reshaped("no row", table.clear())
    yield Reshaped("one row", table.head(1))
    yield Reshaped("two rows", table.head(2))
    for column in table.columns:
        first = table[column].drop_nulls()[0]
        yield Reshaped(f"{column}: one value alone", table.filter(pl.col(column) == first))
        yield Reshaped(f"{column}: constant", table.with_columns(pl.lit(first).alias(column)))
        yield Reshaped(f"without {column}", table.drop(column))
        if table[column].dtype.is_numeric():
            yield Reshaped(f"{column}: zero", table.with_columns(pl.col(column) * 0))
            yield Reshaped(f"{column}: large", table.with_columns(pl.col(column) * 10**9))
    yield Reshaped("every row twice", pl.concat([table, table]))
