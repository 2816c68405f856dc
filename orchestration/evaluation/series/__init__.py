"""Series and changes over time: what happened, never what cameras did."""

from orchestration.evaluation.series.interrupted import INTERRUPTED

DESIGNS = (INTERRUPTED,)
