"""The areas of a programme: which contain which, and when."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from orchestration.storage.table_columns import Column, NoColumn

SLUG = r"^[a-z][a-z0-9_]*$"
Slug = Annotated[str, Field(pattern=SLUG)]
STRICT = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

DAY = timedelta(days=1)
Span = tuple[date | None, date | None]
Path = tuple[str, str, int, date | None, date | None]


def folded(name: str) -> str:
    """A spelling in the form used for comparison: no case, single blanks, no no-break spaces."""
    return " ".join(name.split()).lower()


class Former(BaseModel):
    """A parent that an area had before, and the last day on which it had it."""

    model_config = STRICT

    parent: Slug
    until: date


class Area(BaseModel):
    """A place of the programme; dated where it did not always exist or moved to another parent."""

    model_config = STRICT

    id: Annotated[Slug, Column("area_id")]
    name: Annotated[str, Column("area_name")]
    kind: Annotated[Slug, Column("area_kind")]
    parent: Annotated[Slug | None, Column("parent_area_id")]
    start: Annotated[date | None, Column("valid_from")] = Field(default=None, alias="from")
    end: Annotated[date | None, Column("valid_to")] = Field(default=None, alias="to")
    aliases: Annotated[list[str], NoColumn("a row for each in the table area_names")] = []
    formerly: Annotated[list[Former], NoColumn("rows of the table area_histories")] = []

    def spellings(self) -> list[str]:
        """Every way in which a file may write the area, once each."""
        return sorted({self.id, self.name, *self.aliases})


def check_tree(areas: Sequence[Area]) -> None:
    """Raise ValueError when areas repeat, have an unknown parent or contain themselves."""
    known = {area.id: area for area in areas}
    for name, count in Counter(area.id for area in areas).items():
        if count > 1:
            raise ValueError(f"area {name} is listed {count} times")
    for area in areas:
        parents = {area.parent, *(former.parent for former in area.formerly)} - {None}
        if unknown := parents - known.keys():
            raise ValueError(f"area {area.id} has an unknown parent: {min(map(str, unknown))}")
    for _ in dated_paths(areas):
        pass


def dated_paths(areas: Sequence[Area]) -> Iterator[Path]:
    """Each area with every area that contained it, itself included, and the days it did.

    Yields area, ancestor, steps between them, first and last day; None is an open end. An area that
    moved counts for its new parent from the first day of the month of its move, since figures are
    kept by month.
    """
    known = {area.id: area for area in areas}
    for area in areas:
        found: dict[tuple[str, int], list[Span]] = {}
        for start, end in _spans(areas):
            for steps, ancestor in enumerate(_climb(known, area, start)):
                _add(found.setdefault((ancestor, steps), []), start, end)
        for (ancestor, steps), spans in found.items():
            for start, end in spans:
                yield area.id, ancestor, steps, start, end


def _moved_on(until: date) -> date:
    return (until + DAY).replace(day=1)


def _spans(areas: Sequence[Area]) -> list[Span]:
    """The spans of time in which no area moves."""
    moves = sorted({_moved_on(former.until) for area in areas for former in area.formerly})
    starts = [None, *moves]
    ends = [*(move - DAY for move in moves), None]
    return list(zip(starts, ends, strict=True))


def _climb(known: dict[str, Area], area: Area, start: date | None) -> list[str]:
    """The area, its parent in the span that begins on a day, and so on up to a root."""
    path = [area.id]
    while (parent := _parent(known[path[-1]], start)) is not None:
        if parent in path:
            raise ValueError(f"area {parent} is its own ancestor")
        path.append(parent)
    return path


def _parent(area: Area, start: date | None) -> str | None:
    for former in area.formerly:
        if start is None or start < _moved_on(former.until):
            return former.parent
    return area.parent


def _add(spans: list[Span], start: date | None, end: date | None) -> None:
    """Extend the last span when this one continues it; otherwise begin another."""
    if spans and spans[-1][1] is not None and start == spans[-1][1] + DAY:
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))
