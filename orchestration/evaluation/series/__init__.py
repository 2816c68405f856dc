"""Series and changes over time: what happened, never what cameras did."""

from orchestration.evaluation.series.before_after import BEFORE_AFTER
from orchestration.evaluation.series.interrupted import INTERRUPTED

DESIGNS = (BEFORE_AFTER, INTERRUPTED)
