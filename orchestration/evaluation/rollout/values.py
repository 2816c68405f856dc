"""Keys and panels of the designs that take any value, not counts with an exposure."""

import numpy as np
import polars as pl

from orchestration.evaluation.columns import table_of
from orchestration.evaluation.rollout.keys import PanelKeys
from orchestration.evaluation.rollout.panel import Panel, panel_of, refuse_without_comparison


class ValueKeys(PanelKeys):
    """A panel of values; with `holds_logarithms` its levels are their exponentials."""

    value: str
    holds_logarithms: bool = False
    unit_of_value: str = ""


def value_panel(keys: ValueKeys, table: pl.DataFrame | None, *, levels: bool = False) -> Panel:
    """The panel of values, or of levels; raises Refusal as every panel does."""
    panel = panel_of(keys, table_of(table), keys.value, None, keys.covariates)
    refuse_without_comparison(panel)
    if levels and keys.holds_logarithms:
        return Panel(
            panel.units,
            panel.calendar,
            np.exp(panel.counts),
            panel.exposure,
            panel.first,
            panel.columns,
        )
    return panel
