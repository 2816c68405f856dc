"""The small faults of real exports, put in on purpose so that the checks have something to find."""

import numpy as np
import polars as pl

from orchestration.synthesis.world import World

# Shares of rows, well under the one in a hundred at which an unknown code refuses a file.
ZERO_LENGTH, NO_OFFICER, STALE_OFFICER, UNKNOWN_CODE = 0.004, 0.004, 0.006, 0.001
REPEATED_ROWS, IMPOSSIBLE_DATES, NEGATIVE_LENGTHS = 12, 5, 3


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as the text of a file: ISO dates, true and false, empty for nothing."""
    times = pl.selectors.datetime()
    return frame.with_columns(times.dt.strftime("%Y-%m-%dT%H:%M:%S")).cast(pl.String)


def respell_areas(rows: pl.DataFrame) -> pl.DataFrame:
    """Area names as another system writes them: `&` for "and"."""
    return rows.with_columns(pl.col("borough").str.replace(" and ", " & ", literal=True))


def spoil_recordings(world: World, recordings: pl.DataFrame) -> pl.DataFrame:
    """Recordings as text with the faults of docks and hurried exports; repeats at the end."""
    draw = world.random("faults")
    chance = draw.random((4, len(recordings)))
    zero, lost, stale, odd = (
        pl.Series(chance[row] < share)
        for row, share in enumerate((ZERO_LENGTH, NO_OFFICER, STALE_OFFICER, UNKNOWN_CODE))
    )
    spoiled = as_text(recordings).with_columns(
        duration_seconds=pl.when(zero).then(pl.lit("0")).otherwise("duration_seconds"),
        recorded_to=pl.when(zero).then("triggered_from").otherwise("recorded_to"),
        officer_number=pl.when(lost)
        .then(None)
        .when(stale)
        .then("OLD" + pl.col("officer_number").str.slice(3))
        .otherwise("officer_number"),
        recording_category=pl.when(odd)
        .then(pl.lit("uncategorised"))
        .otherwise("recording_category"),
    )
    return _with_bad_rows(draw, spoiled)


def _with_bad_rows(draw: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    picked = draw.permutation(len(rows))[: REPEATED_ROWS + IMPOSSIBLE_DATES + NEGATIVE_LENGTHS]
    repeats, undated, negative = np.split(picked, [REPEATED_ROWS, REPEATED_ROWS + IMPOSSIBLE_DATES])
    number = pl.int_range(pl.len())
    bad = rows.with_columns(
        recorded_from=pl.when(number.is_in(undated.tolist()))
        .then(pl.lit("2018-02-30T12:00:00"))
        .otherwise("recorded_from"),
        duration_seconds=pl.when(number.is_in(negative.tolist()))
        .then(pl.lit("-60"))
        .otherwise("duration_seconds"),
    )
    return pl.concat([bad, bad[sorted(repeats.tolist())]])
