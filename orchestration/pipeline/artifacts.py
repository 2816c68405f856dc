"""Where dbt leaves its manifest and results in a run: one folder per pass, in order."""

import shutil
from pathlib import Path

from orchestration import paths

BEFORE, AFTER = "1-before-estimates", "2-after-estimates"


def target(step: str) -> Path:
    """The target folder of one pass of dbt."""
    return paths.home() / "dbt" / step


def targets() -> list[Path]:
    """The target folders that hold results, in the order in which dbt ran."""
    return [
        target(step) for step in (BEFORE, AFTER) if (target(step) / "run_results.json").is_file()
    ]


def start_anew() -> None:
    """Remove the warehouse and the artifacts of earlier runs, also of one that was killed."""
    shutil.rmtree(paths.home() / "dbt", ignore_errors=True)
    warehouse = paths.warehouse()
    for left in warehouse.parent.glob(f"{warehouse.name}*"):
        left.unlink()
