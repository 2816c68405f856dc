"""How a study's units stood month by month before and after their cameras came, as rows."""

from typing import Any

import polars as pl

from orchestration.evaluation.frame import Result

POINTS = {
    "study_id": pl.String,
    "event_period": pl.Int64,
    "period_log_ratio": pl.Float64,
    "unit_count": pl.Int64,
}


def points_of(study_id: str, found: Result) -> list[dict[str, Any]]:
    """Rows of POINTS from the study of events of a staged roll-out; none for other designs.

    Periods with too few units or events behind them are left out: they say nothing, and a small
    count could be worked back from them.
    """
    return [
        {
            "study_id": study_id,
            "event_period": row["event_period"],
            "period_log_ratio": row["log_ratio"],
            "unit_count": row["units"],
        }
        for row in found.diagnostics.get("event_study", [])
        if row["is_shown"]
    ]
