"""What all plans share: their level, their power, and the shape of their result."""

import polars as pl
from pydantic import Field

from orchestration.evaluation.frame import Result, Value

LEVEL = Field(default=0.05, gt=0, lt=1)
POWER = Field(default=0.8, gt=0, lt=1)


def told(
    design: str,
    method: str,
    values: dict[str, Value],
    words: str,
    *,
    smallest: float | None = None,
    schedule: pl.DataFrame | None = None,
    is_randomised: bool = True,
) -> Result:
    """The result of a plan; a schedule stands under `schedule` of the diagnostics, row by row."""
    rows = {} if schedule is None else {"schedule": schedule.to_dicts()}
    return Result(
        design=design,
        measure="power, sample size and smallest detectable difference"
        if schedule is None
        else "schedule",
        method=method,
        values=values,
        smallest_detectable=smallest,
        diagnostics=rows,
        is_randomised=is_randomised,
        words=words,
    )
