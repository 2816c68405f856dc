"""The result of validating a file: counts, rejects, flags, dates, and the rows to store."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from orchestration.ingestion.delivery import Fault

if TYPE_CHECKING:
    import duckdb

WHOLE_RECORD = "(whole record)"
REJECTS = {"record": pl.Int64, "line": pl.Int64, "column": pl.String, "reason": pl.String}

# One sentence per reason, for the person who sent the file. A value is never quoted: in a shifted
# row any column may hold a name.
SENTENCES = {
    "missing_required": "The value is missing, and a record cannot be used without it.",
    "wrong_type": (
        "The value cannot be read as the declared type: a number has no thousands separator, unit,"
        " sign or no-break blank, and a point before its decimals; a date is written as the"
        " `formats` of the contract say, or as 2024-05-31."
    ),
    "impossible_date": (
        "The date does not exist in the declared format or lies outside its limits: a date is"
        " written as the `formats` of the contract say, or as 2024-05-31, and not after the day of"
        " the run; hours run from 00 to 23, and the end of a day is `00:00` of the next."
    ),
    "undeclared_offset": "The time carries an offset from UTC that the contract does not declare.",
    "missing_offset": (
        "The time carries no offset from UTC, and the contract turns times to UTC: which clock it"
        " was read from is not known. Export it with its offset (`2024-05-31T10:00:00+01:00`, or Z)"
        " or, where every time is local, leave `offset: utc` out of the contract."
    ),
    "text_after_time": (
        "Text follows the time, such as AM, PM or the name of a time zone: write hours from 0 to"
        " 23, or let the contract declare a format with %I and %p."
    ),
    "ends_before_start": "It ends before it begins.",
    "below_minimum": "The value is below the lowest one the contract allows.",
    "above_maximum": "The value is above the highest one the contract allows.",
    "too_many_digits": (
        "The number has more digits than the type in the contract holds, and rounded it would be"
        " another one: export it with fewer, or let the contract declare a wider type."
    ),
    "rounded_number": (
        "A spreadsheet has rounded this number or id (`1.23E+11`): export it again with the column"
        " as text."
    ),
    "text_too_long": "The text is longer than the contract allows (its `max_length`).",
    "control_character": (
        "The text holds a character that stands for nothing, such as NUL, or the mark of a letter"
        " that was lost: take it out. If the contract states latin-1, the file may be in"
        " windows-1252."
    ),
    "unknown_area": (
        "The programme has no area of this name: correct it, or add the spelling to the `aliases`"
        " of its area in programme.yml."
    ),
    "conflicting_key": "Several records of this file share this key and differ in content.",
    "ragged": "The record has more or fewer fields than the header.",
    "bad_bytes": (
        "The record holds bytes that are not text in the stated encoding: save the file so, or"
        " state the encoding it is in, often windows-1252, in the `format` of the contract."
    ),
    "bad_quotes": (
        "A quote is not closed, text follows a closing quote, or a stray quote would swallow the"
        " records below."
    ),
    "stray_return": "A carriage return stands inside the record, outside quotes.",
    "too_long": "The record is longer than two million bytes.",
    "cell_error": "The cell holds an error such as #N/A or #REF! in the place of a value.",
    "not_json": "The line is not one JSON object.",
    "repeated_member": (
        "The object, or one inside it, gives a member twice, and which of the two holds is not"
        " said."
    ),
}


@dataclass(frozen=True)
class AcceptedRows:
    """A query of the accepted rows, and the open connection it runs on.

    Its columns are those of the contract that are kept, in order, and then `record_number`, which
    counts from 1 in the delivered file. Identifiers are pseudonyms.
    """

    con: "duckdb.DuckDBPyConnection"
    query: str


def no_rejects() -> pl.DataFrame:
    """The rejects of a file without a fault."""
    return reject_rows([])


@dataclass(frozen=True, kw_only=True)
class ValidationResult:
    """What is stored of one file, and what is reported about the rest.

    `refused` says why the whole file is refused; everything but the counts is then empty, except
    `rejects` and `areas` where too little fits. `areas` are the programme's areas that the rows
    name, empty where a row names none or an unknown one. `met_limit` says that the file exceeded a
    limit, which may be raised.

    `lost_months` are first days of months that have rows in the file, of which none is accepted;
    `lost_areas` the same for an area in a month, or in all months where no column dates the rows.
    Rows of `erased` people are not among the records; in other rows `erased_texts` that mention
    them are emptied. `duplicates_kept` counts accepted rows of a table without a key that equal an
    earlier one. `rejects` has a row per record and faulty column (record, line, column, reason,
    sentence). `flagged` counts accepted rows by `column.flag`. `physical_lines` counts all lines of
    text, including the header's and those inside quoted texts; None where the format has none.
    `unknown_areas` are spellings of no area of the programme, made printable, each with its rows:
    for a terminal, never kept. `rows` can be read while `validated` is open; None when the file is
    refused.
    """

    records: int = 0
    physical_lines: int | None = None
    accepted: int = 0
    rejected: int = 0
    blank: int = 0
    duplicates: int = 0
    duplicates_kept: int = 0
    erased: int = 0
    erased_texts: int = 0
    refused: str | None = None
    kept_refusal: str | None = None
    met_limit: bool = False
    rejects: pl.DataFrame = field(default_factory=no_rejects)
    flagged: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    first_event: date | None = None
    last_event: date | None = None
    lost_months: list[date] = field(default_factory=list)
    lost_areas: list[tuple[str, date | None]] = field(default_factory=list)
    added_columns: dict[int, str] = field(default_factory=dict)
    unknown_areas: dict[str, int] = field(default_factory=dict)
    areas: list[str] = field(default_factory=list)
    rows: AcceptedRows | None = None

    @property
    def reason(self) -> str | None:
        """Why the file is refused, in words that may be kept."""
        return self.kept_refusal or self.refused

    @property
    def kept_warnings(self) -> list[str]:
        """The warnings in words that may be kept: an undeclared header may be a name."""
        places = [f"column {place}" for place in self.added_columns]
        return [*_undeclared(places), *self.warnings]

    @property
    def all_warnings(self) -> list[str]:
        """The warnings with undeclared headers, for a terminal."""
        return [*_undeclared(list(self.added_columns.values())), *self.warnings]

    @property
    def accounted(self) -> int:
        """How many records are accounted for: accepted, rejected, blank or duplicate."""
        return self.accepted + self.rejected + self.blank + self.duplicates

    @property
    def reconciled(self) -> bool:
        """Whether every record of the file is accounted for."""
        return self.refused is None and self.accounted == self.records


def _undeclared(columns: list[str]) -> list[str]:
    said = f"Columns the contract does not declare: {', '.join(columns)}."
    return [said] if columns else []


def reject_rows(faults: list[Fault]) -> pl.DataFrame:
    """Faults as a frame (record, line, column, reason, sentence), ordered by place."""
    frame = pl.DataFrame(faults, schema=REJECTS, orient="row")
    return with_sentences(frame)


def with_sentences(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what a sender can do about each reason, and order by position in the file."""
    sentence = pl.col("reason").replace_strict(SENTENCES, default=None, return_dtype=pl.String)
    return frame.with_columns(sentence.alias("sentence")).sort("record", "column", nulls_last=False)


def count_rejects(rejects: pl.DataFrame) -> list[dict[str, Any]]:
    """How many records each column and reason rejected, in order."""
    return (
        rejects.with_columns(pl.col("column").fill_null(WHOLE_RECORD))
        .group_by(pl.col("column").alias("column_name"), "reason")
        .agg(pl.col("record").n_unique().cast(pl.Int64).alias("rejected_count"))
        .sort("column_name", "reason")
        .to_dicts()
    )
