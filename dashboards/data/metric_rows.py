"""Which released rows a page shows: selections of `fct_metrics`, never sums of it."""

from typing import Any

import polars as pl

from dashboards.data import topics
from dashboards.data.choice import Choice

ALL = {"breakdown": "all", "breakdown_value": "all"}
SHOWN = ("final", "low", "suppressed")
TWELVE_MONTHS = "twelve_months"
REFUSED = ("not_applicable", "missing_months")
COARSE_FIRST = ("window", "trial_window", "year", "quarter", "month", "trial_bin")
FINE_FIRST = ("month", "quarter", "year", "trial_bin", "trial_window", "window")
Row = dict[str, Any]


def metric(choice: Choice, metric_id: str) -> Row | None:
    """What a metric is, or None when the release does not know it."""
    known = choice.release.rows("dim_metric", metric_id=metric_id)
    return known.row(0, named=True) if len(known) else None


def on(choice: Choice, subjects: tuple[str, ...], first: tuple[str, ...] = ()) -> list[Row]:
    """Metrics on these topics that the programme has rows for.

    Those with a figure for the area come first, then those in `first`, then by label. A plain count
    is left out if there is a rate of it with figures, unless the count is in `first`.
    """
    known = choice.release.rows("dim_metric")
    programme = choice.place["programme_id"]
    here = choice.release.values("fct_metrics", "metric_id", programme_id=programme)
    if known.is_empty():
        return []
    shown = known.filter(pl.col("topic").is_in(subjects) & pl.col("metric_id").is_in(here))
    ranks = {metric_id: place for place, metric_id in enumerate(first)}
    rank = pl.col("metric_id").replace_strict(ranks, default=len(first), return_dtype=pl.Int64)
    final = choice.release.values("fct_metrics", "metric_id", status="final", **choice.place)
    absent = ~pl.col("metric_id").is_in(final)
    if "plain_count" in known.columns:
        rated = known.filter(~absent)["plain_count"].drop_nulls().to_list()
        shown = shown.filter(pl.col("metric_id").is_in(first) | ~pl.col("metric_id").is_in(rated))
    return list(shown.sort(absent, rank, "label").iter_rows(named=True))


def programmes_with(choice: Choice, subjects: tuple[str, ...]) -> list[str]:
    """Names of the programmes of the release that have a final figure on these topics."""
    known = choice.release.rows("dim_metric")
    if known.is_empty():
        return []
    wanted = known.filter(pl.col("topic").is_in(subjects))["metric_id"].to_list()
    have = {
        programme
        for name in wanted
        for programme in choice.release.values(
            "fct_metrics", "programme_id", metric_id=name, status="final"
        )
    }
    names = choice.release.rows("dim_programme").sort("programme_name")
    # The page of a real programme offers no invented one.
    if not choice.programme["is_synthetic"]:
        names = names.filter(~pl.col("is_synthetic"))
    return names.filter(pl.col("programme_id").is_in(sorted(have)))["programme_name"].to_list()


def pages_without_figures(choice: Choice) -> set[str]:
    """Pages on whose subject the programme has no figure at all."""
    programme = choice.place["programme_id"]
    known = choice.release.rows("dim_metric")
    have = {
        name
        for status in SHOWN
        for name in choice.release.values(
            "fct_metrics", "metric_id", programme_id=programme, status=status
        )
    }
    subjects = (
        set(known.filter(pl.col("metric_id").is_in(sorted(have)))["topic"]) if have else set()
    )
    return {each.page for each in topics.ALL if not subjects & set(each.topics)}


def areas_with(choice: Choice, metric_id: str) -> list[str]:
    """Names of the areas of the programme that have rows of a metric, in the order of the tree."""
    programme = choice.place["programme_id"]
    have = choice.release.values(
        "fct_metrics", "area_id", metric_id=metric_id, programme_id=programme
    )
    return choice.areas.filter(pl.col("area_id").is_in(have))["label"].to_list()


