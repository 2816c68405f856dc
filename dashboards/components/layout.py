"""What stands around every page: title, status, warnings, and where the figures come from."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.components import filters
from dashboards.data import release, sources
from dashboards.data.choice import CURRENT, Choice
from dashboards.data.release import Release
from dashboards.text import notices

EVERY = "60s"
# On a telephone a wide table moves sideways by itself, and the words around it stay where they are.
# The first answer belongs on the first screen. On paper only the page is printed, not its menu.
STYLE = """<style>
[data-testid=stMarkdownContainer]:has(> table) {overflow-x: auto}
[data-testid=stMainBlockContainer] {padding-top: 3.75rem}
[data-testid=stSidebarNavLink]:focus-visible {outline: 3px solid currentColor; outline-offset: 1px}
@media print {
    [data-testid=stSidebar], [data-testid=stHeader], [data-testid=stPopover] {display: none}
}
</style>"""


def find_release() -> tuple[Release | None, str]:
    """The release the reader asked for or else the current one, and what to say about it."""
    asked = filters.asked("release")
    named = release.open_release(asked) if asked and asked != CURRENT else None
    if named:
        return named, "" if named.is_current else notices.older(named.name)
    newest = release.open_release()
    if newest and asked and asked != CURRENT:
        mark = release.withdrawn().get(asked)
        st.session_state["release"] = st.query_params["release"] = newest.name
        gone = [notices.gone(asked), *([notices.withdrawn(mark)] if mark else [])]
        return newest, " ".join(gone)
    return newest, ""


@st.fragment(run_every=EVERY)
def watch(choice: Choice) -> None:
    """A page left open says when a newer release is out, or that its own was withdrawn.

    One that follows the current release is drawn again from it.
    """
    shown, serves = choice.release, release.serving()
    if shown.name in release.withdrawn() and not shown.withdrawn:
        st.rerun(scope="app")
    if serves and serves.name != shown.name and (choice.follows or shown.is_current):
        st.rerun(scope="app")


def warn(shown: Release | None, choice: Choice | None, said: str) -> None:
    """Everything a reader must know before the first figure."""
    st.html(STYLE)
    if shown and shown.withdrawn:
        st.error(notices.withdrawn(shown.withdrawn), icon=":material/block:")
    status = release.last_run()
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
    """The question a page answers, and the standing of its figures."""
    standing = notices.standing(
        choice.release.cited_as, choice.release.published, choice.programme["data_to"]
    )
    st.markdown(f"**{question}**")
    st.caption(standing)


def foot(choice: Choice) -> None:
    """Origin, licence, release, and the link that leads back to these very figures."""
    st.divider()
    lines = notices.origins(list(sources.of_programme(choice).iter_rows(named=True)))
    st.caption("  \n".join(["**Where these figures come from**", *lines]))
    release = choice.release
    standing = notices.standing(release.cited_as, release.published, choice.programme["data_to"])
    st.caption(f"{standing} {notices.FOOTAGE}")
    with st.expander("Share or cite exactly these figures"):
        st.markdown("This link leads to these figures even after newer ones are published:")
        st.code(
            notices.address(st.context.url or "", choice.link()), language=None, wrap_lines=True
        )
        name = str(choice.programme["programme_name"])
        st.code(
            notices.citation(name, release.cited_as, release.published),
            language=None,
            wrap_lines=True,
        )
