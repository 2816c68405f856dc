"""Randomised trials: of shifts, teams and officers, and trials known only by what was printed.

Randomisation inference and allocation belong here; plans for a trial that is yet to come belong in
`planning`.
"""

from orchestration.evaluation.trials.arm_panel import ARM_PANEL
from orchestration.evaluation.trials.cluster_trial import CLUSTER_TRIAL
from orchestration.evaluation.trials.officer_design import OFFICER_TRIAL
from orchestration.evaluation.trials.published_trial import PUBLISHED_TRIAL
from orchestration.evaluation.trials.shift.shift_trial import SHIFT_TRIAL

DESIGNS = (SHIFT_TRIAL, CLUSTER_TRIAL, OFFICER_TRIAL, ARM_PANEL, PUBLISHED_TRIAL)
