"""The areas that an area can be compared with, and the released comparison of declared peers."""

from typing import Any

import polars as pl

from dashboards.data import metric_rows
from dashboards.data.choice import Choice, Peers
from orchestration.evaluation import wording

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
LIMITS = ("limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high")


def sets_for(area: dict[str, Any], areas: pl.DataFrame) -> list[Peers]:
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


def chosen(names: list[str], areas: pl.DataFrame) -> Peers:
    """The areas a reader picked by name."""
    picked = areas.filter(pl.col("label").is_in(names))
    areas_named = wording.counted(str(picked.height), "areas")
    return Peers(f"{areas_named} of your choice", _ids(picked), "Chosen by you.")


def plural(kind: str) -> str:
    """A kind of area in the plural."""
    return PLURALS.get(kind, f"{kind.replace('_', ' ')} areas")


def _ids(areas: pl.DataFrame) -> tuple[str, ...]:
    return tuple(areas.sort("sort_order")["area_id"].to_list())


def compared(choice: Choice, metric_id: str) -> pl.DataFrame:
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
