"""Trials: shifts, teams and officers drawn by lot, and trials known only by what was printed."""

from orchestration.evaluation.trials.shift.design import SHIFT_TRIAL

DESIGNS = (SHIFT_TRIAL,)
