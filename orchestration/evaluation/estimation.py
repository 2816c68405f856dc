"""One study run on one table: the way in for the command, the pages and the tests alike."""

from pathlib import Path

import polars as pl

from orchestration.evaluation.frame import Refusal, Result
from orchestration.evaluation.studies.study import Study
from orchestration.evaluation.studies.tables import read_table
from orchestration.evaluation.trials.lot_times import DrawnKeys


def estimate(study: Study, table: pl.DataFrame | None = None) -> Result:
    """What the study's design finds in the table, or in its own inline arrays.

    The order of rows does not matter. Raises Refusal when the design or the table cannot be
    estimated, or when two tables are given.
    """
    if table is not None and study.inline is not None:
        raise Refusal(f"{study.name} holds its data inline: give no other table")
    keys = study.keys
    if isinstance(keys, DrawnKeys) and study.outcome_window is not None:
        keys = keys.beginning(study.outcome_window.first)
    return study.design.run(keys, study.inline if table is None else table)


def table_for(study: Study, data: Path | None, folder: Path) -> pl.DataFrame | None:
    """The table of `data`, else the one the study names (from the `folder` of its file), or None.

    Raises Refusal when a file cannot be read.
    """
    if data is not None:
        return read_table(data)
    return read_table(folder / study.data) if study.data else None
