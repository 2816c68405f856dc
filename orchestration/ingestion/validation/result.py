"""What became of a delivered file: counts, reasons a sender can act on, flags and days."""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

REJECTS = {"record": pl.Int64, "line": pl.Int64, "column": pl.String, "reason": pl.String}

# One sentence per reason, for the person who sent the file. A value is never quoted: in a shifted
# row any column may hold a name.
SENTENCES = {
    "missing_required": "The value is missing, and a record cannot be used without it.",
    "wrong_type": "The value cannot be read as the declared type.",
    "impossible_date": "The date does not exist in the declared format or lies outside its limits.",
    "undeclared_offset": "The time carries an offset from UTC that the contract does not declare.",
    "below_minimum": "The value is below the lowest one the contract allows.",
    "above_maximum": "The value is above the highest one the contract allows.",
    "conflicting_key": "Several records of this file share this key and differ in content.",
    "ragged": "The record has more or fewer fields than the header.",
    "bad_bytes": "The record holds bytes that are not text in the stated encoding.",
    "bad_quotes": "A quote is not closed, or text follows a closing quote.",
    "stray_return": "A carriage return stands inside the record, outside quotes.",
    "too_long": "The record is longer than two million bytes.",
    "not_json": "The line is not one JSON object.",
}


class Refused(Exception):
    """The whole file is refused; the message says why and what the sender can do."""


class Unequal(Exception):
    """What was written is not what was accepted, in the columns named (none: in their rows)."""

    def __init__(self, columns: list[str]) -> None:
        super().__init__(columns)
        self.columns = columns


@dataclass(frozen=True)
class Stamp:
    """What every loaded row carries about the file it came from."""

    programme: str
    file_hash: str
    file_name: str
    arrival: int


@dataclass(frozen=True)
class Fault:
    """One record that cannot be used, by its place in the file; never its content."""

    record: int
    line: int | None
    column: str | None
    reason: str


@dataclass
class Examination:
    """The counts of one file: records = accepted + rejected + blank + duplicates.

    `unequal` says that the file written of it did not hold what was accepted: it is kept aside.
    `repeats` are accepted rows of a table without a key that equal an earlier one. `rejects` has a
    row per record and column at fault. `flagged` counts accepted rows by `column.flag`.
    """

    records: int = 0
    accepted: int = 0
    rejected: int = 0
    blank: int = 0
    duplicates: int = 0
    repeats: int = 0
    reconciled: bool = False
    refused: str | None = None
    unequal: bool = False
    rejects: pl.DataFrame = field(default_factory=lambda: reject_rows([]))
    flagged: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    first_event: date | None = None
    last_event: date | None = None
    added_columns: list[str] = field(default_factory=list)


def reject_rows(faults: list[Fault]) -> pl.DataFrame:
    """Faults as a frame (record, line, column, reason, sentence), ordered by place."""
    frame = pl.DataFrame(faults, schema=REJECTS, orient="row")
    return with_sentences(frame)


def with_sentences(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what a sender can do about each reason, and order by place in the file."""
    sentence = pl.col("reason").replace_strict(SENTENCES, default=None, return_dtype=pl.String)
    return frame.with_columns(sentence.alias("sentence")).sort("record", "column", nulls_last=False)
