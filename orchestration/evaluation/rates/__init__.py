"""Rates, proportions, counts and simple tests: the arithmetic that every design leans on.

Designs that need neither a trial's schedule nor a panel belong here.
"""

from orchestration.evaluation.rates import (
    contrasts,
    exact_rates,
    model_designs,
    permutation_and_multiple_tests,
    printed_designs,
    proportion_designs,
)

DESIGNS = (
    exact_rates.RATE,
    exact_rates.RATIOS,
    exact_rates.COUNT_LIMITS,
    contrasts.RATE_RATIO,
    contrasts.RELATIVE,
    printed_designs.PUBLISHED,
    printed_designs.CHANGE,
    proportion_designs.PROPORTIONS,
    proportion_designs.TWO_BY_TWO,
    permutation_and_multiple_tests.SIGN_FLIPS,
    permutation_and_multiple_tests.TWO_GROUPS,
    permutation_and_multiple_tests.FAMILY,
    model_designs.COUNT_MODEL,
    model_designs.DISPERSION,
    model_designs.CLUSTERED,
)
