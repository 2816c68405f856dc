"""Series and changes over time: what happened, never what cameras did.

Designs without a comparison group belong here.
"""

from orchestration.evaluation.before_after.before_after import BEFORE_AFTER
from orchestration.evaluation.before_after.interrupted_time_series import INTERRUPTED

DESIGNS = (BEFORE_AFTER, INTERRUPTED)
