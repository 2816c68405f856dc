"""How long staged roll-outs take, and how that compares with diff-diff doing as much by itself.

`uv run python -m tests.benchmarks.evaluation_rollouts`. Two ratios bind; the seconds are aims.
"""

import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from diff_diff import CallawaySantAnna, WooldridgeDiD

from orchestration.evaluation.columns import NEVER, Calendar, Numbers
from orchestration.evaluation.staged_adoption.callaway_santanna import (
    CallawaySantannaKeys,
    callaway_santanna,
)
from orchestration.evaluation.staged_adoption.panel import Panel, StagedKeys, long_frame
from orchestration.evaluation.staged_adoption.poisson_imputation import (
    covariates_of,
    impute,
    jackknife,
    shuffled,
)
from orchestration.evaluation.staged_adoption.staged_rollout import staged_rollout
from tests.simulations.panels import simulate
from tests.simulations.scenarios import SCENARIOS

DRAWS = 1_999
#: The library's estimator is run this many times and scaled: all fits would take an hour.
LIBRARY_RUNS = 3
#: The officers' panel is timed this many times on both sides.
ROUNDS = 3
OFFICERS, DISTRICTS, LONG_MONTHS, WAVES = 7_785, 22, 72, 12
#: (a) no slower than the library as many times; (c) at most half as long again.
MOST_OF_FITS, MOST_OF_OFFICERS = 1.0, 1.5
AIM_HEADLINE, AIM_DISTRICTS = 5.0, 30.0
COLUMNS = {"unit": "unit", "period": "period", "first": "first"}


def main() -> int:
    """Print what each took, by the clock and by the processor; the ratios not kept fail."""
    warnings.simplefilter("ignore")
    kept = [_headline(), _officers()]
    _districts()
    return kept.count(False)


def _timed(run: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and by the processor."""
    clock, worked = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - clock, time.process_time() - worked


def _headline() -> bool:
    panel = simulate(SCENARIOS["B"], 1).panel
    nothing = covariates_of(panel, ())
    units, periods = panel.counts.shape

    def ours() -> None:
        jackknife(panel, nothing, impute(panel, nothing).log_ratio)
        shuffled(panel, nothing, DRAWS, seed=1)

    def theirs() -> None:
        for _ in range(LIBRARY_RUNS):
            WooldridgeDiD(method="poisson").fit(
                frame, outcome="value", unit="unit", time="period", cohort="first"
            )

    frame = long_frame(panel, value=panel.counts).to_pandas()
    clock, worked = _timed(ours)
    fits = 1 + units + DRAWS
    once = _timed(theirs)[0] / LIBRARY_RUNS
    ratio = clock / (once * fits)
    return _told(
        f"{units} units by {periods} months, jackknife and {DRAWS:,} draws: {clock:.2f} s by the "
        f"clock, {worked:.2f} s of processor (aim {AIM_HEADLINE:.0f} s); diff-diff's Poisson "
        f"{once:.2f} s a fit (mean of {LIBRARY_RUNS}), {once * fits:,.0f} s for {fits:,}",
        ratio,
        MOST_OF_FITS,
    )


def _officers() -> bool:
    panel = _drawn(OFFICERS, LONG_MONTHS, never=OFFICERS // 10, mean=0.05)
    frame = long_frame(panel, value=panel.counts)
    keys = CallawaySantannaKeys(**COLUMNS, outcome="Complaints", value="value", never=0)

    def library_s() -> None:
        fitted = CallawaySantAnna(control_group="not_yet_treated").fit(
            frame.to_pandas(), "value", "unit", "period", "first"
        )
        for kind in ("simple", "event_study", "group"):
            fitted.aggregate(kind)

    def ours() -> None:
        callaway_santanna(keys, frame)

    # In turn, the best of each: other work on the machine must not fall on one of the two alone.
    pairs = [(_timed(ours), _timed(library_s)[0]) for _ in range(ROUNDS)]
    clock, worked = min(each for each, _ in pairs)
    theirs = min(each for _, each in pairs)
    return _told(
        f"{OFFICERS:,} officers by {LONG_MONTHS} months, effects by group and period: {clock:.2f} "
        f"s by the clock, {worked:.2f} s of processor (best of {ROUNDS}); "
        f"diff-diff called directly {theirs:.2f} s",
        clock / theirs,
        MOST_OF_OFFICERS,
    )


def _districts() -> None:
    panel = _drawn(DISTRICTS, LONG_MONTHS, never=2, mean=15.0)
    frame = long_frame(panel, value=panel.counts, held=panel.exposure, share=_dose(panel))
    keys = StagedKeys(
        **COLUMNS, outcome="Complaints", count="value", exposure="held", never=0, dose="share",
        leave_out=("1",), seed=1,
    )  # fmt: skip
    clock, worked = _timed(lambda: staged_rollout(keys, frame))
    sys.stdout.write(
        f"{DISTRICTS} districts by {LONG_MONTHS} months with every alternative and {DRAWS:,} "
        f"draws: {clock:.1f} s by the clock, {worked:.1f} s of processor "
        f"(aim {AIM_DISTRICTS:.0f} s)\n"
    )


def _told(what: str, ratio: float, most: float) -> bool:
    sys.stdout.write(f"{what}: ratio {ratio:.4f} (at most {most:g})\n")
    return ratio <= most


def _dose(panel: Panel) -> Numbers:
    since = np.arange(panel.counts.shape[1]) - panel.first[:, None] + 1
    return np.clip(since / 3, 0, 1)


def _drawn(units: int, periods: int, *, never: int, mean: float) -> Panel:
    """Poisson counts in even waves over the middle third of the periods, 15 % fewer afterwards."""
    draw = np.random.default_rng(1)
    dates = np.round(np.linspace(periods // 3, 2 * periods // 3, WAVES)).astype(np.int64)
    first = dates[np.arange(units) % WAVES]
    first[units - never :] = NEVER
    panel = Panel(
        units=tuple(str(place) for place in range(1, units + 1)),
        calendar=Calendar(1, 1, periods, is_dated=False),
        counts=np.zeros((units, periods)),
        exposure=np.ones((units, periods)),
        first=first,
        columns={},
    )
    rate = mean * draw.gamma(4, 1 / 4, (units, 1)) * np.where(panel.treated, 0.85, 1)
    return replace(panel, counts=draw.poisson(rate).astype(float))


if __name__ == "__main__":
    sys.exit(main())
