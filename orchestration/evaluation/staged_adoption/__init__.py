"""Staged adoption: units that received cameras at different times, each other's comparison.

Estimators that need units not yet treated belong here; one series without such units belongs in
`before_after`.
"""

from orchestration.evaluation.staged_adoption.callaway_santanna import CALLAWAY_SANTANNA
from orchestration.evaluation.staged_adoption.linear_imputation import LINEAR_IMPUTATION
from orchestration.evaluation.staged_adoption.rollout_within_bounds import (
    ROLLOUT_WITHIN_BOUNDS,
)
from orchestration.evaluation.staged_adoption.staged_rollout import STAGED_ROLLOUT
from orchestration.evaluation.staged_adoption.sun_abraham import SUN_ABRAHAM
from orchestration.evaluation.staged_adoption.two_way_fixed_effects import (
    ETWFE,
    TWO_WAY_FIXED_EFFECTS,
)

DESIGNS = (
    STAGED_ROLLOUT,
    ROLLOUT_WITHIN_BOUNDS,
    CALLAWAY_SANTANNA,
    SUN_ABRAHAM,
    TWO_WAY_FIXED_EFFECTS,
    ETWFE,
    LINEAR_IMPUTATION,
)
