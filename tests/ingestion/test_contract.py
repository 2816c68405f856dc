"""Contracts are read from dbt source entries, and what cannot hold is named with its place."""

import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.ingestion.contracts.table import ContractProblem, find_contract, read_contracts
from tests.ingestion.contract_builder import CSV, ORIGIN


def entry(
    column: dict[str, Any] | None = None, table: dict[str, Any] | None = None
) -> dict[str, Any]:
    meta = {"version": 1, "feed": "recordings", "files": ["r*"], "format": CSV, "key": "none"}
    kind = (column or {}).pop("data_type", "string")
    columns = [
        {"name": "recording_id", "data_type": "string", "description": "Recording."},
        {
            "name": "measured",
            "data_type": kind,
            "description": "Measured.",
            "config": {"meta": column or {}},
        },
    ]
    recordings = {
        "name": "recordings",
        "description": "One row per recording.",
        "config": {"meta": meta | (table or {})},
        "columns": columns,
    }
    shared = {"origin": ORIGIN, "owner": "analysts", "fresh_within_days": None}
    source = {"name": "harbour", "description": "x", "config": {"meta": shared}}
    return source | {"tables": [recordings]}


def written(folder: Path, source: dict[str, Any]) -> Path:
    (folder / "harbour").mkdir(exist_ok=True)
    others = {"models": [{"name": "stg_harbour__recordings", "anything": 1}], "exposures": []}
    content = {"sources": [source], **others}
    (folder / "harbour" / "_harbour.yml").write_text(yaml.safe_dump(content))
    return folder


def test_models_and_exposures_beside_the_sources_are_left_to_dbt(tmp_path: Path) -> None:
    (contract,) = read_contracts(written(tmp_path, entry()))
    assert (contract.label, contract.key, contract.feed) == ("harbour.recordings", (), "recordings")


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ({"requird": True}, "requird"),
        ({"privacy": "identifier"}, "`privacy: identifier` and `kind` go together"),
        ({"kind": "officer"}, "`kind` is of `privacy: identifier`, or of `drop`"),
        ({"privacy": "quasi"}, "`privacy: quasi` and `coarsen` go together"),
        ({"privacy": "quasi", "coarsen": "month"}, "`coarsen: month` does not fit"),
        ({"required": True, "optional": True}, "`required` or `optional`, not both"),
        ({"min": 1}, "`min` and `max` need a number"),
        ({"data_type": "bigint", "min": 2, "max": 1}, "`min` is above `max`"),
        ({"data_type": "bigint", "allowed": ["1"]}, "`allowed` needs a string"),
        ({"offset": "drop"}, "`offset` needs a timestamp"),
        ({"formats": ["%Y"]}, "`formats` need a date or a time"),
        ({"flags": ["midnight"]}, "the flag midnight does not fit"),
        ({"data_type": "varchar"}, "data_type"),
        ({"data_type": "date", "not_after": "1900-01-01"}, "`not_after` lies before"),
    ],
)
def test_a_column_that_cannot_be_is_named(
    column: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ContractProblem) as problem:
        read_contracts(written(tmp_path, entry(column)))
    assert re.match(
        r"harbour/_harbour\.yml, line \d+, column \d+: "
        r"sources\.harbour\.tables\.recordings\.columns\.measured",
        str(problem.value),
    )
    assert sentence in str(problem.value)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"key": ["nothing"]}, "named but not declared: nothing"),
        ({"event_date": "recording_id"}, "neither a date nor a timestamp"),
        ({"unpivot": {"columns": "x", "name_to": "a", "value_to": "b"}}, "not declared: a, b"),
        ({"format": {"type": "csv"}}, "a csv states its encoding, quote, separator"),
        ({"format": {**CSV, "encoding": "runes"}}, "runes is no known encoding"),
        ({"format": {**CSV, "sheet": "Data"}}, "belong to xlsx"),
        ({"fils": []}, "fils"),
    ],
)
def test_a_table_that_cannot_be_is_named(
    table: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    where = r"^harbour/_harbour\.yml, line \d+, column \d+: sources\.harbour\.tables\.recordings"
    with pytest.raises(ContractProblem, match=where) as problem:
        read_contracts(written(tmp_path, entry(table=table)))
    assert sentence in str(problem.value)


def test_a_source_with_an_unknown_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractProblem, match=r"sources\.harbour\.loader: Extra inputs"):
        read_contracts(written(tmp_path, entry() | {"loader": "x"}))


def test_an_unknown_table_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ContractProblem, match=r"there are: harbour\.recordings"):
        find_contract("harbour", "shifts", written(tmp_path, entry()))


def test_the_line_to_add_keeps_the_aliases_there_are(tmp_path: Path) -> None:
    column = {"aliases": [{"name": "Old", "since": "2020-01-01"}]}
    (contract,) = read_contracts(written(tmp_path, entry(column)))
    line = contract.column("measured").alias_line("New", date(2026, 1, 2))
    assert yaml.safe_load(line) == {
        "aliases": [
            {"name": "Old", "since": date(2020, 1, 1)},
            {"name": "New", "since": date(2026, 1, 2)},
        ]
    }


def test_every_contract_of_the_project_is_read_at_once() -> None:
    begun = time.process_time()
    contracts = read_contracts()
    assert len(contracts) > 1
    assert time.process_time() - begun < 1.0


def test_every_table_without_a_key_says_what_a_later_file_of_it_replaces() -> None:
    """A file that comes again, in another folder or zipped, would else count twice."""
    keyless = [each for each in read_contracts() if not each.key]
    assert len(keyless) > 1
    assert [
        each.label for each in keyless if not (each.meta.same_delivery or each.meta.replaces)
    ] == []
