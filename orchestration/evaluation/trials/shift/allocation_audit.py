"""The allocation audit (A1), the CONSORT flow of shifts, and how alike the arms were.

Every shift is allocated once, in time, with the chance recorded; there are no p-values of balance.
"""

from math import sqrt
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.columns import Numbers, days, labels, numbers
from orchestration.evaluation.core import Gate, Refusal
from orchestration.evaluation.timing import date_times, late_allocations, refuse_by_days
from orchestration.evaluation.trials.randomisation import randomise_blocks
from orchestration.evaluation.trials.shift.shift_table import ONE_SITE, ShiftKeys

#: A block of n shifts with chance p has n * p treated shifts, rounded up or down.
ROUNDING = 1 - 1e-9
#: A less likely share of treated shifts did not come from the common chance.
UNLIKELY = 0.001
#: What is compared between the arms wherever the table has it.
ALWAYS = ("hours", "contacts", "arrests")


def chances(keys: ShiftKeys, table: pl.DataFrame, rows: pl.DataFrame) -> Numbers:
    """The chance of treatment of every shift: as recorded, as stated, or the share treated.

    `table` (one row per shift planned), `rows` (one row per shift counted). Returns the chances
    (n,) in the order of `rows`. Raises Refusal when chances differ between blocks and are neither
    recorded nor stated.
    """
    names = keys.columns
    if names.chance in table.columns:
        recorded = table.select(
            pl.col(names.shift).cast(pl.String).alias("shift"), pl.col(names.chance).alias("chance")
        )
        found = numbers(
            rows.join(recorded, on="shift", how="left", maintain_order="left"), "chance"
        )
        if not ((found > 0) & (found < 1)).all():
            raise Refusal(f"column {names.chance!r}: every chance must lie between 0 and 1")
        return found
    stated = keys.probability
    common = float(rows["treated"].to_numpy().mean()) if stated is None else stated
    if stated is None and keys.scheme == "blocked":
        _refuse_uneven(rows, common, names.chance)
    elif stated is None:
        _refuse_unlikely(rows, common, names.chance)
    return np.full(rows.height, common)


def _refuse_uneven(rows: pl.DataFrame, common: float, column: str) -> None:
    blocks = rows.group_by("site", "block").agg(
        pl.len().alias("shifts"), pl.col("treated").sum().alias("treated_shifts")
    )
    off = blocks.filter((pl.col("treated_shifts") - common * pl.col("shifts")).abs() > 1.0)
    if not off.is_empty():
        first = off.sort("site", "block").row(0, named=True)
        raise Refusal(
            f"block {first['block']!r} of site {first['site']!r} has {first['treated_shifts']} of "
            f"{first['shifts']} shifts treated, the whole trial {common:.0%}: allocation "
            f"probabilities are unequal and not stated; record them in column {column!r}"
        )


def _refuse_unlikely(rows: pl.DataFrame, common: float, column: str) -> None:
    """Refuse shifts randomised one by one at a site whose share is far from the common chance."""
    for (site,), part in rows.partition_by("site", as_dict=True, maintain_order=True).items():
        count = int(part["treated"].sum())
        if stats.binomtest(count, part.height, common).pvalue < UNLIKELY:
            raise Refusal(
                f"site {site!r} has {count} of {part.height} shifts treated, the whole trial "
                f"{common:.0%}: allocation probabilities are unequal and not stated; record them "
                f"in column {column!r}"
            )


def refuse_by_dates(keys: ShiftKeys, rows: pl.DataFrame) -> tuple[str, ...]:
    """Check the dates of the shifts that were counted against breaks and the data cut.

    `rows` (one row per shift counted). Returns the notes on breaks. Raises Refusal for a break not
    allowed, shifts too recent to be complete, and a table without the dates that either is compared
    with.
    """
    if not keys.needs_days:
        return ()
    if "date" not in rows.columns:
        raise Refusal(
            f"there is no column {keys.columns.date!r}: `breaks` and `data_cut` are compared with "
            "the dates of shifts"
        )
    day = days(rows, "date")
    return refuse_by_days(keys, day.min(), day.max())  # type: ignore[arg-type]


def refuse_late_allocations(keys: ShiftKeys, table: pl.DataFrame) -> bool:
    """Refuse an allocation made after its shift began.

    `table` (one row per shift planned). Returns true where every time was recorded, false
    otherwise. Raises Refusal with the first such shift and how many there are.
    """
    names = keys.columns
    begun = names.started_at if names.started_at in table.columns else names.date
    if not {names.allocated_at, begun} <= set(table.columns):
        return False
    every = table.with_columns(pl.col(names.shift).cast(pl.String)).sort(names.shift)
    allocated, started = date_times(every, names.allocated_at), date_times(every, begun)
    late = late_allocations(allocated, started, by_day=begun == names.date)
    if late is not None:
        raise Refusal(
            f"shift {every[names.shift][late.row]!r} was allocated at {late.allocated} though it "
            f"began at {late.begun}: an allocation made after its shift began is not a random "
            f"one ({late.count} such shifts)"
        )
    return allocated.null_count() + started.null_count() == 0


def audit_gates(
    keys: ShiftKeys, rows: pl.DataFrame, chance: Numbers, *, is_timed: bool
) -> tuple[Gate, ...]:
    """What the audit found, beyond what it refuses.

    `rows` (one row per shift counted), `chance` (n,) of treatment. Returns the gates.
    """
    timed = (
        "every shift was allocated before it began" if is_timed else "not recorded for every shift"
    )
    gates = [Gate("allocated before the shift", is_timed, timed)]
    if keys.scheme == "blocked":
        gates.append(_totals(rows, chance))
    if keys.schedule_seed is not None:
        gates.append(_reproduced(keys, rows, chance))
    return tuple(gates)


def _totals(rows: pl.DataFrame, chance: Numbers) -> Gate:
    blocks = (
        rows.with_columns(chance=pl.Series(chance))
        .group_by("site", "block")
        .agg((pl.col("treated").sum() - pl.col("chance").sum()).abs().alias("gap"))
    )
    off = int((blocks["gap"] > ROUNDING).sum())
    return Gate(
        "block totals reproduce",
        off == 0,
        f"{blocks.height - off} of {blocks.height} blocks have the treated shifts that their "
        "chance says",
    )


def _reproduced(keys: ShiftKeys, rows: pl.DataFrame, chance: Numbers) -> Gate:
    again = randomise_blocks(
        rows.select(unit="shift", block=pl.concat_str("site", "block", separator="|")),
        chance,
        int(keys.schedule_seed or 0),
    )
    same = int((again == rows["treated"].to_numpy()).sum())
    return Gate(
        "the schedule comes again from its seed",
        same == rows.height,
        f"{same} of {rows.height} shifts have the arm that the seed gives",
    )


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
