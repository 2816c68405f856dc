"""The folder of Dagster's history and its settings, which turn telemetry off.

Whoever starts Dagster over a home, by our commands or its own, finds the settings there: without
them Dagster would collect usage data.
"""

import os
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
