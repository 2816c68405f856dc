"""Case outcomes: how cases end, and whether defendants plead guilty early."""

import streamlit as st

from dashboards.components import topic_sections
from dashboards.data import topics
from dashboards.data.choice import Choice
from dashboards.text import notices
from dashboards.views import topic_page

PLEAS = (
    "early_guilty_plea",
    "early_guilty_plea_of_completed",
    "early_guilty_plea_of_guilty_pleas",
    "guilty_plea_rate",
)
CRIMES = (
    "charge_rate_of_recorded",
    "charge_rate_of_closed",
    "crimes_with_an_outcome",
    "victim_attrition_share",
    "victimless_prosecution_share",
)
WAITS = (
    "days_offence_to_charge",
    "days_charge_to_first_hearing",
    "days_first_hearing_to_completion",
)
SPLIT = (
    "conviction_share",
    *PLEAS,
    "cracked_trials_share",
    *CRIMES,
    *WAITS,
)

choice: Choice = st.session_state["choice"]
topic_page.show(
    choice,
    topics.CASES,
    {
        "Early guilty pleas": lambda: topic_sections.together(
            choice, "Early guilty pleas: three answers", notices.THREE_ANSWERS, PLEAS
        ),
        "How investigations end": lambda: topic_sections.together(
            choice, "How investigations end", notices.TWO_BASES, CRIMES
        ),
        "How long it takes": lambda: topic_sections.together(
            choice, "How long it takes", notices.STILL_WAITING, WAITS
        ),
        "Kinds of case": lambda: topic_sections.splits(choice, SPLIT),
        "Without footage": lambda: topic_sections.reasons(
            choice, "Cases without footage, and why", "cases_without_footage_share"
        ),
    },
)
