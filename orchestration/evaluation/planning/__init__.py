"""Planning: how many, how long, how small a difference, and schedules that can be checked.

Everything here comes before the data. What is estimated afterwards belongs in the other packages.
"""

from orchestration.evaluation.planning import (
    power_by_formula,
    power_by_simulation,
    rollout_power,
    schedules,
)

DESIGNS = (
    power_by_formula.PROPORTIONS,
    power_by_formula.DESIGN_EFFECT,
    power_by_formula.COUNTS,
    power_by_formula.CLUSTERS,
    power_by_formula.OFFICERS,
    power_by_simulation.SHIFTS,
    power_by_simulation.TEAMS,
    rollout_power.ROLLOUT,
    schedules.SHIFT_SCHEDULE,
    schedules.CLUSTER_SCHEDULE,
)
