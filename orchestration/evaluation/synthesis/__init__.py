"""Synthesis of studies: effects of one measure pooled, compared and told with their doubts."""

from orchestration.evaluation.synthesis.common_effect import COMMON_EFFECT
from orchestration.evaluation.synthesis.subgroups import SUBGROUPS

DESIGNS = (COMMON_EFFECT, SUBGROUPS)
