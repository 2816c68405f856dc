"""Meta-analysis: effects of one measure from several studies, pooled and compared.

It takes effects as published or counts of arms; one study's own estimate belongs elsewhere.
"""

from orchestration.evaluation.meta_analysis.common_effect import COMMON_EFFECT
from orchestration.evaluation.meta_analysis.mantel_haenszel import MANTEL_HAENSZEL
from orchestration.evaluation.meta_analysis.meta_regression import META_REGRESSION
from orchestration.evaluation.meta_analysis.random_effects import RANDOM_EFFECTS
from orchestration.evaluation.meta_analysis.subgroups import SUBGROUPS

DESIGNS = (COMMON_EFFECT, RANDOM_EFFECTS, MANTEL_HAENSZEL, META_REGRESSION, SUBGROUPS)
