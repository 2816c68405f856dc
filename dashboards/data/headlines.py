"""The figure of a measure that is shown first, and everything that it is compared with.

That is its figure of a year before, its peers, the start of cameras, a promised target, and the
release before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import takewhile
from typing import Any

import polars as pl

from dashboards.data import metric_rows
from dashboards.data import release as release_data
from dashboards.data.choice import Choice
from dashboards.data.metric_rows import ALL, SHOWN, Row

Metric = Mapping[str, Any]
COUNTED = ("count", "distinct")
# The fewest points that make a small line.
LEAST = 3
OF_A_YEAR_BEFORE = (
    "period_start",
    "period_end",
    "numerator",
    "denominator",
    "value",
    "interval_low",
    "interval_high",
)
# Settled figures are searched from the newest to the oldest, over as many periods as the longest of
# these.
SETTLED_GRAINS = ("year", "quarter", "month")
LIMITS = ("limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high")
PERCENT = ("%", "percent", "per cent")
FIGURE_KEYS = ["metric_id", "period_grain", "period_start"]
CALENDAR = ("month", "quarter", "year")
FIGURE_COLUMNS: dict[str, type[pl.DataType]] = {
    "metric_id": pl.String,
    "period_grain": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "value": pl.Float64,
    "interval_low": pl.Float64,
    "interval_high": pl.Float64,
}


@dataclass(frozen=True)
class HeadlineFigure:
    """A figure with that of a year before, if there is one, and its series for a small chart."""

    row: Row
    before: Row | None
    trend: list[float | None]


@dataclass(frozen=True)
class Place:
    """Where an area is among its peers in one measure: quartiles and extremes of their figures."""

    label: str
    count: int
    lowest: float
    lower: float
    middle: float
    upper: float
    highest: float
    value: float
    standing: str
    said: str

    def as_row(self) -> dict[str, Any]:
        """A row of the spine chart, figures as fractions of the range from lowest to highest."""
        width = self.highest - self.lowest
        row = asdict(self)
        for name in ("lower", "middle", "upper", "value"):
            share = (row[name] - self.lowest) / width if width else 0.5
            row[f"{name}_share"] = min(max(share, 0.0), 1.0)
        return row


def of(choice: Choice, metric: Metric) -> HeadlineFigure | None:
    """The headline of a measure that has a figure for all: otherwise None.

    For the whole time it is the one that the release states: the last twelve settled months, or
    else a quarter. In a release that states none it is the last settled year, quarter or month. For
    a chosen year it is that year.
    """
    key = (of, metric["metric_id"], choice.year, choice.grain, *choice.place.values())
    return choice.release.once(key, lambda: _of(choice, metric))


def _of(choice: Choice, metric: Metric) -> HeadlineFigure | None:
    name = str(metric["metric_id"])
    row = metric_rows.headline(choice, name)
    if row is None or row["status"] not in SHOWN or row["breakdown"] != "all":
        return None
    if choice.year is None:
        if (stated := _stated(choice, name)) is not None:
            return HeadlineFigure(*stated, _trend(choice, metric))
        row = _last_settled(choice, name) or row
    return HeadlineFigure(row, _a_year_before(choice, name, row), _trend(choice, metric))


def _stated(choice: Choice, metric_id: str) -> tuple[Row, Row | None] | None:
    """The headline that the release states, and that of a year before."""
    found = choice.release.rows("fct_headlines", metric_id=metric_id, **choice.place)
    statuses = found["status"].to_list() if found.width else []
    shown = [at for at, status in enumerate(statuses) if status in SHOWN]
    if not shown:
        return None
    row = metric_rows.as_figure(found.row(shown[0], named=True))
    if row["year_before_value"] is None or row["no_change_reason"]:
        return row, None
    earlier = {name: row[f"year_before_{name}"] for name in OF_A_YEAR_BEFORE}
    return row, row | earlier


def _last_settled(choice: Choice, metric_id: str) -> Row | None:
    rows = metric_rows.of(choice, metric_id, **ALL)
    data_to = choice.programme["data_to"]
    settled = rows.filter(
        pl.col("status").is_in(SHOWN),
        ~pl.col("is_provisional"),
        pl.col("period_end") <= data_to if isinstance(data_to, date) else pl.lit(value=True),
    )
    for grain in SETTLED_GRAINS:
        fits = settled.filter(period_grain=grain)
        if not fits.is_empty():
            return fits.row(-1, named=True)
    return None


def _a_year_before(choice: Choice, metric_id: str, row: Row) -> Row | None:
    start = row["period_start"]
    if row["period_grain"] not in SETTLED_GRAINS:
        return None
    rows = choice.release.rows(
        "fct_metrics",
        metric_id=metric_id,
        period_grain=row["period_grain"],
        period_start=start.replace(year=start.year - 1),
        **choice.place,
        **ALL,
    )
    shown = rows.filter(pl.col("status").is_in(SHOWN)) if rows.width else rows
    return None if shown.is_empty() else shown.row(0, named=True)


def _trend(choice: Choice, metric: Metric) -> list[float | None]:
    rows = metric_rows.over_time(choice, str(metric["metric_id"]))
    if rows.is_empty():
        return []
    values = rows["numerator" if metric["kind"] in COUNTED else "value"].to_list()
    return [
        float(value) if status in {"final", "low"} and value is not None else None
        for value, status in zip(values, rows["status"].to_list(), strict=True)
    ]


def unbroken(trend: Sequence[float | None]) -> list[float]:
    """The end of a series without a gap; empty where that is too short to be a trend.

    A small line in a table can neither break nor be a single point.
    """
    tail = list(takewhile(lambda value: value is not None, reversed(trend)))
    return [value for value in reversed(tail) if value is not None] if tail[LEAST - 1 :] else []


def among_peers(choice: Choice, metric: Metric, one: HeadlineFigure) -> Place | None:
    """Where a rate, share or wait is among those of the peers in the same period."""
    if metric["kind"] in COUNTED or one.row["status"] != "final":
        return None
    rows = metric_rows.in_period(choice, str(metric["metric_id"]), one.row)
    ids = {each for each in choice.peers.area_ids if each != choice.area["area_id"]}
    columns = ("area_id", "status", "value")
    known = zip(*(rows[name].to_list() for name in columns), strict=True) if rows.width else ()
    peers = pl.Series(
        [
            value
            for area, status, value in known
            if area in ids and status == "final" and value is not None
        ],
        dtype=pl.Float64,
    )
    value = one.row["value"]
    if peers.is_empty() or value is None:
        return None
    low, lower, middle, upper, high = (
        float(peers.quantile(share, "linear") or 0.0) for share in (0, 0.25, 0.5, 0.75, 1)
    )
    standing = _standing(one.row, middle, str(metric["direction"]))
    said = f"{standing}, against the middle of {len(peers)} peers"
    return Place(
        str(metric["label"]), len(peers), low, lower, middle, upper, high, value, standing, said
    )


def _standing(row: Row, middle: float, direction: str) -> str:
    """Higher or lower than the median of the peers, where the interval excludes it.

    Better or worse only where nobody contests the direction of the measure.
    """
    low, high = row["interval_low"], row["interval_high"]
    if low is None or high is None or low <= middle <= high:
        return "similar"
    is_higher = low > middle
    if direction not in {"higher", "lower"}:
        return "higher" if is_higher else "lower"
    return "better" if is_higher == (direction == "higher") else "worse"


def compared_areas(choice: Choice, metric_id: str) -> pl.DataFrame:
    """The last compared year of a measure, one row per area, with the base of each figure.

    Of the set of peers that the chosen area is in, or else of the first by name. Empty where
    nothing is compared.
    """
    place = {"programme_id": choice.place["programme_id"], "metric_id": metric_id}
    rows = choice.release.rows("fct_area_comparisons", period_grain="year", **place)
    if rows.is_empty():
        return rows
    if choice.year is not None:
        rows = rows.filter(pl.col("period_start").dt.year() == choice.year)
    mine = rows.filter(area_id=choice.place["area_id"])["peer_set"].unique().sort().to_list()
    sets = mine or rows["peer_set"].unique().sort().to_list()
    if not sets:
        return rows
    of_set = rows.filter(peer_set=sets[0])
    last = of_set.filter(pl.col("period_start") == of_set["period_start"].max())
    start = last["period_start"][0]
    figures = choice.release.rows(
        "fct_metrics", period_grain="year", period_start=start, **place, **metric_rows.ALL
    )
    same = ("area_id", "period_end", "numerator", "denominator", "interval_low", "interval_high",
            "status", "is_provisional")  # fmt: skip
    named = last.join(choice.areas.select("area_id", "label", "sort_order"), on="area_id")
    return named.join(figures.select(same), on="area_id", how="left").sort("sort_order")


def has_funnel(rows: pl.DataFrame) -> bool:
    """Whether limits were released for these figures, and a base to plot them against."""
    needed = [*LIMITS, "common_level", "denominator"]
    return not rows.is_empty() and rows.select(needed).drop_nulls().height == rows.height


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


def promised_target(choice: Choice, metric: Mapping[str, Any]) -> float | None:
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


def release_before(choice: Choice) -> release_data.Release | None:
    """The release published before the one shown; None where none is kept."""
    there = release_data.history(choice.release.reader)
    names = [each.release for each in there if each.withdrawn is None and each.purged_on is None]
    earlier = names[names.index(choice.release.name) + 1 :] if choice.release.name in names else []
    return release_data.open_release(choice.release.reader, earlier[0]) if earlier else None


def changes_since_last_release(choice: Choice) -> Changes | None:
    """What differs from the release before the one shown; None where none before it is kept."""
    earlier = release_before(choice)
    if earlier is None:
        return None
    now, then = _figures_shown(choice.release, choice), _figures_shown(earlier, choice)
    if now.is_empty() and then.is_empty():
        return None
    joined = now.join(then, on=FIGURE_KEYS, how="full", coalesce=True, suffix="_before")
    differs = pl.col("value") != pl.col("value_before")
    inside = pl.col("value").is_between("interval_low_before", "interval_high_before")
    both = joined.filter(differs.fill_null(value=False))
    is_beyond = ~inside.fill_null(value=True)
    return Changes(
        earlier.name,
        both.filter(is_beyond).sort(FIGURE_KEYS),
        both.filter(~is_beyond).sort(FIGURE_KEYS),
        joined.filter(pl.col("value_before").is_null() & pl.col("value").is_not_null()).sort(
            FIGURE_KEYS
        ),
        joined.filter(pl.col("value").is_null() & pl.col("value_before").is_not_null()).sort(
            FIGURE_KEYS
        ),
    )


def _figures_shown(release: release_data.Release, choice: Choice) -> pl.DataFrame:
    rows = release.rows("fct_metrics", **choice.place, **ALL)
    if rows.is_empty():
        return pl.DataFrame(schema=FIGURE_COLUMNS)
    shown = rows.filter(pl.col("status").is_in(SHOWN), pl.col("period_grain").is_in(CALENDAR))
    return shown.select(list(FIGURE_COLUMNS))
