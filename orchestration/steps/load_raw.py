"""Loads what is new of one table, and compares what raw holds with what the ledger says."""

import pyarrow.parquet

from orchestration.ingestion import ledger
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.ledger import LedgerRow
from orchestration.ingestion.load import load_table
from orchestration.steps.run_inputs import RunInputs


def load(inputs: RunInputs, contract: TableContract) -> list[LedgerRow]:
    """Load the new files of a table in order of arrival; a row of the ledger for each."""
    new = [d for d in inputs.scan.deliveries if f"{d.source}.{d.table}" == contract.label]
    return load_table(new, contract, as_of=inputs.as_of, programmes=inputs.programmes)


def unexplained(inputs: RunInputs, contract: TableContract) -> list[str]:
    """A sentence for each accepted file of a table whose rows in raw differ from the ledger."""
    return [
        sentence
        for row in ledger.read_ledger()
        if row.load_status == "accepted"
        and (row.source_name, row.table_name) == (contract.source, contract.name)
        and row.programme_id in inputs.scope
        and (sentence := _unlike(row, contract))
    ]


def _unlike(row: LedgerRow, contract: TableContract) -> str | None:
    if not row.reconciled:
        return f"{row.file_name}: its records do not add up"
    if not row.raw_file.is_file():
        return f"{row.file_name}: it is not in raw"
    rows = pyarrow.parquet.read_metadata(row.raw_file).num_rows
    # A wide publication has several rows in raw for each of its records.
    if contract.meta.unpivot is None and rows != row.accepted:
        return f"{row.file_name}: raw holds {rows} rows, the ledger {row.accepted}"
    return None
