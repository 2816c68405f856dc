"""Schedules of trials, randomised by blocks from a stored seed, ready for the allocation audit."""

from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl
from pydantic import Field

from orchestration.evaluation.columns import labels, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result
from orchestration.evaluation.planning.power_by_formula import plan_result
from orchestration.evaluation.trials.randomisation import randomise_blocks

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


class ShiftSchedule(Keys):
    """Every tour of some weeks, randomised by weeks within sites."""

    sites: tuple[str, ...] = Field(min_length=1)
    first_day: date
    weeks: int = Field(ge=1, le=1_040)
    tours: dict[str, time] = Field(min_length=1)
    chance: float = Field(default=0.5, gt=0, lt=1)
    allocated_at: datetime
    seed: int


def schedule_shifts(keys: ShiftSchedule, _table: pl.DataFrame | None) -> Result:
    """A schedule that the allocation audit of `shift_trial` accepts.

    Returns a Result with the schedule in its diagnostics. Raises Refusal as `shift_schedule` does.
    """
    table = shift_schedule(
        keys.sites,
        keys.first_day,
        keys.weeks,
        keys.tours,
        chance=keys.chance,
        seed=keys.seed,
        allocated_at=keys.allocated_at,
    )
    return _scheduled("schedule_shifts", table, "alloc", keys.seed)


class ClusterSchedule(Keys):
    """The share of clusters treated in every stratum, and the seed."""

    share: float = Field(default=0.5, gt=0, lt=1)
    seed: int


def schedule_clusters(keys: ClusterSchedule, table: pl.DataFrame | None) -> Result:
    """An arm for every cluster of the table, randomised within strata.

    `table` (one row per cluster). Returns a Result with the schedule in its diagnostics. Raises
    Refusal as `cluster_schedule` does.
    """
    randomised = cluster_schedule(table_of(table), share=keys.share, seed=keys.seed)
    return _scheduled("schedule_clusters", randomised, "arm", keys.seed)


def _scheduled(design: str, table: pl.DataFrame, arm: str, seed: int) -> Result:
    treated = int((table[arm] == "T").sum())
    return plan_result(
        design,
        f"randomised by blocks from seed {seed}; each block has a generator of its own",
        {"units": table.height, "treated": treated, "seed": seed},
        f"{treated:,} of {table.height:,} allocated cameras. Keep the seed: with it anybody can "
        "make the same schedule again.",
        schedule=table,
    )


SHIFT_SCHEDULE = Design(
    "schedule_shifts",
    ShiftSchedule,
    schedule_shifts,
    "A schedule of shifts by weekly blocks; `--out FILE.csv` writes it.",
    """\
design: schedule_shifts
title: Four weeks of two stations
question: Which shifts carry cameras?
keys:
  sites: [north, south]
  first_day: 2026-03-02
  weeks: 4
  tours: {day: "07:00", night: "19:00"}
  allocated_at: 2026-02-20 09:00:00
  seed: 2026
""",
    gives=Gives(values=("units", "treated", "seed"), diagnostics=("schedule",)),
)
CLUSTER_SCHEDULE = Design(
    "schedule_clusters",
    ClusterSchedule,
    schedule_clusters,
    "An arm for every cluster (`cluster`, `stratum`) of a table; `--out FILE.csv` writes it.",
    """\
design: schedule_clusters
title: Teams of two boroughs
question: Which teams carry cameras?
keys: {share: 0.4, seed: 2026}
inline:
  cluster: [a1, a2, a3, a4, a5, b1, b2, b3, b4, b5]
  stratum: [a, a, a, a, a, b, b, b, b, b]
""",
    gives=Gives(values=("units", "treated", "seed"), diagnostics=("schedule",)),
)
