"""Synthesis of studies: effects of one measure pooled, compared and told with their doubts."""

from orchestration.evaluation.synthesis.common_effect import COMMON_EFFECT
from orchestration.evaluation.synthesis.mantel_haenszel import MANTEL_HAENSZEL
from orchestration.evaluation.synthesis.meta_regression import META_REGRESSION
from orchestration.evaluation.synthesis.random_effects import RANDOM_EFFECTS
from orchestration.evaluation.synthesis.subgroups import SUBGROUPS

DESIGNS = (COMMON_EFFECT, RANDOM_EFFECTS, MANTEL_HAENSZEL, META_REGRESSION, SUBGROUPS)
