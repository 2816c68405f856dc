"""Effect estimates: computed by pure functions from a mart, handed back to dbt as a source."""

import dagster as dg

from orchestration.pipeline.estimates import write_estimates
from orchestration.pipeline.progress import say

KEY = dg.AssetKey(["derived", "evaluation", "estimates"])
TRIAL = dg.AssetKey(["marts", "fct_trial_officers"])


@dg.asset(
    key=KEY,
    group_name="evaluation",
    owners=["team:analysts"],
    kinds={"python", "parquet"},
    deps=[TRIAL],
)
def estimates() -> dg.MaterializeResult[None]:
    """One row per study, outcome and contrast: the estimate, its interval and how it was made."""
    say("Estimating effects")
    return dg.MaterializeResult(metadata={"dagster/row_count": write_estimates()})
