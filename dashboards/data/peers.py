"""The areas that an area can be set against: declared sets, areas of its kind, and neighbours."""

from typing import Any

import polars as pl

from dashboards.data.choice import Peers

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
ALONE = Peers("nothing to compare with", ())
FEW = 2


def sets_for(area: dict[str, Any], areas: pl.DataFrame) -> list[Peers]:
    """Sets of peers of an area, the widest first; one of nobody where the area is alone.

    A whole is set against its own parts. Remainders, such as records of no known area, are
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


def chosen(names: list[str], areas: pl.DataFrame) -> Peers:
    """The areas a reader picked by name."""
    picked = areas.filter(pl.col("label").is_in(names))
    noun = "area" if picked.height == 1 else "areas"
    return Peers(f"{picked.height} {noun} of your choice", _ids(picked), "Chosen by you.")


def plural(kind: str) -> str:
    """A kind of area in the plural."""
    return PLURALS.get(kind, f"{kind.replace('_', ' ')} areas")


def _ids(areas: pl.DataFrame) -> tuple[str, ...]:
    return tuple(areas.sort("sort_order")["area_id"].to_list())
