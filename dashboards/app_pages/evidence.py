"""Evidence: what studies of the programme found, among the findings that others have published."""

from collections.abc import Callable

import streamlit as st

from dashboards.components import layout
from dashboards.data.choice import Choice
from dashboards.text import evidence as evidence_text
from dashboards.views import evidence

choice: Choice = st.session_state["choice"]
layout.head(choice, "What did cameras do, how do we know, and what have others found?")
mine = evidence.of_programme(choice)
evidence.summary(choice, mine)


def studies() -> None:
    """Studies of the programme, one of them opened by the reader."""
    if not mine.is_empty():
        evidence.show(choice, mine, "study")
        return
    delivered = choice.release.values(
        "fct_load_ledger", "programme_id", programme_id=choice.place["programme_id"]
    )
    st.info(
        evidence_text.no_study(choice.programme, is_on_record_alone=not delivered),
        icon=":material/info:",
    )


def printed() -> None:
    """Printed figures of other places, recomputed."""
    again = evidence.of_publications(choice)
    if again.is_empty():
        st.markdown(evidence_text.NO_PUBLISHED)
        return
    st.markdown(evidence_text.DONE_AGAIN)
    evidence.summary_of(choice, again)
    evidence.show(choice, again, "printed")


VIEWS: dict[str, Callable[[], None]] = {
    "Studies of this programme": studies,
    "Areas among their peers": lambda: evidence.show_peers(choice),
    "What others have published": lambda: evidence.among_published(choice),
    "Every published finding": lambda: evidence.library(choice),
    "Printed figures, worked out again": printed,
}
view = st.segmented_control(
    "Show", list(VIEWS), default=next(iter(VIEWS)), required=True, key="show",
    bind="query-params", label_visibility="collapsed",
)  # fmt: skip
VIEWS[view]()
layout.foot(choice)
