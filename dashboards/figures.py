"""Which released rows a page shows: selections of `fct_metrics`, never sums of it."""

from typing import Any

import polars as pl

from dashboards.choose import Choice

ALL = {"breakdown": "all", "breakdown_value": "all"}
COARSE_FIRST = ("window", "year", "trial_bin", "quarter", "month")


def metric(choice: Choice, metric_id: str) -> dict[str, Any] | None:
    """What a metric is, or None when the release does not know it."""
    known = choice.release.rows("dim_metric", metric_id=metric_id)
    return known.row(0, named=True) if len(known) else None


def topic(choice: Choice, name: str, first: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Metrics of a topic that this programme has rows for: the named ones first, then by label."""
    known = choice.release.rows("dim_metric", topic=name)
    here = choice.release.values(
        "fct_metrics", "metric_id", programme_id=choice.place["programme_id"]
    )
    if known.is_empty():
        return []
    shown = known.filter(pl.col("metric_id").is_in(here))
    ranks = {metric_id: place for place, metric_id in enumerate(first)}
    rank = pl.col("metric_id").replace_strict(ranks, default=len(first), return_dtype=pl.Int64)
    return list(shown.sort(rank, "label").iter_rows(named=True))


def programmes_with(choice: Choice, topic: str) -> list[str]:
    """Names of the programmes of the release that have a final figure on a topic."""
    known = choice.release.rows("dim_metric", topic=topic)
    wanted = known["metric_id"].to_list() if known.width else []
    have = {
        programme
        for metric_id in wanted
        for programme in choice.release.values(
            "fct_metrics", "programme_id", metric_id=metric_id, status="final"
        )
    }
    names = choice.release.rows("dim_programme").sort("programme_name")
    return names.filter(pl.col("programme_id").is_in(sorted(have)))["programme_name"].to_list()


def of(choice: Choice, metric_id: str) -> pl.DataFrame:
    """All rows of a metric for the chosen programme and area, not broken down."""
    rows = choice.release.rows("fct_metrics", metric_id=metric_id, **choice.place, **ALL)
    return rows if rows.is_empty() else rows.sort("period_start")


def within(choice: Choice, rows: pl.DataFrame) -> pl.DataFrame:
    """Those of the rows that begin in the chosen year."""
    if rows.is_empty() or choice.year is None:
        return rows
    return rows.filter(pl.col("period_start").dt.year() == choice.year)


def headline(choice: Choice, metric_id: str) -> dict[str, Any] | None:
    """The one row that speaks for the chosen period: the coarsest, and of equals the latest."""
    rows = within(choice, of(choice, metric_id))
    if choice.year is not None and not rows.is_empty():
        rows = rows.filter(pl.col("period_grain") != "window")
    for grain in COARSE_FIRST:
        fits = rows.filter(period_grain=grain) if not rows.is_empty() else rows
        if not fits.is_empty():
            return fits.sort("period_start").row(-1, named=True)
    return None


def over_time(choice: Choice, metric_id: str) -> pl.DataFrame:
    """Rows of the chosen grain in the chosen period, or of the finest coarser grain there is."""
    rows = within(choice, of(choice, metric_id))
    if rows.is_empty():
        return rows
    grains = ["month", "quarter", "year", "trial_bin"]
    finer = "month" if choice.year is not None and choice.grain == "year" else choice.grain
    for grain in grains[grains.index(finer) :] + grains:
        fits = rows.filter(period_grain=grain)
        if not fits.is_empty():
            return fits
    return rows.clear()


def by_area(choice: Choice, metric_id: str, row: dict[str, Any]) -> pl.DataFrame:
    """The period of `row` in every area of the programme, in the order of the area tree."""
    rows = choice.release.rows(
        "fct_metrics",
        metric_id=metric_id,
        programme_id=choice.place["programme_id"],
        period_grain=row["period_grain"],
        period_start=row["period_start"],
        **ALL,
    )
    names = choice.areas.select("area_id", "label", "area_depth", "sort_order")
    return rows.join(names, on="area_id", how="inner").sort("sort_order")


def parts(choice: Choice, metric_id: str, row: dict[str, Any]) -> pl.DataFrame:
    """The period of `row` in the chosen area, by every breakdown there is."""
    rows = choice.release.rows(
        "fct_metrics",
        metric_id=metric_id,
        period_grain=row["period_grain"],
        period_start=row["period_start"],
        **choice.place,
    )
    if rows.is_empty():
        return rows
    return rows.filter(pl.col("breakdown") != "all").sort("breakdown", "breakdown_value")


def sources(choice: Choice, metric_id: str = "") -> pl.DataFrame:
    """Source tables this programme delivered and, when one is named, a metric was made from."""
    programme = choice.place["programme_id"]
    ours = choice.release.values("fct_load_ledger", "source_name", programme_id=programme)
    known = choice.release.rows("dim_source")
    if known.is_empty():
        return known
    table = pl.format("{}.{}", "source_name", "table_name")
    above = _above(choice, f"met_{metric_id}") if metric_id else set()
    found = known.filter(pl.col("source_name").is_in(ours))
    return found.filter(table.is_in(sorted(above))) if above else found


def _above(choice: Choice, model: str) -> set[str]:
    steps = choice.release.rows("release_lineage")
    parents: dict[str, set[str]] = {}
    for parent, child in steps.select("parent", "child").iter_rows() if steps.width else ():
        parents.setdefault(child, set()).add(parent)
    found: set[str] = set()
    waiting = [model]
    while waiting:
        new = parents.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
