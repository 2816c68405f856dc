"""Two forces and a town: every row is marked with its owner, and who may see which.

`may_see` decides slowly and by itself what a reader may see: it shares no code with the product.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

NAME = "2026-11-21-cccccccccccc"
PROGRAMMES = ("north_force", "south_force", "town")
AREAS = {"all": None, "east": "all", "east_1": "east", "west": "all"}
#: Released tables of each kind; True where rows are of an area.
RECORD = {"dim_programme": False, "dim_area": True, "dim_promise": False, "fct_milestones": False}
FIGURES = {"fct_metrics": True, "fct_changes": True, "fct_studies": False}
INSIDE = {"fct_footage_faults": False, "fct_staff_scope": True, "fct_load_ledger": False}
TABLES = {**RECORD, **FIGURES, **INSIDE, "fct_study_values": False, "something_new": True}
Row = dict[str, Any]


def rows_of(table: str) -> list[Row]:
    """The rows of a table: each has a mark of its own."""
    areas = AREAS if TABLES[table] else {"": None}
    return [
        {"programme_id": programme}
        | ({"area_id": area, "parent_area_id": AREAS[area]} if area else {})
        | ({"study_id": f"study_{programme}"} if "stud" in table else {})
        | {"mark": f"<{table}/{programme}/{area}>"}
        for programme in PROGRAMMES
        for area in areas
    ]


def printed() -> list[Row]:
    """The public extract: the whole force and one area below it, whose figure is hidden."""
    columns = (
        "metric_id", "period_grain", "period_start", "period_end", "breakdown", "breakdown_value",
        "numerator", "denominator", "value", "interval_low", "interval_high",
    )  # fmt: skip
    empty = dict.fromkeys(columns, "")
    dates = {"period_start": "2018-01-01", "period_end": "2018-12-31", "metric_id": "complaints"}
    return [
        empty
        | dates
        | {"programme_id": programme, "area_id": area, "marker": marker}
        | {"note": f"<public/{programme}/{area}>"}
        for programme in PROGRAMMES
        for area, marker in (("all", ""), ("east", "[c]"))
    ]


def make_home(home: Path) -> None:
    """A home with that release being served."""
    folder = home / "releases" / NAME
    for tier in ("public", "internal"):
        (folder / tier).mkdir(parents=True)
    with duckdb.connect(folder / "internal" / "marts.duckdb") as con:
        for table in TABLES:
            frame = pl.DataFrame(rows_of(table), infer_schema_length=None)
            if table == "fct_metrics":
                named = pl.DataFrame(
                    [{**row, "status_reason": row["mark"]} for row in rows_of(table)]
                )
                frame = named.drop("mark")
            if table == "fct_study_values":
                frame = frame.drop("programme_id")
            con.register("frame", frame)
            con.execute(f"create table {table} as from frame")
            con.unregister("frame")
    pl.DataFrame(printed()).write_csv(folder / "public" / "figures.csv")
    made = {"release": NAME, "as_of": "2026-11-21", "programmes": list(PROGRAMMES), "inputs": []}
    more: Row = {"outputs": {}, "tests": {"counts": {}}, "parent": None}
    (folder / "manifest.json").write_text(json.dumps(made | more))
    (folder / "run.json").write_text(json.dumps({"finished": "2026-11-21T09:41:00+00:00"}))
    (home / "releases" / "current").symlink_to(NAME)


def may_see(roles: Sequence[str], areas: Sequence[str], table: str, programme: str) -> set[str]:
    """The marks of a table's rows of a programme that these roles open, row by row."""
    level = max((_level(role, programme) for role in roles), default=0)
    limited = bool(areas) and level > 1
    seen = {
        row["mark"]
        for row in rows_of(table)
        if row["programme_id"] == programme
        and level >= _needed(table)
        and (not limited or _within(row.get("area_id"), areas, table))
    }
    if table == "fct_metrics" and level == 1:
        seen = {row["note"] for row in printed() if row["programme_id"] == programme}
    return seen


def may_take(roles: Sequence[str], programme: str) -> bool:
    """Whether one of the most open roles lets its rows of a programme be taken away."""
    levels = {role: _level(role, programme) for role in roles}
    most = max(levels.values(), default=0)
    takes = {"public", "pcc", "analyst"}
    return most > 0 and any(
        level == most and role.split(":")[0] in takes for role, level in levels.items()
    )


def _level(role: str, programme: str) -> int:
    kind, _, of = role.partition(":")
    if of not in {"", programme}:
        return 0
    return {"public": 1, "panel": 2, "pcc": 2, "analyst": 3, "assurer": 3}.get(kind, 0)


def _needed(table: str) -> int:
    if table in RECORD:
        return 1
    return 2 if table in {*FIGURES, "fct_study_values"} else 3


def _within(area: str | None, areas: Sequence[str], table: str) -> bool:
    """Whether a row is of one of the areas or below one; of the record, rows of no area are."""
    if area is None:
        return table in RECORD
    while area is not None:
        if area in areas:
            return True
        area = AREAS[area]
    return False
