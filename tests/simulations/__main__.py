"""`make simulate`: draws every scenario and writes the report; ends with 1 on a broken limit."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from orchestration import paths
from tests.simulations.acceptance_limits import verdicts
from tests.simulations.performance_measures import summarised
from tests.simulations.plots import draw
from tests.simulations.report import FIRST_TABLES, first_tables, report
from tests.simulations.run_scenarios import FAMILIES, run

PAGE, PLOTS = "simulations.md", "simulations"
#: Trials and averages take milliseconds each and have narrow limits: drawn so many times as often.
OFTEN = 5


def simulated(families: Sequence[str], panels: int, processes: int, folder: Path) -> bool:
    """Run, write the page and its plots into a folder; whether all came out as it must."""
    began, frames = time.monotonic(), []
    for name in families:
        tables = panels if name == FAMILIES[0] else panels * OFTEN
        frames.append(run([name], (), tables, processes))
        _say(f"{name}: {len(frames[-1]):,} estimates, {time.monotonic() - began:.0f} s so far")
    rows = pl.concat(frames)
    summary, found = summarised(rows), verdicts(rows)
    plots = draw(summary, folder / PLOTS)
    first_tables(rows).write_csv(folder / PLOTS / FIRST_TABLES)
    (folder / PAGE).write_text(report(summary, found, plots, PLOTS), encoding="utf-8")
    for each in found:
        if not each.is_well:
            limit = each.limit
            _say(f"{limit.method} {limit.figure} {each.scenario}: {each.found} {each.words}")
    kept = sum(each.is_well for each in found)
    _say(f"{kept} of {len(found)} limits as they must be; written: {folder / PAGE}")
    return kept == len(found)


def main() -> int:
    """Run what was asked for; 0 when all is as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=200, help="roll-outs per scenario")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=FAMILIES)
    parser.add_argument("--out", type=Path, default=paths.ROOT / "docs")
    asked = parser.parse_args()
    return 0 if simulated(asked.families, asked.panels, asked.processes, asked.out) else 1


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
