"""The frame of every page: title, status, warnings, and where the figures come from."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.components import filters, login
from dashboards.data import release, sources
from dashboards.data.choice import CURRENT, Choice
from dashboards.data.release import Release
from dashboards.text import citation, notices
from orchestration.access.reader import Reader

EVERY = "60s"
# On a telephone a wide table scrolls sideways by itself, and the text around it stays in place; the
# table of evidence, of four columns, becomes a list with its column's heading before each cell. The
# first answer belongs on the first screen. Print shows the page to its end, without its menu,
# controls and folded parts.
STYLE = """<style>
[data-testid=stMarkdownContainer]:has(> table) {overflow-x: auto}
@media (max-width: 640px) {
    table:has(th:nth-child(4)) :is(tbody, tr, td) {display: block}
    table:has(th:nth-child(4)) thead {display: none}
    td:nth-child(2):not(:last-child)::before {content: "Before and after: "}
    td:nth-child(3):not(:last-child)::before {content: "Compared: "}
    td:nth-child(4)::before {content: "Randomised: "}
}
[data-testid=stMainBlockContainer] {padding-top: 3.75rem}
[data-testid=stSidebarNavLink]:focus-visible {outline: 3px solid currentColor; outline-offset: 1px}
@media print {
    /* Words and charts have the colours of the theme, which need its ground behind them. */
    .stApp {print-color-adjust: exact; -webkit-print-color-adjust: exact}
    [data-testid=stSidebar], [data-testid=stHeader], [data-testid=stPopover],
    [data-testid=stSelectbox], [data-testid=stButtonGroup], [data-testid=stDownloadButton],
    [data-testid=stExpander]:not(:has(details[open])) {display: none}
}
</style>"""


def find_release(reader: Reader) -> tuple[Release | None, str]:
    """The release the reader asked for or else the current one, and a message about it."""
    asked = filters.asked("release")
    named = release.open_release(reader, asked) if asked and asked != CURRENT else None
    if named:
        return named, "" if named.is_current else notices.older(named.name)
    newest = release.open_release(reader)
    if newest and asked and asked != CURRENT:
        mark = release.withdrawn(reader).get(asked)
        st.session_state["release"] = st.query_params["release"] = newest.name
        gone = [notices.gone(asked), *([notices.withdrawn(mark)] if mark else [])]
        return newest, " ".join(gone)
    return newest, ""


@st.fragment(run_every=EVERY)
def watch_login(reader: Reader) -> None:
    """A page without figures that is left open is closed when its login ends."""
    if login.has_ended(reader):
        st.rerun(scope="app")


@st.fragment(run_every=EVERY)
def watch(choice: Choice) -> None:
    """A page left open says when a newer release is out, or that its own was withdrawn.

    One that follows the current release is redrawn from the new one. When its login ends it is
    closed.
    """
    shown, serves = choice.release, release.serving()
    if login.has_ended(shown.reader):
        st.rerun(scope="app")
    if shown.name in release.withdrawn(shown.reader) and not shown.withdrawn:
        st.rerun(scope="app")
    if serves and serves.name != shown.name and (choice.follows or shown.is_current):
        st.rerun(scope="app")


def warn(reader: Reader, shown: Release | None, choice: Choice | None, said: str) -> None:
    """Everything a reader must know before the first figure."""
    st.html(STYLE)
    if shown and shown.withdrawn:
        st.error(notices.withdrawn(shown.withdrawn), icon=":material/block:")
    status = release.last_run(reader)
    if warning := notices.run_warning(status, datetime.now(UTC)):
        st.warning(warning, icon=":material/warning:")
    if late := notices.late(status):
        st.warning("  \n".join(late), icon=":material/schedule:")
    if choice and (why := notices.carried(choice.programme, choice.release.manifest)):
        st.warning(why, icon=":material/front_hand:")
    if said:
        st.info(said, icon=":material/info:")
    for words in st.session_state.get("fell_back", []):
        st.warning(words, icon=":material/link_off:")
    if choice and choice.programme["is_synthetic"]:
        st.warning(notices.SYNTHETIC, icon=":material/science:")


def head(choice: Choice, question: str) -> None:
    """The question a page answers, and the status of its figures."""
    standing = notices.standing(
        choice.release.cited_as, choice.release.published, choice.programme["data_to"]
    )
    st.markdown(f"**{question}**")
    st.caption(standing)


def foot(choice: Choice) -> None:
    """Origin, licence, release, and the link that leads back to these very figures."""
    st.divider()
    release = choice.release
    with st.expander("Share or cite exactly these figures"):
        lines = notices.origins(list(sources.of_programme(choice).iter_rows(named=True)))
        st.markdown("  \n".join(["**Where these figures come from**", *lines, notices.FOOTAGE]))
        st.markdown("This link leads to these figures even after newer ones are published:")
        measure = str(st.session_state.get("measure", ""))
        opened = {"measure": measure} if "measure" in st.query_params else {}
        address = notices.address(st.context.url or "", choice.link() | opened)
        st.code(address, language=None, wrap_lines=True)
        known = release.rows("dim_metric", label=measure) if opened else None
        metric = str(known["metric_id"].item()) if known is not None and len(known) == 1 else ""
        producers = sources.producers(choice, metric)
        said = citation.citation(choice, producers, measure if metric else "", address)
        st.code(said, language=None, wrap_lines=True)
