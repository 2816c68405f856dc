"""The CONSORT flow of shifts, and how alike the arms were; no p-values of balance."""

from math import sqrt
from typing import Any

import polars as pl

from orchestration.evaluation.columns import labels, numbers
from orchestration.evaluation.trials.shift.shift_table import ONE_SITE, ShiftKeys

#: What is compared between the arms wherever the table has it.
ALWAYS = ("hours", "contacts", "arrests")


def consort(keys: ShiftKeys, table: pl.DataFrame) -> list[dict[str, Any]]:
    """Shifts planned, allocated, delivered as allocated and analysed, by site and arm.

    `table` (one row per shift planned). Returns a row per site and arm; `delivered` is None where
    the table does not say what was delivered.
    """
    names = keys.columns
    has_delivery = names.delivered in table.columns
    site = pl.col(names.site).cast(pl.String) if names.site in table.columns else pl.lit(ONE_SITE)
    arm = pl.col(names.arm).cast(pl.String)
    delivered = pl.col(names.delivered).cast(pl.String) == arm if has_delivery else pl.lit(None)
    rows = (
        table.select(
            site.alias("site"),
            arm.fill_null("not allocated").alias("arm"),
            arm.is_not_null().alias("allocated"),
            delivered.alias("delivered"),
            (arm.is_not_null() & pl.col(keys.outcome).is_not_null()).alias("analysed"),
        )
        .group_by("site", "arm")
        .agg(
            pl.len().alias("planned"),
            pl.col("allocated").sum(),
            pl.col("delivered").sum() if has_delivery else pl.lit(None).alias("delivered"),
            pl.col("analysed").sum(),
        )
    )
    return rows.sort("site", "arm").to_dicts()


def adherence(flow: list[dict[str, Any]]) -> float | None:
    """The share of allocated shifts that were delivered as allocated.

    Returns the share, or None where the table does not say what was delivered.
    """
    if any(each["delivered"] is None for each in flow):
        return None
    return float(sum(each["delivered"] for each in flow) / sum(each["allocated"] for each in flow))


def balance(keys: ShiftKeys, table: pl.DataFrame, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Standardised differences between the arms, by site: hours, contacts, arrests, and `balance`.

    `table` (one row per shift planned), `rows` (one row per shift counted). Text columns are
    compared level by level; the weekday stands for the date. Returns a row per site and variable.
    """
    asked = [name for name in keys.balance if name not in rows.columns]
    named = table.select(
        pl.Series("shift", labels(table, keys.columns.shift)),
        *(pl.col(name) for name in asked if name in table.columns),
    )
    for name in asked:
        _ = labels(table, name)
    joined = rows.join(named, on="shift", how="left", maintain_order="left")
    if "date" in rows.columns:
        day = pl.col("date").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        joined = joined.with_columns(weekday=day.dt.to_string("%A"))
        asked = [*asked, "weekday"]
    compared = [name for name in ALWAYS if name in rows.columns] + asked
    return [
        {"site": str(site), "of": name, "standardised_difference": value}
        for (site,), part in joined.partition_by("site", as_dict=True).items()
        for column in compared
        for name, value in _differences(part, column)
    ]


def _differences(part: pl.DataFrame, column: str) -> list[tuple[str, float | None]]:
    if part[column].dtype.is_numeric():
        return [(column, _standardised(part, pl.Series(numbers(part, column))))]
    levels = labels(part, column)
    return [
        (f"{column}: {level}", _standardised(part, pl.Series([each == level for each in levels])))
        for level in sorted(set(levels))
    ]


def _standardised(part: pl.DataFrame, values: pl.Series) -> float | None:
    """Difference of means over the root of the mean variance; None without any spread."""
    treated = part["treated"].to_numpy()
    every = values.cast(pl.Float64).to_numpy()
    sides = every[treated], every[~treated]
    if min(len(side) for side in sides) < 2:  # noqa: PLR2004 - a variance needs two
        return None
    spread = sqrt(sum(float(side.var(ddof=1)) for side in sides) / 2)
    return float(sides[0].mean() - sides[1].mean()) / spread if spread > 0 else None