def of(choice: Choice, metric_id: str, **where: object) -> pl.DataFrame:
    """Rows of a metric for the chosen programme and area within the chosen period, by date."""
    key = (of, metric_id, choice.year, *choice.place.values(), *sorted(where.items()))
    return choice.release.once(key, lambda: _of(choice, metric_id, where))


def _of(choice: Choice, metric_id: str, where: dict[str, object]) -> pl.DataFrame:
    rows = choice.release.rows("fct_metrics", metric_id=metric_id, **choice.place, **where)
    if rows.is_empty():
        return rows
    if choice.year is not None:
        in_year = pl.col("period_start").dt.year() == choice.year
        absent = pl.col("status") == "not_supplied"
        rows = rows.filter(absent | (in_year & (pl.col("period_grain") != "window")))
    return rows.sort("period_start", "breakdown", "breakdown_value")


def headline(choice: Choice, metric_id: str) -> Row | None:
    """The one row that is shown for the chosen period: the coarsest, and of equals the latest.

    A period that spans a new definition, or lacks a month, has no figure; then a shorter one is
    shown. Where the area has none, the row that says why the whole programme has none.
    """
    rows = of(choice, metric_id, **ALL)
    if not rows.is_empty():
        grains = rows["period_grain"].to_list()
        figured = [status in SHOWN for status in rows["status"].to_list()]
        # A page asks for dozens of headlines: a filter for each grain would take most of its time.
        last = {
            (grain, has): at for at, (grain, has) in enumerate(zip(grains, figured, strict=True))
        }
        latest = {grain: at for at, grain in enumerate(grains)}
        order = [last.get((grain, True)) for grain in COARSE_FIRST]
        order += [latest.get(grain) for grain in COARSE_FIRST]
        for at in order:
            if at is not None:
                return rows.row(at, named=True)
    programme = choice.place["programme_id"]
    # Few rows, and a page of an area with little asks for dozens of them: one query for all.
    absent = choice.release.rows("fct_metrics", programme_id=programme, status="not_supplied")
    if absent.width:
        absent = absent.filter(metric_id=metric_id)
    return None if absent.is_empty() else absent.row(0, named=True)


def refused(choice: Choice, metric_id: str, shown: Row) -> Row | None:
    """The longest period of the choice when it has no figure and a shorter one is `shown`."""
    rows = of(choice, metric_id, **ALL)
    if rows.is_empty() or shown["status"] not in SHOWN:
        return None
    for grain in COARSE_FIRST[: COARSE_FIRST.index(str(shown["period_grain"]))]:
        fits = rows.filter(pl.col("status").is_in(REFUSED), period_grain=grain)
        if not fits.is_empty():
            return fits.row(-1, named=True)
    return None


def breaks(choice: Choice, metric_id: str) -> list[Row]:
    """Days across which the programme's figures may not be compared, in order."""
    rows = choice.release.rows(
        "dim_break", programme_id=choice.place["programme_id"], metric_id=metric_id
    )
    return list(rows.sort("break_date").iter_rows(named=True)) if rows.width else []


def sides(choice: Choice, metric_id: str) -> list[Row]:
    """Rows of the coarsest, latest period of a metric that only exists in parts, such as arms."""
    rows = of(choice, metric_id)
    for grain in COARSE_FIRST:
        fits = rows.filter(period_grain=grain) if not rows.is_empty() else rows
        if not fits.is_empty():
            latest = fits["period_start"].max()
            return list(fits.filter(pl.col("period_start") == latest).iter_rows(named=True))
    return []


def over_time(choice: Choice, metric_id: str, *, in_parts: bool = False) -> pl.DataFrame:
    """Rows of the chosen grain, or else of the finest there is, in order of time."""
    rows = of(choice, metric_id, **({} if in_parts else ALL))
    if rows.is_empty():
        return rows
    wanted = "month" if choice.year is not None and choice.grain == "year" else choice.grain
    coarser = FINE_FIRST[FINE_FIRST.index(wanted) :]
    known = set(rows["period_grain"].to_list())
    for grain in (*coarser, *FINE_FIRST):
        if grain in known:
            return rows.filter(period_grain=grain)
    return rows.clear()


