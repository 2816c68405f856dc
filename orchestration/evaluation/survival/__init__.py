"""Survival: times to an event, with curves, tests, hazards and censored times."""

from orchestration.evaluation.survival.time_to_event import TIME_TO_EVENT

DESIGNS = (TIME_TO_EVENT,)
