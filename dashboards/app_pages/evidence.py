"""Evidence: what studies of the programme found, among the findings that others have published."""

import streamlit as st

from dashboards import evidence_words, frame, published, study_cards
from dashboards.choose import Choice

choice: Choice = st.session_state["choice"]
frame.head(choice, "What did cameras do, how do we know, and what have others found?")
st.markdown(evidence_words.TWO_QUESTIONS)

st.subheader("Studies of this programme", divider="gray")
mine = study_cards.of_programme(choice)
if not mine.is_empty():
    study_cards.show(choice, mine)
has_trial = study_cards.trial(choice)
if mine.is_empty() and not has_trial:
    delivered = choice.release.values(
        "fct_load_ledger", "programme_id", programme_id=choice.place["programme_id"]
    )
    st.info(
        evidence_words.no_study(choice.programme, is_on_record_alone=not delivered),
        icon=":material/info:",
    )

st.subheader("Beside what others have published", divider="gray")
published.among(choice)

again = study_cards.of_publications(choice)
if not again.is_empty():
    st.subheader("Printed figures, worked out again", divider="gray")
    st.markdown(evidence_words.DONE_AGAIN)
    study_cards.show(choice, again)

st.subheader("All published findings that were looked for", divider="gray")
published.library(choice)
frame.foot(choice)
