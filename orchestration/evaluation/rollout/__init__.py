"""Staged roll-outs: units that received cameras at different times, each other's comparison."""

from orchestration.evaluation.rollout.cohorts import COHORTS
from orchestration.evaluation.rollout.group_time import GROUP_TIME
from orchestration.evaluation.rollout.linear import LINEAR
from orchestration.evaluation.rollout.poisson_cells import POISSON_CELLS
from orchestration.evaluation.rollout.staged import STAGED
from orchestration.evaluation.rollout.two_way import TWO_WAY

DESIGNS = (STAGED, GROUP_TIME, COHORTS, TWO_WAY, POISSON_CELLS, LINEAR)
