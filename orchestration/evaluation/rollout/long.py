"""A panel as the long frame that the libraries take."""

from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.rollout.panel import Panel


def long_frame(panel: Panel, **columns: Numbers) -> pl.DataFrame:
    """One row per unit and period, in order: unit and period numbers from 1, and the columns.

    `first` is the number of the first treated period, nought for a unit that is never treated,
    `treated` says whether the row is at or after it.
    """
    units, periods = panel.counts.shape
    first = np.where(panel.first < periods, panel.first + 1, 0)
    return pl.DataFrame(
        {
            "unit": np.repeat(np.arange(1, units + 1), periods),
            "period": np.tile(np.arange(1, periods + 1), units),
            "first": np.repeat(first, periods),
            "treated": panel.treated.ravel().astype(np.int64),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )


def pandas_frame(panel: Panel, **columns: Numbers) -> Any:
    """The same for a library that takes pandas alone."""
    return long_frame(panel, **columns).to_pandas()


def identified(panel: Panel) -> Panel:
    """The periods in which some unit is still untreated; the others tell nothing."""
    return panel.until(int(np.flatnonzero((~panel.treated).any(0)).max()) + 1)
