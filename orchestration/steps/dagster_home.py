"""The folder of Dagster's history and its settings, which say that nothing is reported.

Whoever starts Dagster over a home, by our commands or its own, finds the settings there: a home
without them would collect what is done in it.
"""

import os
from pathlib import Path

from orchestration import paths

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
    """The folder of Dagster's instance; made when missing, with telemetry off."""
    folder = dagster_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        (folder / "dagster.yaml").write_text(SETTINGS, encoding="utf-8")
    return folder
