"""A number is kept exactly as it was delivered, or its row is rejected: nothing is rounded."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.ingestion.contract_builder import CSV, contract, look, reasons


def outcomes(folder: Path, kind: str, written: list[str]) -> list[Any]:
    """The value that is stored of each text, or the reason why its row is rejected."""
    columns = {"recording_id": {"header": "Recording"}, "size": {"data_type": kind}}
    form = {**CSV, "separator": ";"}
    of = contract(columns, event_date=None, format=form, refuse_above_rejected=1)
    output = folder / "raw.parquet"
    # So many sound rows that nobody takes the column for one of another type.
    texts = [*written, *["2"] * (len(written) + 1)]
    rows = "".join(f"R{at};{text}\n" for at, text in enumerate(texts))
    found = look(f"Recording;size\n{rows}", of, folder=folder, output=output)
    assert found.refused is None
    said: dict[int, Any] = {record: reason for record, _, _, reason in reasons(found)}
    raw = pl.read_parquet(output)
    said |= dict(zip(raw["record_number"], raw["size"], strict=True))
    return [said[at] for at in range(1, len(written) + 1)]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (
            "decimal(6,1)",
            {
                "1.5": "1.5",
                "1.500": "1.5",
                "+1234.0": "1234.0",
                "-.5": "-0.5",
                "5.": "5",
                "1e2": "100",
                "15E-1": "1.5",
                "0e-400": "0",
                " 7 ": "7",
                "0007": "7",
            },
        ),
        (
            "decimal(18,6)",
            {" 1.234567 ": "1.234567", "2587.0399999999995": "2587.04", "5e-6": "0.000005"},
        ),
        ("double", {"0.30000000000000004": 0.1 + 0.2, "9007199254740991": 2.0**53 - 1, "-0.0": 0}),
        ("bigint", {"9007199254740993.0": 2**53 + 1, "9223372036854775807": 2**63 - 1, "+1": 1}),
    ],
)
def test_a_number_that_its_type_holds_is_kept_exactly(
    kind: str, kept: dict[str, Any], tmp_path: Path
) -> None:
    values = [Decimal(value) if kind[:3] == "dec" else value for value in kept.values()]
    assert outcomes(tmp_path, kind, list(kept)) == values


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (
            "decimal(6,1)",
            [
                *("1.25", "-1.05", "1.99999", "1.0000000001", "0.04", "12345.67"),
                *("1.234E+1", "1.5e-3", "1e-400", "1.000000000000001"),
            ],
        ),
        ("decimal(18,6)", ["1.0000001", "0.30000040000000004", "123456789012.0000001"]),
        (
            "double",
            ["9007199254740993", "-9007199254740993.0", "12345678901234567890", "-0.1e-400"],
        ),
    ],
)
def test_a_number_of_too_many_digits_rejects_its_row(
    kind: str, written: list[str], tmp_path: Path
) -> None:
    assert outcomes(tmp_path, kind, written) == ["too_many_digits"] * len(written)


STRANGE = [
    *("1,234", "1.234,5", "1,5", "1 234", "1\u00a0234", "1'234", "1_000", "+ 1", "--1", "1-"),
    *("(1)", "5%", "\u00a35", "$5", "5 \u20ac", "5kg", "\uff11\uff12", "\u0661\u0662", "\u00bd"),
    *("\u00b2", "\u22125", "\u20135", "0x1F", "1f", "1e", "nan", "inf", "1.5.2", "1e400"),
    *("5\u00a0", "\u200b5", "5\ufeff", "#N/A", "5\x00"),
]


@pytest.mark.parametrize("kind", ["decimal(6,1)", "double", "bigint", "integer"])
def test_a_number_in_a_form_that_can_be_misread_rejects_its_row(kind: str, tmp_path: Path) -> None:
    assert outcomes(tmp_path, kind, STRANGE) == ["wrong_type"] * len(STRANGE)
