"""Invented shift trials: allocated by the platform itself, with counts from a seed."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.trials.randomisation import randomise_blocks

BEGIN = datetime.fromisoformat("2015-03-02T06:00:00")


def shifts(
    weeks: int = 12,
    *,
    sites: tuple[str, ...] = ("north",),
    rates: tuple[float, float] = (0.3, 0.5),
    seed: int = 7,
    extra: int = 0,
) -> pl.DataFrame:
    """Fourteen shifts a week and site; `extra` complaints follow on every event at random."""
    rng = np.random.default_rng(seed)
    frame = _planned(weeks, sites)
    block = pl.concat_str("site_id", "block_id", separator="|")
    blocks = frame.select(unit="shift_id", block=block)
    treated = randomise_blocks(blocks, np.full(frame.height, 0.5), seed)
    hours = rng.integers(80, 120, frame.height)
    counts = rng.poisson(np.where(treated, *rates) * hours / 100)
    if extra:
        counts = counts + rng.poisson(extra * counts)
    recordable = rng.integers(4, 20, frame.height)
    return _drawn(frame, treated).with_columns(
        officer_hours=pl.Series(hours),
        contacts_n=pl.Series(rng.integers(20, 60, frame.height)),
        arrests_n=pl.Series(rng.poisson(2, frame.height)),
        complaints=pl.Series(counts),
        encounters_recordable=pl.Series(recordable),
        encounters_recorded=pl.Series(rng.binomial(recordable, np.where(treated, 0.8, 0.05))),
    )


def _planned(weeks: int, sites: tuple[str, ...]) -> pl.DataFrame:
    rows = [(site, week, tour) for site in sites for week in range(weeks) for tour in range(14)]
    frame = pl.DataFrame(rows, schema=["site_id", "week", "tour_number"], orient="row")
    return frame.select(
        "site_id",
        pl.format("{}-{}-{}", "site_id", "week", "tour_number").alias("shift_id"),
        pl.format("w{}", "week").alias("block_id"),
        (pl.col("week") * 14 + pl.col("tour_number")).alias("n"),
    )


def _drawn(frame: pl.DataFrame, treated: NDArray[np.bool_]) -> pl.DataFrame:
    begun = [BEGIN + timedelta(hours=12 * n) for n in frame["n"].to_list()]
    arm = pl.Series(np.where(treated, "T", "C"))
    return frame.drop("n").with_columns(
        alloc=arm,
        alloc_prob=pl.lit(0.5),
        alloc_generated_at=pl.Series([BEGIN - timedelta(days=3)] * frame.height),
        shift_started_at=pl.Series(begun),
        shift_date=pl.Series([each.date() for each in begun]),
        tour=pl.Series(["day" if each.hour == 6 else "night" for each in begun]),
        delivered=arm,
    )
