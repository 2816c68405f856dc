"""Case outcomes: how cases end, and whether defendants plead guilty early."""

import streamlit as st

from dashboards.components import before_after, layout, metric_cards, splits, unmatched
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text import notices
from dashboards.views import promises

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
layout.head(choice, "How do cases end, and do defendants plead guilty early?")
promises.strip(choice, TOPICS)
metrics = metric_rows.on(choice, TOPICS, FIRST)
metric_cards.tiles(choice, metrics)
if not metrics:
    metric_cards.nothing(choice, TOPICS)
splits.together(choice, "Early guilty pleas: three answers", notices.THREE_ANSWERS, PLEAS)
splits.together(choice, "How investigations end", notices.TWO_BASES, CRIMES)
splits.together(choice, "How long it takes", notices.STILL_WAITING, WAITS)
splits.show(choice, SPLIT)
unmatched.reasons(choice, "Cases without footage, and why", "cases_without_footage_share")
metric_cards.cards(choice, metrics, COVERAGE, "more_cases")
before_after.trial(choice, ("pleas",))
layout.foot(choice)
