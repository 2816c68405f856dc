"""Loads what is new of a table, compares raw with the ledger, and decides which loads count."""

import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import UTC, datetime

import polars as pl
import pyarrow.parquet

from orchestration import paths
from orchestration.ingestion import covered_months, ledger, reading_ahead
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.landing.counting import settle
from orchestration.ingestion.landing.scan import decisions
from orchestration.ingestion.ledger import LedgerRow
from orchestration.ingestion.load import load_table, tasks_of
from orchestration.release import tiers
from orchestration.steps.run_inputs import RunInputs
from orchestration.storage.read_back import is_whole_parquet


def load(inputs: RunInputs, contract: TableContract) -> list[LedgerRow]:
    """Load the new files of a table in order of arrival; returns a row of the ledger for each."""
    new = _new(inputs, contract)
    return load_table(new, contract, as_of=inputs.as_of, programmes=inputs.delivering)


def read_ahead(
    inputs: RunInputs, contracts: Iterable[TableContract]
) -> AbstractContextManager[None]:
    """Have the new files of these tables read while the context is open, until each is loaded."""
    return reading_ahead.started(
        task
        for contract in contracts
        for task in tasks_of(
            _new(inputs, contract), contract, as_of=inputs.as_of, programmes=inputs.delivering
        )
    )


def _new(inputs: RunInputs, contract: TableContract) -> list[Delivery]:
    return [d for d in inputs.scan.deliveries if f"{d.source}.{d.table}" == contract.label]


def unexplained(inputs: RunInputs, contract: TableContract) -> list[str]:
    """One sentence for each accepted file of a table whose rows in raw differ from the ledger."""
    return [
        sentence
        for row in ledger.read_ledger()
        if row.load_status == "accepted"
        and row.is_counted
        and (row.source_name, row.table_name) == (contract.source, contract.name)
        and row.programme_id in inputs.scope
        and (sentence := _unlike(row, contract))
    ]


def lost_rows(inputs: RunInputs) -> list[str]:
    """One sentence for each file that counts whose rows in raw are damaged, gone or too few.

    Files that are to be loaded again are not among them.
    """
    contracts = {(contract.source, contract.name): contract for contract in inputs.contracts}
    again = {delivery.identity for delivery in inputs.scan.deliveries}
    return [
        sentence
        for row in ledger.read_ledger()
        if row.load_status == "accepted"
        and row.is_counted
        and row.programme_id in inputs.scope
        and row.identity not in again
        and (contract := contracts.get((row.source_name, row.table_name)))
        and (sentence := _unlike(row, contract))
    ]


def _unlike(row: LedgerRow, contract: TableContract) -> str | None:
    if not row.reconciled:
        return f"{row.file_name}: its records do not add up"
    if not is_whole_parquet(row.raw_file):
        return (
            f"{row.file_name}: its rows in raw are damaged or gone. Deliver it again, restore raw"
            " from a backup, or take it out with `bodyworn withdraw`"
        )
    rows = pyarrow.parquet.read_metadata(row.raw_file).num_rows
    # A wide publication has several rows in raw for each of its records.
    if contract.meta.unpivot is None and rows != row.accepted:
        return f"{row.file_name}: raw holds {rows} rows, the ledger {row.accepted}"
    return None


def write_ledger_tables(inputs: RunInputs) -> list[LedgerRow]:
    """Decide which loads count, then write the ledger for dbt; returns loads that changed.

    Raises LedgerProblem when rows that should count are lost.
    """
    rows = ledger.read_ledger()
    decided = decisions(rows, inputs.scan.view, inputs.contracts, inputs.replay)
    changed = settle(rows, decided, inputs.as_of)
    ledger.export(paths.derived() / "ingestion")
    covered_months.export(
        ledger.read_ledger(), inputs.contracts, inputs.programmes, paths.derived() / "ingestion"
    )
    return changed


def restore_uncounted(inputs: RunInputs) -> None:
    """Put the loads that a release no longer counts into the ledger of its replay.

    Their files are not read again: the release itself records what was in them.
    """
    if inputs.replay is None or inputs.again is None:
        return
    released = pl.read_parquet(tiers.parquet(inputs.again, "fct_load_ledger"))
    for values in released.iter_rows(named=True):
        row = _as_released(values)
        load = inputs.replay.loads.get(row.identity)
        if load is not None and not load.needs_file:
            ledger.append(row)


def _as_released(values: dict[str, object]) -> LedgerRow:
    known = {each.name for each in fields(LedgerRow)}
    given = {name: value for name, value in values.items() if name in known}
    given["flagged"] = json.loads(str(values["flagged"] or "{}"))
    given["areas"] = json.loads(str(values.get("areas") or "[]"))
    return LedgerRow(load_version="", loaded_at=datetime.now(UTC), **given)  # type: ignore[arg-type]
