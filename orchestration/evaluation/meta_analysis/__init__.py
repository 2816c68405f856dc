"""Meta-analysis: effects of one measure from several studies, pooled and compared.

It takes effects as published or counts of arms; one study's own estimate belongs elsewhere.
"""

from orchestration.evaluation.meta_analysis.common_effect_and_mantel_haenszel import (
    COMMON_EFFECT,
    MANTEL_HAENSZEL,
)
from orchestration.evaluation.meta_analysis.random_effects import RANDOM_EFFECTS
from orchestration.evaluation.meta_analysis.subgroups_and_meta_regression import (
    META_REGRESSION,
    SUBGROUPS,
)

DESIGNS = (COMMON_EFFECT, RANDOM_EFFECTS, MANTEL_HAENSZEL, META_REGRESSION, SUBGROUPS)
