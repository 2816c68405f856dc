"""The views of the page Research: a study to run, a trial to plan, and the register."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import polars as pl
import streamlit as st

from dashboards.components import downloads
from dashboards.data import log
from dashboards.text import research as research_text
from dashboards.text.formats import escape
from dashboards.views import research_child, research_plan, research_result
from dashboards.views.research_child import StudyTask
from dashboards.views.research_run import REGISTER, Found, Given
from orchestration.evaluation.catalogue import DESIGNS
from orchestration.evaluation.core import Design, Refusal
from orchestration.evaluation.planning import DESIGNS as PLANS
from orchestration.studies.document_designs import about_keys, keys_of
from orchestration.studies.register import read_register

PLANNED = {design.name: design for design in PLANS}
ESTIMATED = {name: DESIGNS[name] for name in sorted(DESIGNS) if name not in PLANNED}
FORM, EXAMPLE, FILE = "Numbers", "An example", "A file of yours"
LONGEST = 1_000_000


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
        log.record(st.session_state["reader"], "estimate", given.name)
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
    found = research_child.run_in_child(
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
        name, text = research_plan.ask()
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
    downloads.offer_own(
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
