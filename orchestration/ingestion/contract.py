"""The contract of a delivered table: what its dbt source entry says, read without dbt."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from orchestration import paths
from orchestration.ingestion.contract_columns import ColumnContract
from orchestration.ingestion.contract_tables import Format, Origin, TableContract

__all__ = [
    "ColumnContract",
    "ContractProblem",
    "Format",
    "Origin",
    "TableContract",
    "find_contract",
    "read_contracts",
]

SOURCE_KEYS = {"name", "description", "config", "tables"}


class ContractProblem(ValueError):
    """A contract that cannot be read; the message names file, table and column."""


def read_contracts(folder: Path = paths.STAGING) -> list[TableContract]:
    """Every table declared under `folder`, in order of source and table.

    Raises ContractProblem with the file, the table and what is wrong.
    """
    found = [contract for file in sorted(folder.glob("*/_*.yml")) for contract in _tables(file)]
    return sorted(found, key=lambda contract: (contract.source, contract.name))


def find_contract(source: str, table: str, folder: Path = paths.STAGING) -> TableContract:
    """The contract of one table; raises ContractProblem with the tables there are."""
    contracts = read_contracts(folder)
    for contract in contracts:
        if (contract.source, contract.name) == (source, table):
            return contract
    known = ", ".join(contract.label for contract in contracts)
    raise ContractProblem(f"no contract for {source}.{table}; there are: {known}")


def _tables(file: Path) -> Iterator[TableContract]:
    document = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) or {}
    for source in document.get("sources", []):
        _only_known(file, source)
        meta = source.get("config", {}).get("meta", {})
        for table in source.get("tables", []):
            try:
                yield TableContract(source=source["name"], source_meta=meta, **table)
            except (ValidationError, TypeError, KeyError) as problem:
                where = f"{file.name}, {source.get('name')}.{table.get('name')}"
                raise ContractProblem(f"{where}: {_sentence(problem, table)}") from problem


def _sentence(problem: Exception, table: dict[str, Any]) -> str:
    if not isinstance(problem, ValidationError):
        return str(problem)
    said = []
    for error in problem.errors():
        at = list(error["loc"])
        if at[:1] == ["columns"] and len(at) > 1:
            at[1] = table["columns"][at[1]].get("name", at[1])
        said.append(f"{'.'.join(map(str, at))}: {error['msg']}")
    return "; ".join(said)


def _only_known(file: Path, source: dict[str, Any]) -> None:
    config = source.get("config", {})
    unknown = [
        *(source.keys() - SOURCE_KEYS),
        *(f"config.{key}" for key in config.keys() - {"meta"}),
    ]
    if unknown:
        where = f"{file.name}, {source.get('name')}"
        raise ContractProblem(f"{where}: not known: {', '.join(sorted(unknown))}")
