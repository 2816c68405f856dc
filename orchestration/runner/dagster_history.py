"""Dagster's own SQLite files: found damaged, set aside, and created again by Dagster itself.

They hold the history that Dagster shows and decide nothing: no release depends on them.
"""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

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
