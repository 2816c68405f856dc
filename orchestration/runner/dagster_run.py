"""One run of the Dagster job in this process: its instance, its log, its failures in sentences."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import paths
from orchestration.runner.dagster_storage import engines_kept
from orchestration.steps.dagster_home import dagster_home
from orchestration.steps.status import BY_COMMAND

if TYPE_CHECKING:
    from dagster import (
        AssetKey,
        DagsterEvent,
        DagsterInstance,
        ExecuteInProcessResult,
        JobDefinition,
    )

LOGS_KEPT = 30


@contextmanager
def instance() -> Iterator["DagsterInstance"]:
    """The Dagster instance of this home, for the length of a run."""
    from dagster import DagsterInstance

    folder = dagster_home()
    os.environ["DAGSTER_HOME"] = str(folder)
    with engines_kept(), DagsterInstance.get() as opened:
        yield opened


@dataclass(frozen=True)
class RunResult:
    """How the Dagster run ended; `problem` says why it failed."""

    run_id: str
    problem: str | None
    log: Path


@contextmanager
def log_file() -> Iterator[Path]:
    """Redirect everything that Dagster, dbt and Python print to a file of the home meanwhile."""
    folder = paths.home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    for older in sorted(folder.glob("run-*.log"))[: 1 - LOGS_KEPT]:
        older.unlink()
    path = folder / f"run-{datetime.now(UTC):%Y%m%dT%H%M%S}.log"
    with path.open("a", encoding="utf-8") as out, redirect_stderr(out), redirect_stdout(out):
        yield path


def _said(event: "DagsterEvent") -> str | None:
    """The message of a failed step; None for a failed check, which has its own."""
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    if error is None or "AssetCheckFailed" in str(error.cls_name):
        return None
    reason = error.cause or error
    return f"{event.step_key}: {reason.message.split(':', 1)[-1].strip()}"


def _failed_checks(done: "ExecuteInProcessResult") -> Iterator[str]:
    for seen in done.get_asset_check_evaluations():
        if not seen.passed and seen.severity.value == "ERROR":
            found = "; ".join(str(entry.value) for entry in seen.metadata.values())
            yield f"{seen.asset_key.to_user_string()}: the check {seen.check_name} failed. {found}"


def _problem(done: "ExecuteInProcessResult") -> str | None:
    if done.success:
        return None
    steps = [_said(event) for event in done.all_events if event.is_step_failure]
    said = [sentence for sentence in steps if sentence]
    return "\n".join(said or _failed_checks(done)) or "the run failed"


def execute(job: "JobDefinition", assets: Sequence["AssetKey"] | None = None) -> RunResult:
    """Run the job, or some assets of it, and record it in the Dagster instance of this home."""
    with log_file() as log, instance() as dagster:
        done = job.execute_in_process(
            instance=dagster,
            asset_selection=assets,
            raise_on_error=False,
            tags={BY_COMMAND: "command"},
        )
        return RunResult(done.run_id, _problem(done), log)
