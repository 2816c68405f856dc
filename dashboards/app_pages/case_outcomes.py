"""Case outcomes: how cases end, and whether defendants plead guilty early."""

import streamlit as st

from dashboards import figures, frame, gaps, happened, notices, panels, register, splits
from dashboards.choose import Choice

TOPICS = ("case_outcomes",)
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
FIRST = (
    "conviction_share",
    "early_guilty_plea",
    "charge_rate_of_closed",
    "cracked_trials_share",
    "pleas_by_stage",
    *WAITS,
    "trial_guilty_pleas",
    "magistrates_conviction_share",
    "crime_outcome_share",
)
SPLIT = (
    "conviction_share",
    *PLEAS,
    "cracked_trials_share",
    *CRIMES,
    *WAITS,
)
COVERAGE = {"charge_rate_of_recorded": "crimes_with_an_outcome"}

choice: Choice = st.session_state["choice"]
frame.head(choice, "How do cases end, and do defendants plead guilty early?")
register.strip(choice, TOPICS)
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if not metrics:
    panels.nothing(choice, TOPICS)
splits.beside(choice, "Early guilty pleas: three answers", notices.THREE_ANSWERS, PLEAS)
splits.beside(choice, "How investigations end", notices.TWO_BASES, CRIMES)
splits.beside(choice, "How long it takes", notices.STILL_WAITING, WAITS)
splits.show(choice, SPLIT)
gaps.reasons(choice, "Cases without footage, and why", "cases_without_footage_share")
panels.cards(choice, metrics, COVERAGE, "more_cases")
happened.trial(choice, "plea")
frame.foot(choice)
