"""Evidence: what studies of the programme found, among the findings that others have published."""

import streamlit as st

from dashboards.components import layout
from dashboards.data.choice import Choice
from dashboards.text import evidence as evidence_text
from dashboards.views import evidence, evidence_published

choice: Choice = st.session_state["choice"]
layout.head(choice, "What did cameras do, how do we know, and what have others found?")
st.markdown(evidence_text.TWO_QUESTIONS)

st.subheader("Studies of this programme", divider="gray")
mine = evidence.of_programme(choice)
if not mine.is_empty():
    evidence.show(choice, mine)
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
    evidence.show(choice, again)

st.subheader("All published findings that were looked for", divider="gray")
evidence_published.library(choice)
layout.foot(choice)
