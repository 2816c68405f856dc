"""Survival: times to an event, with curves, tests and hazards, and waits that were cut short."""

from orchestration.evaluation.survival.design import TIME_TO_EVENT

DESIGNS = (TIME_TO_EVENT,)
