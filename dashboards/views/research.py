"""The views of the page Research: a study to run, a trial to plan, and the register.

A trial is planned by its numbers, a field for each, or from a study that is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

import polars as pl
import streamlit as st
import yaml
from streamlit.delta_generator import DeltaGenerator

from dashboards.components import login, tables
from dashboards.text import research as research_text
from dashboards.text.formats import escape
from dashboards.views import research_result, research_run
from dashboards.views.research_run import REGISTER, Found, Given, StudyTask
from orchestration.evaluation.catalogue import DESIGNS
from orchestration.evaluation.core import Design, Refusal
from orchestration.evaluation.planning import DESIGNS as PLANS
from orchestration.studies.document_designs import about_keys, keys_of
from orchestration.studies.register import read_register

PLANNED = {design.name: design for design in PLANS}
ESTIMATED = {name: DESIGNS[name] for name in sorted(DESIGNS) if name not in PLANNED}
FORM, EXAMPLE, FILE = "Numbers", "An example", "A file of yours"
LONGEST = 1_000_000
TITLE = "A plan by its numbers"


def estimates() -> None:
    """A study on a table, by any design that estimates."""
    st.markdown(research_text.OWN_STUDY)
    _ask("study", ESTIMATED, "shift_trial")


def plans() -> None:
    """Power, sizes and schedules of a trial that is still to come."""
    st.markdown(research_text.OWN_PLAN)
    _ask("plan", PLANNED, "plan_counts")


def register() -> None:
    """Studies put on record before their outcomes, oldest first, once the chain was checked."""
    st.markdown(research_text.REGISTER)
    try:
        entries = read_register(REGISTER)
    except Refusal as refusal:
        st.error(
            f"The register cannot be relied on: {escape(refusal)}.", icon=":material/link_off:"
        )
        return
    if not entries:
        st.info("No study has been registered here yet.", icon=":material/info:")
        return
    st.success(f"{len(entries)} registered, chain whole.", icon=":material/check:")
    st.dataframe(
        pl.DataFrame([asdict(entry) for entry in entries]), hide_index=True, alt="The register"
    )


VIEWS: dict[str, Callable[[], None]] = {
    "Run a study": estimates,
    "Plan a trial": plans,
    "Register": register,
}


def _ask(view: str, designs: Mapping[str, Design], first: str) -> None:
    """Take a study and its table, run them when asked to, and show what was found."""
    given = _given(view, designs, first)
    if given is None:
        return
    if st.button("Run", type="primary", key=f"run_{view}", icon=":material/play_arrow:"):
        login.record(st.session_state["reader"], "estimate", given.name)
        with st.spinner("Running. A long simulation can take minutes.", show_time=True):
            st.session_state[f"found_{view}"] = given.mark, _found(given, designs)
    mark, found = st.session_state.get(f"found_{view}", ("", None))
    if found is None:
        return
    if mark != given.mark:
        st.info("The study or its table is another now. Run it again.", icon=":material/info:")
    elif isinstance(found, str):
        st.error(f"Refused: {escape(found)}.", icon=":material/block:")
    else:
        research_result.show(found)


def _found(given: Given, designs: Mapping[str, Design]) -> Found | str:
    """What the study found, worked out by a child that ends when this session does."""
    place = st.empty()
    # Writing to the page is where Streamlit ends a script whose reader has gone.
    found = research_run.run_in_child(
        StudyTask(given, _refused(designs), st.session_state["reader"].actor),
        lambda passed: place.caption(f"{passed:.0f} seconds"),
    )
    place.empty()
    return found


def _refused(designs: Mapping[str, Design]) -> dict[str, str]:
    """Why each design of the other view is not run in this one."""
    others = [name for name in DESIGNS if name not in designs]
    views = {name: "Plan a trial" if name in PLANNED else "Run a study" for name in others}
    return {
        name: f"{name} belongs to the view {view!r} of this page" for name, view in views.items()
    }


def _given(view: str, designs: Mapping[str, Design], first: str) -> Given | None:
    ways = [FORM, EXAMPLE, FILE] if designs is PLANNED else [EXAMPLE, FILE]
    source = st.segmented_control(
        "Begin with", ways, default=ways[0], required=True, key=f"from_{view}"
    )
    if source == FORM:
        name, text = ask_for_numbers()
        _save(view, text, name)
        return Given(name, text)
    named = _example(view, designs, first) if source == EXAMPLE else _file(view)
    if named is None:
        return None
    name, held, key = named
    text = st.text_area(
        "The study, which you can change here", held, height=320, max_chars=LONGEST, key=key
    )
    _save(view, text or "", name)
    table = st.file_uploader(
        "Table, where the study holds none (CSV or Parquet)", ["csv", "parquet"],
        key=f"table_{view}",
    )  # fmt: skip
    if table is None:
        return Given(name, text or "")
    return Given(name, text or "", table.name, table.getvalue())


def _save(view: str, text: str, name: str) -> None:
    tables.offer_own(
        st.session_state["reader"], "Save this study (YAML)", text, name, "application/yaml",
        key=f"yaml_{view}",
    )  # fmt: skip


def _example(view: str, designs: Mapping[str, Design], first: str) -> tuple[str, str, str]:
    """Name, text and key of the example of a design that is chosen."""
    names = list(designs)
    chosen = st.selectbox(
        "What for?", names, index=names.index(first), key=f"design_{view}",
        format_func=research_text.purpose,
    )  # fmt: skip
    design = designs[chosen]
    st.caption(f"{design.about} (**design: {chosen}**)")
    with st.expander("What the keys mean"):
        st.markdown(about_keys(design))
        rows = pl.DataFrame(keys_of(design), schema=["key", "kind", "default"], orient="row")
        config = {name: st.column_config.Column(name.capitalize()) for name in rows.columns}
        st.dataframe(rows, hide_index=True, column_config=config, alt=f"Keys of {chosen}")
    return f"{chosen}.yml", design.example, f"text_{view}_{chosen}"


def _file(view: str) -> tuple[str, str, str] | None:
    """Name, text and key of a file that was uploaded; None where none was, or it is no text."""
    file: Any = st.file_uploader(
        "Study (YAML)", ["yml", "yaml"], key=f"file_{view}", max_upload_size=1
    )
    if file is None:
        return None
    try:
        text = file.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        st.error(f"Refused: {escape(file.name)} is no text in UTF-8: byte {error.start + 1}.")
        return None
    return file.name, text, f"text_{view}_{file.file_id}"


def ask_for_numbers() -> tuple[str, str]:
    """Name and text of the study that the fields make; it begins with those of the example."""
    # Of these plans every key is a number, or two of them; the others are asked for as a study.
    names = [*research_text.PLANS, *SCHEDULES]
    chosen = st.selectbox(
        "What is planned", names, format_func=research_text.purpose, key="planned"
    )
    said = research_text.purpose(chosen)
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
    fields = sum(len(research_text.FIELDS[name]) for name in kinds)
    # By rows: on a narrow window the fields keep their order.
    places = iter([each for _ in range(0, fields, 2) for each in st.columns(2)])
    answers: list[tuple[str, Any]] = []
    for name, kind in kinds.items():
        begin = given.get(name, kind.get("default"))
        pair = kind.get("prefixItems")
        held = [
            _field(next(places), f"{design.name}_{label}", label, each, value)
            for label, each, value in zip(
                research_text.FIELDS[name], pair or [kind], begin if pair else [begin], strict=True
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
