"""What a measure is compared with over time: when cameras came, and what was promised of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from dashboards.data import metric_rows
from dashboards.data.choice import Choice

PERCENT = ("%", "percent", "per cent")


def cameras_from(choice: Choice) -> date | None:
    """The first day or month with cameras in the chosen area; of a whole, in any of its areas.

    None where no record says when.
    """
    dates = choice.release.rows("fct_camera_dates", **choice.place)
    known = dates["first_day"].drop_nulls() if dates.width else pl.Series([], dtype=pl.Date)
    if not known.is_empty():
        first: date = known.min()  # type: ignore[assignment]
        return first
    rows = choice.release.rows(
        "fct_metrics",
        metric_id="areas_with_cameras",
        period_grain="month",
        **choice.place,
        **metric_rows.ALL,
    )
    began = rows.filter(pl.col("numerator") > 0) if rows.width else rows
    month: date | None = None if began.is_empty() else began["period_start"].min()  # type: ignore[assignment]
    return month


def target(choice: Choice, metric: Mapping[str, Any]) -> float | None:
    """The target of the current promise about this measure, in the measure's own unit.

    Promises are of the whole programme, so a part of it has none; a promised change is not a level
    that could be drawn.
    """
    if choice.area.get("parent_area_id") is not None:
        return None
    rows = choice.release.rows(
        "dim_promise", programme_id=choice.place["programme_id"], metric_id=metric["metric_id"]
    )
    if rows.is_empty():
        return None
    in_force = rows.filter(pl.col("superseded_by").is_null(), pl.col("target").is_not_null())
    for row in in_force.sort("promise_order").iter_rows(named=True):
        unit = str(row["target_unit"] or "")
        is_percent = metric["unit"] == "%" and unit.startswith(PERCENT) and "change" not in unit
        if is_percent or unit == metric["unit"]:
            return float(row["target"])
    return None
