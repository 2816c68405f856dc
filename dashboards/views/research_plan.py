"""A trial planned by its numbers: a field for each, and the study that they make."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import streamlit as st
import yaml
from streamlit.delta_generator import DeltaGenerator

from dashboards.text.research import FIELDS, PLANS, purpose
from orchestration.evaluation.core import Design
from orchestration.evaluation.planning import DESIGNS

TITLE = "A plan by its numbers"
EVERY = {design.name: design for design in DESIGNS}
#: Plans of which every key is a number, or two of them; the others are asked for as a study.
PLANNED = {name: EVERY[name] for name in PLANS}


def ask() -> tuple[str, str]:
    """Name and text of the study that the fields make; it begins with those of the example."""
    names = [*PLANS, *SCHEDULES]
    chosen = st.selectbox("What is planned", names, format_func=purpose, key="planned")
    said = purpose(chosen)
    study: dict[str, Any] = {"design": chosen, "title": TITLE, "question": f"{said}?"}
    if chosen in SCHEDULES:
        study |= SCHEDULES[chosen]()
    else:
        numbers = _answers(PLANNED[chosen])
        study["keys"] = {name: value for name, value in numbers if value is not None}
    return f"{chosen}.yml", yaml.safe_dump(study, sort_keys=False, allow_unicode=True)


def _shifts() -> dict[str, Any]:
    """The keys of a schedule of shifts, from stations, tours, a first day and a seed."""
    left, right = st.columns(2)
    sites = left.text_input("Stations, parted by commas", "north, south", key="schedule_sites")
    tours = right.text_input(
        "Tours and when they begin, parted by commas", "day 07:00, night 19:00",
        key="schedule_tours",
    )  # fmt: skip
    first = left.date_input("First day", date(2027, 1, 4), key="schedule_first")
    weeks = right.number_input("Weeks", value=4, step=1, min_value=1, key="schedule_weeks")
    allocated = left.date_input("Day of the allocation", date(2026, 12, 21), key="schedule_day")
    seed = right.number_input("Seed", value=2026, step=1, key="schedule_seed")
    begins = dict(each.strip().rsplit(" ", 1) for each in tours.split(",") if " " in each.strip())
    return {
        "keys": {
            "sites": _parts(sites), "first_day": first, "weeks": int(weeks), "tours": begins,
            "allocated_at": datetime.combine(allocated, time(9)), "seed": int(seed),
        }
    }  # fmt: skip


def _teams() -> dict[str, Any]:
    """The keys and the table of a schedule of teams, from their names and boroughs."""
    written = st.text_area(
        "Teams, one a line: team, borough", "a1, a\na2, a\na3, a\nb1, b\nb2, b\nb3, b",
        key="schedule_teams",
    )  # fmt: skip
    left, right = st.columns(2)
    share = left.number_input("Share with cameras", value=0.5, step=0.05, key="schedule_share")
    seed = right.number_input("Seed", value=2026, step=1, key="schedule_team_seed")
    teams = [_parts(line) for line in written.splitlines() if line.strip()]
    return {
        "keys": {"share": float(share), "seed": int(seed)},
        "inline": {
            "cluster": [each[0] for each in teams],
            "stratum": [each[1] if each[1:] else "all" for each in teams],
        },
    }


def _parts(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


#: Schedules are asked for in words, dates and numbers.
SCHEDULES: dict[str, Callable[[], dict[str, Any]]] = {
    "schedule_shifts": _shifts,
    "schedule_clusters": _teams,
}


def _answers(design: Design) -> list[tuple[str, Any]]:
    """Every key with what its fields hold; None where one that may be left empty is."""
    given = yaml.safe_load(design.example)["keys"]
    kinds = design.keys.model_json_schema()["properties"]
    fields = sum(len(FIELDS[name]) for name in kinds)
    # By rows: on a narrow window the fields keep their order.
    places = iter([each for _ in range(0, fields, 2) for each in st.columns(2)])
    answers: list[tuple[str, Any]] = []
    for name, kind in kinds.items():
        begin = given.get(name, kind.get("default"))
        pair = kind.get("prefixItems")
        held = [
            _field(next(places), f"{design.name}_{label}", label, each, value)
            for label, each, value in zip(
                FIELDS[name], pair or [kind], begin if pair else [begin], strict=True
            )
        ]
        answers.append((name, held if pair else held[0]))
    return answers


def _field(
    place: DeltaGenerator, key: str, label: str, kind: dict[str, Any], begin: float | None
) -> float | None:
    """One number, whole where the key is; what lies outside its limits is refused by the engine."""
    # A number that may be left empty is one kind or none.
    of = next((each for each in kind.get("anyOf", ()) if each["type"] != "null"), kind)
    if of["type"] == "integer":
        whole = None if begin is None else int(begin)
        return place.number_input(label, value=whole, step=1, placeholder="Not stated", key=key)
    value = None if begin is None else float(begin)
    return place.number_input(
        label, value=value, step=0.01, format="%g", placeholder="Not stated", key=key
    )
