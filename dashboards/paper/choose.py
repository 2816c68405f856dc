"""Which figures a paper is about: an area by its name, in a release."""

import difflib
from typing import Any

import polars as pl

from dashboards.data import choice as choice_data
from dashboards.data import peers
from dashboards.data.choice import ALL_YEARS, Choice
from dashboards.data.metric_rows import SHOWN
from dashboards.data.release import Release

CLOSE = 0.5


class NoSuchPaper(LookupError):
    """A paper that cannot be written; the message says why, and what there is instead."""


def find(release: Release, area: str, programme: str = "", period: str = "") -> Choice:
    """The choice of an area by its name or id, and of a year or all of them.

    Raises NoSuchPaper for an unknown area (with the nearest name), one that several programmes
    have, and a period without a figure.
    """
    candidates = _candidates(release, programme)
    found = [(about, areas, row) for about, areas in candidates for row in _called(areas, area)]
    if not found:
        raise NoSuchPaper(_unknown(area, [areas for _, areas in candidates]))
    with_figures = [each for each in found if _has_figures(release, each[2])] or found
    if len(with_figures) > 1:
        names = ", ".join(f"“{about['programme_name']}”" for about, _, _ in with_figures)
        raise NoSuchPaper(
            f"{area} is an area of several programmes: {names}. Say which with --programme."
        )
    about, areas, row = with_figures[0]
    chosen = _period(about, row, period)
    first = peers.sets_for(row, areas)[0]
    choice = Choice(release, about, row, chosen, "month", areas, first)
    if period:
        _refuse_empty(choice)
    return choice


def _candidates(release: Release, wanted: str) -> list[tuple[dict[str, Any], pl.DataFrame]]:
    """The programmes asked for, with their areas; all of them where none is named."""
    programmes = release.rows("dim_programme").sort("is_synthetic", "programme_name")
    rows = programmes.to_dicts()
    if wanted:
        folded = wanted.casefold()
        named = [r for r in rows if folded in (r["programme_id"], r["programme_name"].casefold())]
        if not named:
            known = "; ".join(f"{r['programme_name']} ({r['programme_id']})" for r in rows)
            raise NoSuchPaper(f"“{wanted}” is no programme of this release. There are: {known}.")
        rows = named
    return [
        (row, choice_data.labelled(release.rows("dim_area", programme_id=row["programme_id"])))
        for row in rows
    ]


def _called(areas: pl.DataFrame, name: str) -> list[dict[str, Any]]:
    folded = name.strip().casefold()
    return [
        row
        for row in areas.to_dicts()
        if folded in {str(row[key]).casefold() for key in ("label", "area_name", "area_id")}
    ]


def _unknown(name: str, areas: list[pl.DataFrame]) -> str:
    known = {str(label).casefold(): str(label) for each in areas for label in each["label"]}
    near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=CLOSE)
    said = f"“{name}” is no area of this release."
    return (
        f"{said} Did you mean “{known[near[0]]}”?"
        if near
        else f"{said} {_some(list(known.values()))}"
    )


def _some(names: list[str]) -> str:
    more = f", and {len(names) - 5} more" if names[5:] else ""
    return f"There are: {', '.join(names[:5])}{more}."


def _has_figures(release: Release, area: dict[str, Any]) -> bool:
    place = {name: area[name] for name in ("programme_id", "area_id")}
    return bool(release.values("fct_metrics", "metric_id", status="final", **place))


def _period(programme: dict[str, Any], area: dict[str, Any], wanted: str) -> str:
    years = choice_data.years_of(programme)
    if not wanted or wanted.casefold() == ALL_YEARS.casefold():
        return ALL_YEARS
    if wanted not in years:
        raise NoSuchPaper(_no_period(wanted, str(area["label"]), years[1:]))
    return wanted


def _no_period(wanted: str, area: str, years: list[str]) -> str:
    there = f"There are figures for: {', '.join(sorted(years))}." if years else "There are none."
    return f"There is no figure of {area} for “{wanted}”. {there}"


def _refuse_empty(choice: Choice) -> None:
    """Raise where no measure of the area has a figure in the year that was asked for."""
    if choice.year is None:
        return
    rows = choice.release.rows("fct_metrics", **choice.place)
    shown = rows.filter(
        pl.col("status").is_in(SHOWN), pl.col("period_grain").is_in(["month", "quarter", "year"])
    )
    years = sorted({str(start.year) for start in shown["period_start"].to_list()})
    if choice.period not in years:
        raise NoSuchPaper(_no_period(choice.period, str(choice.area["label"]), years))
