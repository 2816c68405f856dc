"""What starts a run (a job, a daily schedule, a sensor for new files) and what raises alarms.

Schedule and sensors are off until somebody turns them on.
"""

import dagster as dg

from orchestration import paths
from orchestration.defs import deliveries, derived, publication, raw, transform
from orchestration.release.current import current
from orchestration.steps.run_inputs import RunInputs, make_run_inputs
from orchestration.steps.status import BY_COMMAND, NOT_ERASED, RunStatus, alarm_when_overdue, record

JOB = "nightly"
EVERYTHING_ELSE = [
    deliveries.KEY,
    *derived.programme_tables.keys,
    *derived.ledger_tables.keys,
    *derived.history_tables.keys,
    *transform.dbt_models.keys,
    *derived.studies.keys,
    derived.COMPARED_KEY,
    *transform.dbt_estimates.keys,
    publication.KEY,
]


def chosen(inputs: RunInputs) -> list[dg.AssetKey]:
    """The assets of a run: raw tables with something new, and everything made from raw.

    A raw table without new files is not materialised, so that its freshness stays true.
    """
    return [*(raw.key(contract) for contract in inputs.tables()), *EVERYTHING_ELSE]


nightly = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    description="Everything: landed files are checked and loaded, dbt builds, a release follows.",
)


@dg.schedule(job=nightly, cron_schedule="0 3 * * *", execution_timezone="Europe/London")
def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run a night, whether or not files came, so that a missed night can be noticed."""
    return dg.RunRequest(
        run_key=context.scheduled_execution_time.date().isoformat(),
        asset_selection=chosen(make_run_inputs()),
    )


@dg.sensor(job=nightly, minimum_interval_seconds=300)
def new_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Starts a run when landing holds files the ledger does not know, or lost some."""
    inputs = make_run_inputs()
    seen = inputs.new_deliveries_hash()
    if not inputs.scan.deliveries and not inputs.scan.changes:
        return dg.SkipReason("No new files in landing.")
    if seen == context.cursor:
        return dg.SkipReason("A run for these files was asked for already.")
    context.update_cursor(seen)
    return dg.RunRequest(run_key=seen, asset_selection=chosen(inputs))


@dg.run_failure_sensor
def record_failure(context: dg.RunFailureSensorContext) -> None:
    """Writes the banner and calls the webhook when a run fails."""
    run = context.dagster_run
    if BY_COMMAND not in run.tags:
        said = context.failure_event.message or "the run failed"
        record(RunStatus(1, f"The run failed: {said}", run.run_id))


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS)
def record_success(context: dg.RunStatusSensorContext) -> None:
    """Writes the banner when a run succeeds."""
    run, serving = context.dagster_run, current(paths.releases())
    if BY_COMMAND in run.tags or not serving:
        return
    code, said = 0, f"{serving.name} serves."
    if problem := run.tags.get(NOT_ERASED):
        code, said = 1, f"{said}\nAn erasure is not finished: {problem}."
    record(RunStatus(code, said, run.run_id, serving.name))


@dg.sensor(minimum_interval_seconds=1800)
def heartbeat() -> dg.SkipReason:
    """Fails, and calls the webhook once, when no run has succeeded in time."""
    late = alarm_when_overdue()
    if late:
        raise dg.Failure(late, allow_retries=False)
    return dg.SkipReason("A run succeeded in time.")
