"""Schedules of trials, randomised by blocks from a stored seed, ready for the allocation audit."""

from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from orchestration.evaluation.columns import labels
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.trials.block_randomisation import randomise_blocks

WEEK = 7


def shift_schedule(
    sites: tuple[str, ...],
    first_day: date,
    weeks: int,
    tours: dict[str, time],
    *,
    chance: float,
    seed: int,
    allocated_at: datetime,
) -> pl.DataFrame:
    """Every tour of every day and site with its arm: weeks are blocks within sites.

    Returns the schedule (one row per shift), with the columns of the design `shift_trial`. Raises
    Refusal when the allocation is dated after the first shift begins.
    """
    begun = min(datetime.combine(first_day, begin) for begin in tours.values())
    if allocated_at >= begun:
        raise Refusal(
            f"the allocation is dated {allocated_at}, after the first shift begins ({begun})"
        )
    table = _tours(sites, first_day, weeks, tours)
    block = pl.concat_str("site_id", "block_id", separator="|")
    units = table.select(unit="shift_id", block=block)
    treated = randomise_blocks(units, np.full(table.height, chance), seed)
    return table.with_columns(
        alloc=pl.Series(np.where(treated, "T", "C")),
        alloc_prob=pl.lit(chance),
        alloc_generated_at=pl.lit(allocated_at),
    )


def _tours(
    sites: tuple[str, ...], first_day: date, weeks: int, tours: dict[str, time]
) -> pl.DataFrame:
    days = [first_day + timedelta(days=day) for day in range(weeks * WEEK)]
    rows = [(site, day, tour) for site in sites for day in days for tour in tours]
    named = pl.DataFrame(rows, schema=["site_id", "shift_date", "tour"], orient="row")
    week = (pl.col("shift_date") - first_day).dt.total_days() // WEEK + 1
    return named.select(
        "site_id",
        shift_id=pl.concat_str("site_id", "shift_date", "tour", separator="/"),
        block_id=pl.format("week {}", week),
        shift_date="shift_date",
        tour="tour",
        shift_started_at=pl.Series([datetime.combine(day, tours[tour]) for _, day, tour in rows]),
    )


def cluster_schedule(table: pl.DataFrame, *, share: float, seed: int) -> pl.DataFrame:
    """An arm for every cluster of the table (`cluster`, `stratum`), randomised within strata.

    `table` (one row per cluster). Returns the schedule (one row per cluster). Raises Refusal for a
    cluster that comes twice, and for a stratum in which one arm would be empty.
    """
    clusters, strata = labels(table, "cluster"), labels(table, "stratum")
    if len(set(clusters)) < len(clusters):
        double = next(name for name in sorted(clusters) if clusters.count(name) > 1)
        raise Refusal(f"duplicate cluster {double!r}: one row per cluster")
    units = pl.DataFrame({"unit": clusters, "block": strata})
    randomised = units.with_columns(
        treated=pl.Series(randomise_blocks(units, np.full(len(clusters), share), seed))
    )
    for (stratum,), part in sorted(randomised.partition_by("block", as_dict=True).items()):
        if part["treated"].n_unique() == 1:
            raise Refusal(f"stratum {stratum!r} has clusters of one arm only: join it to another")
    return randomised.select(
        cluster="unit",
        stratum="block",
        arm=pl.when("treated").then(pl.lit("T")).otherwise(pl.lit("C")),
        chance=pl.lit(share),
    ).sort("stratum", "cluster")
