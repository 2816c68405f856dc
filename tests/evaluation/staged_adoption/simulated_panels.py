"""Invented panels with a known truth, in any order of rows."""

from typing import Any

import numpy as np
import polars as pl

#: Six units in three waves and two never treated, ten periods.
FIRST = {"a": 4, "b": 4, "c": 6, "d": 6, "e": 8, "f": 8, "g": None, "h": None}


def table(log_ratio: float = 0.0, seed: int = 7, periods: int = 10, start: int = 0) -> pl.DataFrame:
    """Counts near 40 by unit and period with exposure; the treated ones by the log ratio.

    `start` periods more lie before the first cameras.
    """
    draw = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    starts = {unit: None if each is None else each + start for unit, each in FIRST.items()}
    for place, (unit, first) in enumerate(starts.items()):
        for period in range(periods):
            held = 100 + 10 * place
            mean = held * 0.4 * np.exp(0.1 * np.sin(period))
            if first is not None and period >= first:
                mean *= np.exp(log_ratio)
            rows.append(
                {
                    "unit": unit,
                    "period": period,
                    "first": first,
                    "count": int(draw.poisson(mean)),
                    "hours": float(held),
                }
            )
    return pl.DataFrame(rows)


VALUES: dict[str, Any] = {
    "outcome": "Complaints",
    "unit": "unit",
    "period": "period",
    "first": "first",
}
COUNTS: dict[str, Any] = {**VALUES, "count": "count", "exposure": "hours"}
