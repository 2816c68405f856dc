"""One job, one daily schedule, one sensor for new files: none is on until somebody turns it on."""

import dagster as dg

from orchestration.defs import arrivals, derived, publication, raw, studies, transform
from orchestration.steps.run_inputs import Landed, landed

JOB = "nightly"
EVERYTHING_ELSE = [
    arrivals.KEY,
    *derived.programme_tables.keys,
    *derived.ledger_tables.keys,
    *derived.history_tables.keys,
    *transform.dbt_models.keys,
    *studies.studies.keys,
    *transform.dbt_estimates.keys,
    publication.KEY,
]


def chosen(inputs: Landed) -> list[dg.AssetKey]:
    """The assets of a run: raw tables with something new, and all that is made from raw.

    A raw table that got nothing is not materialised, so that its freshness stays true.
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
        asset_selection=chosen(landed()),
    )


@dg.sensor(job=nightly, minimum_interval_seconds=300)
def new_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Starts a run when landing holds files that the ledger does not know."""
    inputs = landed()
    seen = inputs.news()
    if not inputs.scan.deliveries:
        return dg.SkipReason("No new files in landing.")
    if seen == context.cursor:
        return dg.SkipReason("A run for these files was asked for already.")
    context.update_cursor(seen)
    return dg.RunRequest(run_key=seen, asset_selection=chosen(inputs))
