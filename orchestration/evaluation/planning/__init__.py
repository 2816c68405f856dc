"""Planning: how many, how long, how small a difference, and schedules that can be checked.

Everything here comes before the data. What is estimated afterwards belongs in the other packages.
"""

from orchestration.evaluation.planning import (
    rollout_design,
    simulation_designs,
    size_designs,
    unit_designs,
)

DESIGNS = (
    size_designs.PROPORTIONS,
    size_designs.DESIGN_EFFECT,
    size_designs.COUNTS,
    unit_designs.CLUSTERS,
    unit_designs.OFFICERS,
    simulation_designs.SHIFTS,
    simulation_designs.TEAMS,
    rollout_design.ROLLOUT,
    simulation_designs.SHIFT_SCHEDULE,
    simulation_designs.CLUSTER_SCHEDULE,
)
