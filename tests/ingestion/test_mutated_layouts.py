"""A hundred mutated files of all layouts lose no row; `make prove` tries a thousand."""

import pytest

from orchestration.ingestion.contracts.table import read_contracts
from orchestration.ingestion.reading_process import ReadingProcess
from orchestration.ingestion.reading_task import Outcome
from orchestration.ingestion.validation.result import ValidationResult
from tests.proofs.mutated_files import AREAS, MUTATIONS, mutated_file
from tests.proofs.mutated_layouts import KINDS, Spoilt, cases, fault, prove


@pytest.mark.timeout(300)
def test_a_hundred_mutations_lose_no_row_and_break_nothing_down() -> None:
    chosen = list(cases(100))
    assert {case.contract.label for case in chosen} == {one.label for one in read_contracts()}
    assert {case.kind for case in chosen} == set(KINDS)
    reading = ReadingProcess()
    try:
        found = list(prove(chosen, reading))
    finally:
        reading.close()
    assert [(case, said) for case, said, _ in found if said.startswith("WRONG")] == []
    # A proof that refuses everything proves nothing.
    assert sum(said == "read" for _, said, _ in found) > 50


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (ValidationResult(records=9, accepted=9), "10 rows delivered, 9 seen"),
        (ValidationResult(records=10, accepted=7, rejected=3), "8 rows untouched, 7 accepted"),
        (ValidationResult(records=10, accepted=9), "10 records, 9 accounted for"),
        (ValidationResult(refused="The file could not be read (KeyError)"), "broke down"),
        (ValidationResult(refused="Missing columns: a."), None),
        (ValidationResult(records=10, accepted=8, rejected=2), None),
    ],
)
def test_the_proof_finds_a_lost_row(result: ValidationResult, says: str | None) -> None:
    said = fault(Outcome(result), Spoilt(b"", 10, 8))
    assert said == says or (says is not None and says in (said or ""))


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_file_of_the_matrix_holds_a_mutated_row_for_every_column(mutation: str) -> None:
    for contract in read_contracts():
        file = mutated_file(contract, mutation)
        assert file.mutated >= len(contract.delivered)
        assert file.text.count("\n") >= file.rows
    assert len(AREAS) == 24
