"""Delivered tables as assets: one factory over the contracts, no table is named here."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.defs.deliveries import KEY as DELIVERIES
from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.ingestion.ledger import LedgerRow
from orchestration.steps.load_raw import load, unexplained
from orchestration.steps.progress import say
from orchestration.steps.run_inputs import RunInputs

COUNTS = ("records", "accepted", "rejected", "blank", "duplicates", "duplicates_kept")


def key(contract: TableContract) -> dg.AssetKey:
    """`raw/<source>/<table>`."""
    return dg.AssetKey(["raw", contract.source, contract.name])


def _freshness(contract: TableContract) -> dg.FreshnessPolicy | None:
    days = contract.source_meta.fresh_within_days
    if days is None:
        return None
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(days=days))


def _checks(contract: TableContract) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            "rows_add_up",
            asset=key(contract),
            description="What raw holds of every accepted file is what the ledger says it holds.",
            blocking=True,
        ),
        dg.AssetCheckSpec(
            "contract_is_kept",
            asset=key(contract),
            description="No new file was refused; a refused file waits and the others go on.",
        ),
    ]


def _results(unlike: Sequence[str], rows: Sequence[LedgerRow]) -> list[dg.AssetCheckResult]:
    refused = [f"{row.file_name}: {row.reason}" for row in rows if row.load_status == "refused"]
    return [
        dg.AssetCheckResult(
            check_name="rows_add_up", passed=not unlike, metadata={"files": list(unlike)}
        ),
        dg.AssetCheckResult(
            check_name="contract_is_kept",
            passed=not refused,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"refused": refused},
        ),
    ]


def _metadata(rows: Sequence[LedgerRow]) -> dict[str, Any]:
    """Counts and file names, never a value of a file."""
    counts = {name: sum(getattr(row, name) for row in rows) for name in COUNTS}
    return {"dagster/row_count": counts["accepted"], "files": len(rows), **counts}


def raw_asset(contract: TableContract) -> dg.AssetsDefinition:
    """The asset of one delivered table, materialised when files of it arrive."""

    @dg.asset(
        key=key(contract),
        description=contract.description,
        group_name="raw",
        owners=[f"team:{contract.source_meta.owner}"],
        kinds={contract.meta.format.type, "parquet"},
        deps=[DELIVERIES],
        check_specs=_checks(contract),
        freshness_policy=_freshness(contract),
    )
    def table(inputs: dg.ResourceParam[RunInputs]) -> dg.MaterializeResult:  # type: ignore[type-arg]
        say(f"Reading {contract.label}")
        rows = load(inputs, contract)
        return dg.MaterializeResult(
            metadata=_metadata(rows), check_results=_results(unexplained(inputs, contract), rows)
        )

    return table


CONTRACTS = read_contracts()
RAW = [raw_asset(contract) for contract in CONTRACTS]
