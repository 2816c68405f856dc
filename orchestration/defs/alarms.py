"""Tells people when a run that Dagster started fails, and when none succeeded in time."""

import dagster as dg

from orchestration import paths
from orchestration.release.current import current
from orchestration.steps.status import BY_COMMAND, Attempt, alarm_when_overdue, record


@dg.run_failure_sensor
def tell_failure(context: dg.RunFailureSensorContext) -> None:
    """Writes the banner and calls the webhook when a run fails."""
    run = context.dagster_run
    if BY_COMMAND not in run.tags:
        said = context.failure_event.message or "the run failed"
        record(Attempt(1, f"The run failed: {said}", run.run_id))


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS)
def note_success(context: dg.RunStatusSensorContext) -> None:
    """Writes the banner when a run succeeds."""
    run, serving = context.dagster_run, current(paths.releases())
    if BY_COMMAND not in run.tags and serving:
        record(Attempt(0, f"{serving.name} serves.", run.run_id, serving.name))


@dg.sensor(minimum_interval_seconds=1800)
def heartbeat() -> dg.SkipReason:
    """Fails, and calls the webhook once, when no run has succeeded in time."""
    late = alarm_when_overdue()
    if late:
        raise dg.Failure(late, allow_retries=False)
    return dg.SkipReason("A run succeeded in time.")
