"""What changed since the previous release: figures that are new, revised, or gone."""

from dataclasses import dataclass

import polars as pl

from dashboards.data import release as release_data
from dashboards.data.choice import Choice
from dashboards.data.metric_rows import ALL, SHOWN

KEYS = ["metric_id", "period_grain", "period_start"]
GRAINS = ("month", "quarter", "year")
COLUMNS: dict[str, type[pl.DataType]] = {
    "metric_id": pl.String,
    "period_grain": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "value": pl.Float64,
    "interval_low": pl.Float64,
    "interval_high": pl.Float64,
}


@dataclass(frozen=True)
class Changes:
    """Figures of one area that differ between two releases, each with its earlier and new value.

    `beyond` were revised to outside their earlier interval, `revised` within it or without one;
    `fresh` had no figure before, `gone` have none now.
    """

    since: str
    beyond: pl.DataFrame
    revised: pl.DataFrame
    fresh: pl.DataFrame
    gone: pl.DataFrame


def before(choice: Choice) -> release_data.Release | None:
    """The release published before the one shown; None where none is kept."""
    there = release_data.history(choice.release.reader)
    names = [each.release for each in there if each.withdrawn is None and each.purged_on is None]
    earlier = names[names.index(choice.release.name) + 1 :] if choice.release.name in names else []
    return release_data.open_release(choice.release.reader, earlier[0]) if earlier else None


def since_last(choice: Choice) -> Changes | None:
    """What differs from the release before the one shown; None where none before it is kept."""
    earlier = before(choice)
    if earlier is None:
        return None
    now, then = _figures(choice.release, choice), _figures(earlier, choice)
    if now.is_empty() and then.is_empty():
        return None
    joined = now.join(then, on=KEYS, how="full", coalesce=True, suffix="_before")
    differs = pl.col("value") != pl.col("value_before")
    inside = pl.col("value").is_between("interval_low_before", "interval_high_before")
    both = joined.filter(differs.fill_null(value=False))
    is_beyond = ~inside.fill_null(value=True)
    return Changes(
        earlier.name,
        both.filter(is_beyond).sort(KEYS),
        both.filter(~is_beyond).sort(KEYS),
        joined.filter(pl.col("value_before").is_null() & pl.col("value").is_not_null()).sort(KEYS),
        joined.filter(pl.col("value").is_null() & pl.col("value_before").is_not_null()).sort(KEYS),
    )


def _figures(release: release_data.Release, choice: Choice) -> pl.DataFrame:
    rows = release.rows("fct_metrics", **choice.place, **ALL)
    if rows.is_empty():
        return pl.DataFrame(schema=COLUMNS)
    shown = rows.filter(pl.col("status").is_in(SHOWN), pl.col("period_grain").is_in(GRAINS))
    return shown.select(list(COLUMNS))
