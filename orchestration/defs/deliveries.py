"""The first step of every run: deliveries in landing, unclaimed files, late tables."""

import dagster as dg

from orchestration.steps.load_raw import restore_uncounted
from orchestration.steps.progress import say
from orchestration.steps.run_inputs import RunInputs, late_tables

KEY = dg.AssetKey(["landing", "deliveries"])


@dg.asset(
    key=KEY,
    group_name="landing",
    owners=["team:analysts"],
    kinds={"file"},
    check_specs=[
        dg.AssetCheckSpec(
            "every_file_is_claimed",
            asset=KEY,
            description="Every file in landing fits the file names of some contract.",
        ),
        dg.AssetCheckSpec(
            "every_table_is_on_time",
            asset=KEY,
            description="No table has waited for a delivery longer than its contract allows.",
        ),
    ],
)
def deliveries(inputs: dg.ResourceParam[RunInputs]) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Files as they were delivered, compared with the ledger: new, known or unclaimed."""
    say("Looking at landing")
    restore_uncounted(inputs)
    scan = inputs.scan
    late = late_tables(inputs)
    unclaimed = [str(path) for path in scan.unclaimed]
    return dg.MaterializeResult(
        metadata={
            "new": len(scan.deliveries),
            "known": len(scan.known),
            "unclaimed": len(unclaimed),
            "programmes": ", ".join(inputs.scope),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="every_file_is_claimed",
                passed=not unclaimed,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"unclaimed": unclaimed},
            ),
            dg.AssetCheckResult(
                check_name="every_table_is_on_time",
                passed=not late,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"late": [one.sentence for one in late]},
            ),
        ],
    )
