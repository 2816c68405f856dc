"""Staged adoption: units that received cameras at different times, each other's comparison.

Estimators that need units not yet treated belong here; one series without such units belongs in
`before_after`.
"""

from orchestration.evaluation.staged_adoption.callaway_santanna import GROUP_TIME
from orchestration.evaluation.staged_adoption.etwfe import POISSON_CELLS
from orchestration.evaluation.staged_adoption.linear_imputation import LINEAR
from orchestration.evaluation.staged_adoption.staged_rollout import STAGED
from orchestration.evaluation.staged_adoption.sun_abraham import COHORTS
from orchestration.evaluation.staged_adoption.two_way_fixed_effects import TWO_WAY

DESIGNS = (STAGED, GROUP_TIME, COHORTS, TWO_WAY, POISSON_CELLS, LINEAR)