def by_area(choice: Choice, metric_id: str, row: Row) -> pl.DataFrame:
    """The period of `row` in the chosen area and its peers, in the order of the tree."""
    rows = in_period(choice, metric_id, row)
    near = among(choice).select("area_id", "label", "sort_order")
    return rows.join(near, on="area_id").sort("sort_order") if rows.width else rows


def in_period(choice: Choice, metric_id: str, row: Row) -> pl.DataFrame:
    """The period of `row` in every area of the programme; twelve months are those of headlines."""
    place = {"metric_id": metric_id, "programme_id": choice.place["programme_id"]}
    if row["period_grain"] == TWELVE_MONTHS:
        ends = {name: row[name] for name in ("period_start", "period_end")}
        return as_figures(choice.release.rows("fct_headlines", **place, **ends))
    when = {name: row[name] for name in ("period_grain", "period_start")}
    return choice.release.rows("fct_metrics", **place, **when, **ALL)


def unplaced_percent(choice: Choice, metric_id: str) -> float | None:
    """The percentage of the programme's count that is in none of its areas; None where none is."""
    place = {"metric_id": metric_id, "programme_id": choice.place["programme_id"]}
    rows = choice.release.rows("fct_headlines", **place)
    if "unplaced_percent" not in rows.columns or rows.is_empty():
        return None
    found = rows["unplaced_percent"].drop_nulls()
    return None if found.is_empty() else float(found[0])


def as_figure(row: Row) -> Row:
    """A row of `fct_headlines` with the columns that those of `fct_metrics` have."""
    period = "window" if row["headline_period"] == "whole_time" else row["headline_period"]
    return row | {"period_grain": period, **ALL, "is_break": False}


def as_figures(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of `fct_headlines` with the columns that those of `fct_metrics` have."""
    if rows.is_empty():
        return rows
    grain = pl.col("headline_period").replace({"whole_time": "window"})
    fixed = {"breakdown": "all", "breakdown_value": "all", "is_break": False}
    return rows.with_columns(
        grain.alias("period_grain"), *(pl.lit(value).alias(name) for name, value in fixed.items())
    )


def among(choice: Choice) -> pl.DataFrame:
    """The chosen area and its peers."""
    ids = [*choice.peers.area_ids, choice.area["area_id"]]
    return choice.areas.filter(pl.col("area_id").is_in(ids))


def of_peers(choice: Choice, metric_id: str, grain: str) -> pl.DataFrame:
    """Final figures of the peers, the chosen area not among them, in every period of a grain."""
    ids = [each for each in choice.peers.area_ids if each != choice.area["area_id"]]
    rows = choice.release.rows(
        "fct_metrics",
        metric_id=metric_id,
        programme_id=choice.place["programme_id"],
        period_grain=grain,
        status="final",
        **ALL,
    )
    if rows.is_empty():
        return rows
    mine = rows.filter(pl.col("area_id").is_in(ids))
    if choice.year is not None:
        mine = mine.filter(pl.col("period_start").dt.year() == choice.year)
    return mine.join(choice.areas.select("area_id", "label"), on="area_id").sort("period_start")


def parts(choice: Choice, metric_id: str, row: Row) -> pl.DataFrame:
    """The period of `row` in the chosen area, by every breakdown there is."""
    when = {"period_grain": row["period_grain"], "period_start": row["period_start"]}
    rows = choice.release.rows("fct_metrics", metric_id=metric_id, **when, **choice.place)
    if rows.is_empty():
        return rows
    broken = rows.filter(pl.col("breakdown") != "all")
    return broken.sort("breakdown", "numerator", descending=[False, True], nulls_last=True)
