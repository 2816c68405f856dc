"""From the files of the generator through a whole run to an estimate that holds the planted truth.

`python -m tests.simulations.end_to_end --seeds 100` writes a small synthetic London for every
seed, with every fault, runs the pipeline over the files of several at a time, each a programme of
its own, reads the released figures and estimates.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from math import exp
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl

from orchestration import paths
from orchestration.evaluation.staged_adoption.panel import StagedKeys, prepare_panel
from orchestration.evaluation.staged_adoption.sensitivity import again
from orchestration.synthetic_data.faults import FAULTS
from orchestration.synthetic_data.presets import Setting
from orchestration.synthetic_data.synthesise import TRUTH, write_setting
from tests.conftest import run_bodyworn
from tests.simulations.end_to_end_report import Held, enough, outcome, page
from tests.synthetic_data.preset_copies import copied
from tests.synthetic_data.released_figures import Released

PRESET, RECORDINGS = "london", 4_000
#: So many seeds are programmes of one run: most of a small run is dbt's work for its models.
TOGETHER = 10
#: The demonstration's roll-out begins half a year after its data, and a passing rise before it is
#: planted in the boroughs that come first: nothing can tell that rise from an effect. Here cameras
#: come a year later and further apart, and no rise is planted.
DELAY_DAYS, DELAY_DAYS_PER_PHASE = 200, 50
PAGE = paths.ROOT / "docs" / "simulations" / "end_to_end.md"
COUNTED, EXPOSURE, STARTED = "complaints_by_incident_date", "officers", "areas_with_cameras"
KEYS = StagedKeys(
    outcome="Complaints",
    unit="area",
    period="month",
    first="cameras_from",
    count="complaints",
    exposure="officers",
    seed=1,
)


def setting(seed: int, programmes: Path) -> Setting:
    """A copy of London's preset with a baseline of a year and without the passing rise."""
    found = copied(PRESET, f"london_{seed}_synthetic", programmes)
    parameters = found.preset.parameters
    late = {"delay_days": DELAY_DAYS, "delay_days_per_phase": DELAY_DAYS_PER_PHASE}
    changed = parameters.model_copy(
        update={
            "complaints": parameters.complaints.model_copy(update={"rise_before_rollout": 1.0}),
            "rollout": parameters.rollout.model_copy(update=late),
        }
    )
    return replace(found, preset=found.preset.model_copy(update={"parameters": changed}))


def run(seeds: Sequence[int], folder: Path) -> list[Held]:
    """Write, load, release and estimate a synthetic London per seed below `folder`."""
    programmes, landing = folder / "programmes", folder / "landing"
    made = {seed: setting(seed, programmes) for seed in seeds}
    truths = {seed: _written(one, seed, landing) for seed, one in made.items()}
    run_bodyworn(folder / "home", "--landing", str(landing), programmes=programmes)
    release = (folder / "home" / "releases" / "current").resolve(strict=True)
    return [
        estimated(panel_table(Released(release, one.programme.programme)), truths[seed])
        for seed, one in made.items()
    ]


def _written(made: Setting, seed: int, landing: Path) -> float:
    """The planted ratio; the files are in landing, without what tells it."""
    place = landing / made.programme.landing[0]
    write_setting(made, RECORDINGS, seed, place, list(FAULTS))
    truth = json.loads((place / TRUTH).read_text())
    (place / TRUTH).unlink()
    return float(truth["parameters"]["complaints"]["effect"]["ratio"])


def panel_table(released: Released) -> pl.DataFrame:
    """Boroughs by months as a reader of the release has them.

    A month without a complaint has no row there and is a zero; a hidden figure stays empty, and
    the engine refuses it.
    """
    counted, officers, started = (
        released.leaves(metric)
        .filter(pl.col("area_id") != "unknown")
        .select(
            pl.col("area_id").alias("area"),
            pl.col("period_start").alias("month"),
            pl.when(pl.col("status") != "suppressed").then("numerator").alias(name),
            pl.lit(value=True).alias(f"has_{name}"),
        )
        for metric, name in ((COUNTED, "complaints"), (EXPOSURE, "officers"), (STARTED, "started"))
    )
    first = started.filter(pl.col("started") > 0).group_by("area").agg(pl.col("month").min())
    panel = officers.join(counted, on=["area", "month"], how="left").with_columns(
        pl.when("has_complaints").then("complaints").otherwise(0.0).alias("complaints")
    )
    return panel.join(first.rename({"month": "cameras_from"}), on="area", how="left")


def estimated(table: pl.DataFrame, truth: float) -> Held:
    """The headline without the month in which cameras came."""
    panel, _ = prepare_panel(KEYS, table)
    donut = np.arange(panel.counts.shape[1]) == panel.first[:, None] - 1
    estimate, _, low, high = again(panel, (), donut)
    return Held(truth, exp(estimate), exp(low), exp(high))


def main() -> int:
    """Run the seeds and write the page; 0 when enough intervals hold the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--out", type=Path, default=PAGE)
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    batches = [seeds[first : first + TOGETHER] for first in range(0, len(seeds), TOGETHER)]
    found: dict[int, Held] = {}
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        for some, estimates in zip(batches, pool.map(_run_somewhere, batches), strict=True):
            found |= zip(some, estimates, strict=True)
            _say(f"seeds {some[0]} to {some[-1]}: {outcome(found)}")
    asked.out.write_text(page(found), encoding="utf-8")
    return 0 if enough(found) else 1


def _run_somewhere(seeds: Sequence[int]) -> list[Held]:
    with tempfile.TemporaryDirectory() as folder:
        return run(seeds, Path(folder))


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
