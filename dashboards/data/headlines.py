"""The figure of a measure that is shown first, the one a year before, and where peers stand."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import takewhile
from typing import Any

import polars as pl

from dashboards.data import metric_rows
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
    shown = (
        [at for at, status in enumerate(found["status"]) if status in SHOWN] if found.width else []
    )
    if not shown:
        return None
    [row] = metric_rows.as_figures(found[shown[0]]).to_dicts()
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
    column = "numerator" if metric["kind"] in COUNTED else "value"
    shown = pl.when(pl.col("status").is_in(["final", "low"])).then(pl.col(column))
    return [None if each is None else float(each) for each in rows.select(x=shown)["x"].to_list()]


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
    rows = metric_rows.by_area(choice, str(metric["metric_id"]), one.row)
    ids = [each for each in choice.peers.area_ids if each != choice.area["area_id"]]
    peers = rows.filter(pl.col("area_id").is_in(ids), status="final")["value"].drop_nulls()
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
