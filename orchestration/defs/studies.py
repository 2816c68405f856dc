"""Studies: run by pure functions on marts, their findings handed back to dbt as a source."""

from collections.abc import Iterator

import dagster as dg

from orchestration.steps.progress import say
from orchestration.steps.run_inputs import RunInputs
from orchestration.steps.run_studies import COMPARED, PANELS, write_comparisons, write_studies

PANEL_KEYS = [dg.AssetKey(["intermediate", name]) for name in PANELS]
STUDIES = {
    "studies": "One row per study: what it asked, what it found, and how far that may be trusted.",
    "study_gates": "One row per study and rule that decides what may be shown.",
    "study_values": "One row per study and figure or note.",
    "study_points": "One row per study and period before or after the cameras came.",
}
STUDY_KEYS = {name: dg.AssetKey(["derived", "evaluation", name]) for name in STUDIES}


COMPARED_KEY = dg.AssetKey(["derived", "evaluation", COMPARED])


@dg.asset(
    key=COMPARED_KEY,
    description="One row per area, set of peers, metric and period: its figure among its peers'.",
    group_name="evaluation",
    owners=["team:analysts"],
    kinds={"python", "parquet"},
    deps=[
        dg.AssetKey(["marts", "fct_metrics"]),
        dg.AssetKey(["marts", "dim_metric"]),
        dg.AssetKey(["derived", "programme", "peers"]),
    ],
)
def area_comparisons() -> dg.MaterializeResult[None]:
    """Areas among the peers that their programme declares."""
    return dg.MaterializeResult(metadata={"dagster/row_count": write_comparisons()})


@dg.multi_asset(
    name="studies",
    specs=[
        dg.AssetSpec(
            STUDY_KEYS[name],
            description=description,
            group_name="evaluation",
            owners=["team:analysts"],
            kinds={"python", "parquet"},
            deps=PANEL_KEYS,
        )
        for name, description in STUDIES.items()
    ],
)
def studies(inputs: dg.ResourceParam[RunInputs]) -> Iterator[dg.MaterializeResult[None]]:
    """Every study of the project and of the run's programmes, run on its table."""
    say("Running the studies")
    for name, rows in write_studies(inputs.scope).items():
        yield dg.MaterializeResult(asset_key=STUDY_KEYS[name], metadata={"dagster/row_count": rows})
