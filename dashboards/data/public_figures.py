"""A release as its public extract shows it: figures hidden there stay hidden."""

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from dashboards.data.choice import Choice
from dashboards.data.peers import ALONE
from dashboards.data.release import Release
from dashboards.data.scope import FIGURES, PUBLIC_FILE, Scope
from orchestration.access.reader import Grant, Level

# Tables whose figures are not in the extract: a public paper leaves them out.
KEPT_BACK = (
    "fct_headlines",
    "fct_changes",
    "fct_area_comparisons",
    "fct_staff_scope",
    "fct_unlisted_staff",
)
FIGURE_OF_A_PROMISE = "figure_"


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
            public = replace(self, scope=Scope(((self.programme, grant),)))
            return Release.rows(public, table, **where)
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


def public(choice: Choice) -> Choice:
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
    shown = _smallest_known(choice, known)
    peers = choice.peers if shown["area_id"] == choice.area["area_id"] else ALONE
    return replace(choice, release=release, area=shown, peers=peers)


def _smallest_known(choice: Choice, known: set[Any]) -> dict[str, Any]:
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
