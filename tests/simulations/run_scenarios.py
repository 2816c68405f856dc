"""Many tables of many scenarios, one seed after another, in processes of their own."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from typing import Any

import polars as pl

FAMILIES = ("rollouts", "shifts", "teams", "studies")
#: Seeds that one process takes at a time: few enough that both stay busy until the end.
AT_ONCE = 10
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
SCHEMA = {
    "family": pl.String, "scenario": pl.String, "method": pl.String, "seed": pl.Int64,
    "estimate": pl.Float64, "truth": pl.Float64, "error": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "p_value": pl.Float64, "extra": pl.Float64,
}  # fmt: skip
Part = tuple[str, str, range]


def family(name: str) -> Any:
    """A family of scenarios by the name of its module."""
    from tests.simulations.meta_analyses import STUDIES
    from tests.simulations.shift_trials import SHIFTS
    from tests.simulations.staged_rollouts import ROLLOUTS
    from tests.simulations.team_trials import TEAMS

    return dict(zip(FAMILIES, (ROLLOUTS, SHIFTS, TEAMS, STUDIES), strict=True))[name]


def parts(names: Sequence[str], scenarios: Sequence[str], panels: int) -> Iterator[Part]:
    """Pieces of work; without `scenarios` every scenario of the families named."""
    for name in names:
        for scenario in family(name).scenarios:
            if not scenarios or scenario in scenarios:
                for begin in range(0, panels, AT_ONCE):
                    yield name, scenario, range(begin, min(begin + AT_ONCE, panels))


def worked(part: Part) -> list[tuple[Any, ...]]:
    """The estimates of one piece of work, as rows of SCHEMA."""
    name, scenario, seeds = part
    return [
        (name, scenario, method, seed, *asdict(found).values())
        for seed in seeds
        for method, found in family(name).estimates(scenario, seed)
    ]


def run(
    names: Sequence[str], scenarios: Sequence[str], panels: int, processes: int
) -> pl.DataFrame:
    """Every estimate, in the order of the work and not of its ending."""
    work = list(parts(names, scenarios, panels))
    # Read when a process first loads the library: two processes of one thread each do not wait
    # for one another as one of two threads does, and sums come out alike on any machine.
    os.environ |= dict.fromkeys(ONE_THREAD, "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        rows = [row for found in pool.map(worked, work) for row in found]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
