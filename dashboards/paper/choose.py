"""Which figures a paper is about: an area by its name, in a release, as far as they are public.

What the public extract hides stays hidden in a public paper.
"""

import difflib
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from dashboards.data import choice as choice_data
from dashboards.data.choice import ALL_YEARS, ALONE, Choice
from dashboards.data.metric_rows import SHOWN
from dashboards.data.release import Release
from dashboards.data.scope import FIGURES, PUBLIC_FILE, Scope
from orchestration.access.reader import Grant, Level

CLOSE = 0.5
# Tables whose figures are not in the extract: a public paper leaves them out.
KEPT_BACK = (
    "fct_headlines",
    "fct_changes",
    "fct_area_comparisons",
    "fct_staff_scope",
    "fct_unlisted_staff",
)
FIGURE_OF_A_PROMISE = "figure_"


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
    first = choice_data.peer_sets(row, areas)[0]
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


class NoPublicFigures(LookupError):
    """A release or an area without figures that may be made public; the message says which."""


@dataclass(frozen=True)
class PublicRelease(Release):
    """A release of which the figures of one programme are those of the public extract."""

    programme: str = ""

    def rows(self, table: str, **where: object) -> pl.DataFrame:
        """Rows as they may be made public; none of a table whose figures are not."""
        if table in KEPT_BACK:
            return pl.DataFrame()
        if table == FIGURES:
            grant = Grant(Level.PUBLIC)
            as_public = replace(self, scope=Scope(((self.programme, grant),)))
            return Release.rows(as_public, table, **where)
        found = super().rows(table, **where)
        if table == "fct_promise_status" and found.width:
            figures = [name for name in found.columns if name.startswith(FIGURE_OF_A_PROMISE)]
            return found.with_columns(
                pl.lit(None).cast(found[name].dtype).alias(name) for name in figures
            )
        return found

    def values(self, table: str, column: str, **where: object) -> list[Any]:
        """The different values of a column of the rows that may be made public."""
        if table != FIGURES:
            return super().values(table, column, **where)
        found = self.rows(table, **where)
        return sorted(found[column].drop_nulls().unique().to_list()) if found.width else []


def as_public(choice: Choice) -> Choice:
    """The choice with figures that may be made public.

    Open data stay as their publishers gave them. Figures of other programmes are those of the
    extract; for an area that is not in it, the smallest area around it that is. Raises
    NoPublicFigures where the release has no extract, or the extract nothing of the area.
    """
    if choice.programme["is_open_data"]:
        return choice
    held = choice.release
    if not (held.folder / PUBLIC_FILE).is_file():
        raise NoPublicFigures(
            f"Release {held.name} has no public extract. A paper of internal figures can be "
            "written with --internal."
        )
    programme = choice.place["programme_id"]
    release = PublicRelease(
        held.folder, held.is_current, held.manifest, held.run, held.reader, held.scope,
        held.withdrawn, programme,
    )  # fmt: skip
    known = set(release.values(FIGURES, "area_id", programme_id=programme))
    shown = _smallest_public(choice, known)
    peers = choice.peers if shown["area_id"] == choice.area["area_id"] else ALONE
    return replace(choice, release=release, area=shown, peers=peers)


def _smallest_public(choice: Choice, known: set[Any]) -> dict[str, Any]:
    areas = {row["area_id"]: row for row in choice.areas.to_dicts()}
    area = dict(choice.area)
    while area["area_id"] not in known:
        above = areas.get(area["parent_area_id"])
        if above is None:
            raise NoPublicFigures(
                f"The public extract holds no figures of {choice.area['label']}. A paper of "
                "internal figures can be written with --internal."
            )
        area = dict(above)
    return area
