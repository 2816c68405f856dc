"""Runs one study on one table: the entry point for the command, the pages and the tests."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import polars as pl

from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.libraries import collected_warnings, notes_of
from orchestration.evaluation.trials.allocation_timing import AllocationKeys
from orchestration.studies.study import Study

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
    return replace(found, notes=(*found.notes, *notes_of(warned)))


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
