"""Which figures a reader looks at: a programme, an area, a period and peers of one release.

Which areas an area can be compared with follows from the tree of areas alone.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboards.data.release import Release
from orchestration.evaluation import wording

ALL_YEARS = "All years"
CURRENT = "current"
PLURALS = {
    "borough": "boroughs",
    "district": "districts",
    "force": "forces",
    "facility": "facilities",
    "office": "offices",
    "command_unit": "command units",
    "policing_area": "policing areas",
    "region": "regions",
}
FEW = 2


@dataclass(frozen=True)
class Peers:
    """Areas that a figure is compared with: what they are called together, and their ids.

    `why` says what makes them peers; the chosen area may be one of them.
    """

    label: str
    area_ids: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Choice:
    """One programme, one of its areas, one period and the area's peers, of one release.

    `follows` is true where the reader asked for the current release, whichever it is.
    """

    release: Release
    programme: dict[str, Any]
    area: dict[str, Any]
    period: str
    grain: str
    areas: pl.DataFrame
    peers: Peers
    follows: bool = False

    @property
    def place(self) -> dict[str, str]:
        """What selects rows of this programme and area."""
        return {
            "programme_id": str(self.programme["programme_id"]),
            "area_id": str(self.area["area_id"]),
        }

    @property
    def year(self) -> int | None:
        """The calendar year chosen, or None for the whole time."""
        return None if self.period == ALL_YEARS else int(self.period)

    @property
    def where(self) -> str:
        """The area by its name, or the programme where that is its only area."""
        name = str(self.programme["programme_name"])
        return str(self.area["label"]) if self.areas.height > 1 else name

    def link(self) -> dict[str, str]:
        """The query parameters that lead back to these figures, whatever is published later."""
        return {
            "programme": str(self.programme["programme_id"]),
            "area": str(self.area["label"]),
            "period": self.period,
            "peers": self.peers.label,
            "by": self.grain,
            "release": self.release.name,
        }


def labelled(areas: pl.DataFrame) -> pl.DataFrame:
    """Areas in the order of the tree, each with a name no other area of the programme has."""
    twice = pl.col("area_name").is_duplicated()
    unique = pl.format("{} ({})", "area_name", pl.col("area_kind").str.replace_all("_", " "))
    label = pl.when(twice).then(unique).otherwise(pl.col("area_name"))
    return areas.sort("sort_order").with_columns(label=label)


def years_of(programme: dict[str, Any]) -> list[str]:
    """Periods that a reader can choose: all years, then each calendar year, the newest first."""
    first, last = programme["data_from"], programme["data_to"]
    if not isinstance(first, date) or not isinstance(last, date):
        return [ALL_YEARS]
    return [ALL_YEARS, *(str(year) for year in range(last.year, first.year - 1, -1))]


ALONE = Peers("nothing to compare with", ())


def peer_sets(area: dict[str, Any], areas: pl.DataFrame) -> list[Peers]:
    """Sets of peers of an area, the widest first; an empty one where the area is alone.

    A whole is compared with its own parts. Remainders, such as records of unknown areas, are
    nobody's peers.
    """
    inside = areas.filter(
        (pl.col("parent_area_id") == area["area_id"]) & (pl.col("area_kind") != "remainder")
    )
    same = areas.filter(area_kind=area["area_kind"])
    found = []
    if same.height >= FEW and area["area_kind"] != "remainder":
        found.append(_of_kind(area, same))
        near = same.filter(parent_area_id=area["parent_area_id"])
        if FEW <= near.height < same.height:
            parent = areas.filter(area_id=area["parent_area_id"])
            found.append(_near(near, str(parent["label"].item()) if parent.height else ""))
    if inside.height >= FEW:
        found.append(_inside(area, inside))
    return found or [ALONE]


def _of_kind(area: dict[str, Any], same: pl.DataFrame) -> Peers:
    kind = str(area["area_kind"])
    return Peers(f"all {same.height} {plural(kind)}", _ids(same), "Areas of the same kind.")


def _near(near: pl.DataFrame, parent: str) -> Peers:
    return Peers(f"the {near.height} areas of {parent}", _ids(near), f"Areas within {parent}.")


def _inside(area: dict[str, Any], inside: pl.DataFrame) -> Peers:
    kinds = set(inside["area_kind"].to_list())
    noun = plural(str(kinds.pop())) if len(kinds) == 1 else "areas"
    return Peers(f"its {inside.height} {noun}", _ids(inside), f"The parts of {area['label']}.")


def picked_peers(names: list[str], areas: pl.DataFrame) -> Peers:
    """The areas a reader picked by name."""
    picked = areas.filter(pl.col("label").is_in(names))
    areas_named = wording.counted(str(picked.height), "areas")
    return Peers(f"{areas_named} of your choice", _ids(picked), "Chosen by you.")


def plural(kind: str) -> str:
    """A kind of area in the plural."""
    return PLURALS.get(kind, f"{kind.replace('_', ' ')} areas")


def _ids(areas: pl.DataFrame) -> tuple[str, ...]:
    return tuple(areas.sort("sort_order")["area_id"].to_list())
