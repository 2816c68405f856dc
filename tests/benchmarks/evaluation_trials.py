"""How long a blocked randomisation test takes: 5,000 draws of 5,000 shifts in weekly blocks.

`uv run python -m tests.benchmarks.evaluation_trials`. The seconds are an aim.
"""

import sys
import time

import numpy as np

from orchestration.evaluation.trials.randomisation import Allocation, randomisation_test

SHIFTS, DRAWS, A_WEEK = 5_000, 5_000, 14
AIM_SECONDS = 3.0


def main() -> int:
    """Print what the test took, by the clock and by the processor."""
    rng = np.random.default_rng(1)
    block = np.arange(SHIFTS) // A_WEEK
    place = rng.random(SHIFTS)
    rank = np.lexsort((place, block)).argsort() - block * A_WEEK
    treated = rank < np.bincount(block)[block] // 2
    allocation = Allocation(treated, block, np.full(SHIFTS, 0.5))
    outcome = rng.poisson(0.05, SHIFTS).astype(np.float64)
    hours = rng.uniform(60, 120, SHIFTS)
    clock, worked = time.perf_counter(), time.process_time()
    found = randomisation_test(allocation, outcome, hours, draws=DRAWS, seed=1)
    clock, worked = time.perf_counter() - clock, time.process_time() - worked
    sys.stdout.write(
        f"{DRAWS:,} draws of {SHIFTS:,} shifts in blocks of {A_WEEK}: {clock:.1f} s by the clock, "
        f"{worked:.1f} s of processor (aim {AIM_SECONDS:.0f} s), p = {found.p_value:.3f}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
