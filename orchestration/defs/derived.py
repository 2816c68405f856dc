"""What Python writes and dbt reads: programmes, the ledger and its rejects, and studies' findings.

Studies are run by pure functions on marts, and their findings are handed back to dbt as a source.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.defs import raw
from orchestration.ingestion.ledger import LedgerProblem
from orchestration.programmes.programme_tables import TABLES, write_programmes
from orchestration.release.dbt_artifacts import BuildProblem
from orchestration.release.history import CARRIED
from orchestration.steps.load_raw import write_ledger_tables
from orchestration.steps.progress import say
from orchestration.steps.publish import land_history
from orchestration.steps.run_inputs import RunInputs
from orchestration.steps.run_studies import COMPARED, PANELS, write_comparisons, write_studies

Written = dg.MaterializeResult[None]
LEDGER = {
    "ledger": "One row per delivered file and table: counts, dates, load status and reason.",
    "rejects": "How many rows of a file were rejected, by column and reason.",
    "covered_months": "Months that deliveries of a table cover, by area where files are.",
}


def _key(source: str, table: str) -> dg.AssetKey:
    return dg.AssetKey(["derived", source, table])


def _spec(key: dg.AssetKey, description: str, deps: Sequence[dg.AssetKey] = ()) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        description=description,
        group_name="derived",
        owners=["team:analysts"],
        kinds={"parquet"},
        deps=deps,
    )


@dg.multi_asset(
    name="programme_tables",
    specs=[
        _spec(
            _key("programme", table),
            f"The {table.replace('_', ' ')} of every programme.yml, as a table.",
        )
        for table in TABLES
    ],
)
def programme_tables(inputs: dg.ResourceParam[RunInputs]) -> Iterator[Written]:
    """What the project knows of its programmes beyond their files."""
    say("Writing the programmes")
    write_programmes(inputs.programmes)
    yield from (dg.MaterializeResult(asset_key=_key("programme", table)) for table in TABLES)


@dg.multi_asset(
    name="ledger_tables",
    specs=[
        _spec(_key("ingestion", table), description, [raw.key(one) for one in raw.CONTRACTS])
        for table, description in LEDGER.items()
    ],
)
def ledger_tables(inputs: dg.ResourceParam[RunInputs]) -> Iterator[Written]:
    """The load of every delivered file, without times so that equal loads have equal rows."""
    say("Settling which files count")
    try:
        write_ledger_tables(inputs)
    except LedgerProblem as problem:
        raise dg.Failure(str(problem), allow_retries=False) from problem
    yield from (dg.MaterializeResult(asset_key=_key("ingestion", table)) for table in LEDGER)


@dg.multi_asset(
    name="history_tables",
    specs=[
        _spec(
            _key("history", name),
            f"What the release before hands on: {name.replace('_', ' ')}.",
            [raw.key(one) for one in raw.CONTRACTS],
        )
        for name in CARRIED
    ],
)
def history_tables(inputs: dg.ResourceParam[RunInputs]) -> Iterator[Written]:
    """How promises stood and what figures were in earlier releases, for this one to go on from."""
    say("Reading what earlier releases gave")
    try:
        land_history(inputs)
    except BuildProblem as problem:
        raise dg.Failure(str(problem), allow_retries=False) from problem
    yield from (dg.MaterializeResult(asset_key=_key("history", name)) for name in CARRIED)


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
