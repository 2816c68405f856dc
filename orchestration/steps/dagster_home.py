"""The folder of Dagster's history: its settings, which turn telemetry off, and its SQLite files.

Whoever starts Dagster over a home, by our commands or its own, finds the settings there: without
them Dagster would collect usage data. Its SQLite files hold the history that Dagster shows and
decide nothing: no release depends on them. Damaged ones are set aside, and Dagster creates them
again by itself.
"""

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import yaml

from orchestration import paths
from orchestration.steps.lock import HomeNotUsable

SETTINGS = """\
# Written by bodyworn when it was missing; yours to change.
telemetry:
  enabled: false
# Steps run inside one process and log to its event log: nothing else is to be captured.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def dagster_folder() -> Path:
    """`DAGSTER_HOME`, or `dagster` in the home folder."""
    named = os.environ.get("DAGSTER_HOME")
    return Path(named) if named else paths.home() / "dagster"


def dagster_home() -> Path:
    """The folder of Dagster's instance; made when missing, with telemetry off.

    Raises HomeNotUsable where its settings cannot be read.
    """
    folder = dagster_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        (folder / "dagster.yaml").write_text(SETTINGS, encoding="utf-8")
    if said := unreadable_settings():
        raise HomeNotUsable(said)
    return folder


def unreadable_settings() -> str | None:
    """What is wrong with Dagster's settings and what to do; None where they can be read."""
    file = dagster_folder() / "dagster.yaml"
    if not file.exists():
        return None
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        read = file
    if read is None or isinstance(read, dict):
        return None
    return f"{file} cannot be read as YAML: mend it, or remove it, and the next run writes it anew"


FOLDERS = ("history", "schedules")
# The databases that every run opens; those of earlier runs are one each and never opened again.
OPENED = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


def damaged(folder: Path, *, earlier_runs: bool = False) -> list[Path]:
    """Databases below DAGSTER_HOME that SQLite cannot read; those of earlier runs when asked."""
    files = [folder / name for name in OPENED]
    if earlier_runs:
        files += [path for path in folder.glob("history/runs/*.db") if path not in files]
    return [path for path in files if path.exists() and not _is_sound(path)]


def _is_sound(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as con:
            return bool(con.execute("pragma quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def set_aside(folder: Path, *, now: datetime | None = None) -> list[str]:
    """Rename each folder of DAGSTER_HOME with a damaged database; one sentence for each.

    Dagster creates new ones when it starts. The old ones are kept for inspection.
    """
    at = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S")
    sentences = []
    for name in FOLDERS:
        hurt = [path for path in damaged(folder) if path.is_relative_to(folder / name)]
        if hurt:
            aside = folder / f"{name}.damaged-{at}"
            (folder / name).rename(aside)
            files = ", ".join(path.name for path in hurt)
            sentences.append(
                f"Dagster's {files} was damaged: {name} was set aside as {aside.name}, and Dagster"
                " begins a new one. No release is affected"
            )
    return sentences
