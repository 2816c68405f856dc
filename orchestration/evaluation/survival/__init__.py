"""Survival: times to an event, with curves, tests, hazards and censored times."""

from orchestration.evaluation.survival.design import TIME_TO_EVENT

DESIGNS = (TIME_TO_EVENT,)
