"""Rates, proportions, counts and simple tests: the arithmetic that every design leans on.

Designs that need neither a trial's schedule nor a panel belong here.
"""

from orchestration.evaluation.rates import (
    contrast_designs,
    model_designs,
    printed_designs,
    proportion_designs,
    rate_designs,
    small_designs,
)

DESIGNS = (
    rate_designs.RATE,
    rate_designs.RATIOS,
    rate_designs.COUNT_LIMITS,
    contrast_designs.RATE_RATIO,
    contrast_designs.RELATIVE,
    printed_designs.PUBLISHED,
    printed_designs.CHANGE,
    proportion_designs.PROPORTIONS,
    proportion_designs.TWO_BY_TWO,
    small_designs.SIGN_FLIPS,
    small_designs.TWO_GROUPS,
    small_designs.FAMILY,
    model_designs.COUNT_MODEL,
    model_designs.DISPERSION,
    model_designs.CLUSTERED,
)
