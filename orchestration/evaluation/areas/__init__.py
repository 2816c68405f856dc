"""Areas compared with their peers: funnels, over-dispersion between areas, and shrunken rates.

Comparisons of areas in one period belong here; nothing here says what cameras did.
"""

from orchestration.evaluation.areas.area_funnel import AREA_FUNNEL
from orchestration.evaluation.areas.empirical_bayes import EMPIRICAL_BAYES

DESIGNS = (AREA_FUNNEL, EMPIRICAL_BAYES)
