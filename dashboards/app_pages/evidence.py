"""Evidence: what studies of the programme found, among the findings that others have published."""

import streamlit as st

from dashboards.components import layout
from dashboards.data.choice import Choice
from dashboards.text import evidence as evidence_text
from dashboards.views import evidence, evidence_published

choice: Choice = st.session_state["choice"]
layout.head(choice, "What did cameras do, how do we know, and what have others found?")
mine = evidence.of_programme(choice)
evidence.summary(choice, mine)

st.subheader("Studies of this programme", divider="gray")
if not mine.is_empty():
    evidence.show(choice, mine, "study")
else:
    delivered = choice.release.values(
        "fct_load_ledger", "programme_id", programme_id=choice.place["programme_id"]
    )
    st.info(
        evidence_text.no_study(choice.programme, is_on_record_alone=not delivered),
        icon=":material/info:",
    )

st.subheader("Areas among their peers", divider="gray")
evidence.show_peers(choice)

st.subheader("Beside what others have published", divider="gray")
evidence_published.among(choice)

again = evidence.of_publications(choice)
if not again.is_empty():
    st.subheader("Printed figures, worked out again", divider="gray")
    st.markdown(evidence_text.DONE_AGAIN)
    evidence.summary_of(again)
    evidence.show(choice, again, "printed")

with st.expander("All published findings that were looked for"):
    evidence_published.library(choice)
layout.foot(choice)
