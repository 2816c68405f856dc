"""Times to an event: curves, tests and hazards, with waits that were cut short."""

from orchestration.evaluation.times.design import TIME_TO_EVENT

DESIGNS = (TIME_TO_EVENT,)
