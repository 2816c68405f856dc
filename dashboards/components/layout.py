"""What stands around every page: title, status, warnings, and where the figures come from."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.data import release, sources
from dashboards.data.choice import Choice
from dashboards.data.release import Release
from dashboards.text import notices
from dashboards.text.formats import escape

EVERY = "60s"
# On a telephone a wide table moves sideways by itself, and the words around it stay where they are.
WIDE_TABLES = "<style>[data-testid=stMarkdownContainer]:has(> table) {overflow-x: auto}</style>"


def find_release() -> tuple[Release | None, str]:
    """The release the address names or else the newest, and what to say about it."""
    asked = st.query_params.get("release")
    named = release.open_release(asked) if asked else None
    if named:
        return named, "" if named.is_current else notices.older(named.name)
    newest = release.open_release()
    seen = st.session_state.get("seen")
    if newest and not asked:
        st.session_state["seen"] = newest.name
    if newest and asked:
        mark = release.withdrawn().get(asked)
        gone = [notices.gone(asked), *([notices.withdrawn(mark)] if mark else [])]
        return newest, " ".join(gone)
    has_moved = newest and seen and seen != newest.name
    return newest, notices.moved(newest.name) if newest and has_moved else ""


@st.fragment(run_every=EVERY)
def watch(shown: Release) -> None:
    """A page left open soon shows the release published since, or that its own was withdrawn."""
    serves = release.serving()
    is_replaced = serves and serves.name != shown.name and "release" not in st.query_params
    if is_replaced or (shown.name in release.withdrawn() and not shown.withdrawn):
        st.rerun(scope="app")


def warn(shown: Release | None, choice: Choice | None, said: str) -> None:
    """Everything a reader must know before the first figure."""
    st.html(WIDE_TABLES)
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
    """The question a page answers, for whom, and the standing of its figures."""
    st.markdown(f"##### {question}")
    place = escape(choice.programme["programme_name"])
    if choice.areas.height > 1:
        place = f"{place}: {escape(choice.area['label'])}"
    standing = notices.standing(
        choice.release.cited_as, choice.release.published, choice.programme["data_to"]
    )
    st.markdown(f"**{place}, {choice.period.lower()}.** {standing}")


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
