"""Sentences about files that were refused, stand in for newer ones, shrank, or lost rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboards.data.problems import FileProblem
from dashboards.text.figures import sentence
from dashboards.text.formats import day, escape, measured, whole
from orchestration.ingestion.validation.result import SENTENCES

NONE = "Nothing: every file in landing was read whole."
SEND_BACK = (
    "What was rejected, a row for each file, column and reason, with what to do about it. No "
    "delivered value is shown."
)
LINES = "Every line to send back with its file: line, column, reason and remedy."
NO_LINES = "The line numbers are not kept on this server: only the counts above are."
MOST_NAMED = 4
#: What to do about each reason for which a record is rejected.
REMEDIES = {
    "missing_required": "Fill in the value, or leave the record out.",
    "wrong_type": "Write the value as the column's type asks: a number without words or signs.",
    "impossible_date": "Write a date that exists, in the format that the contract declares.",
    "undeclared_offset": "Leave the offset out, or let the contract declare it.",
    "missing_offset": "Export times with their offset, or let the contract take them as local.",
    "text_after_time": "Write hours from 0 to 23, or let the contract declare AM and PM.",
    "ends_before_start": "Check the two times: one of them, or their order, is wrong.",
    "below_minimum": "Check the value; if it is right, ask for a lower limit in the contract.",
    "above_maximum": "Check the value; if it is right, ask for a higher limit in the contract.",
    "text_too_long": "Shorten the text, or ask for a greater length in the contract.",
    "too_many_digits": "Write fewer digits, or ask for a wider type in the contract.",
    "rounded_number": "Export the column as text: a spreadsheet has rounded its long numbers.",
    "control_character": "Take the control character out of the text.",
    "unknown_area": "Use a name of an area of the programme, or add this spelling to its aliases.",
    "conflicting_key": "Keep one record for each key, or tell the records apart by their key.",
    "ragged": "Give the record as many fields as the header; quote text that holds the separator.",
    "bad_bytes": "Save the file in the encoding that the contract states.",
    "bad_quotes": "Close every quote, and double a quote inside quoted text.",
    "stray_return": "Quote the text that holds the line break, or take the break out.",
    "too_long": "Split the record: it is longer than any that a table of this kind holds.",
    "cell_error": "Mend the formula in the spreadsheet, and export again.",
    "not_json": "Write one JSON object on each line.",
    "repeated_member": "Give each member of the object once.",
}
OUTCOMES = {
    "counts": "counted",
    "stale": "counted in an earlier version",
    "refused": "refused",
    "superseded": "replaced by a newer one",
    "withdrawn": "taken out",
}
NO_FILES = "No file was delivered for this programme."


def said(problem: FileProblem) -> str:
    """A problem in one or two sentences: what counts now, which file, what happened, and why."""
    what = problem.table.split(".")[-1].replace("_", " ")
    name = f"**{escape(what).capitalize()}**"
    file = escape(problem.file.rsplit("/", 1)[-1])
    on = f" as delivered on {day(problem.stands)}" if problem.stands else ""
    match problem.kind:
        case "refused":
            first = f"{name} stand{on}: {file}" if on else f"{name}: none could be read. {file}"
            return f"{first} was refused. {sentence(problem.reason)}"
        case "stale":
            return f"{name} stand{on}: the newer {file} was refused. {sentence(problem.reason)}"
        case "shrunken":
            delivered = f", delivered on {day(problem.stands)}," if problem.stands else ""
            return f"{name}: {file}{delivered} has under half of the rows of the file before it."
    share = measured(100 * problem.rejected / problem.records, "%")
    return (
        f"{name}: {whole(problem.rejected)} of {whole(problem.records)} records of {file} were "
        f"rejected ({share})."
    )


def fresh(names: Sequence[str], since: str) -> str:
    """The files that were not in the release before, by name."""
    if not names:
        return f"No file is new since release {escape(since)}."
    shown = ", ".join(escape(name.rsplit("/", 1)[-1]) for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else ""
    noun = "file is" if len(names) == 1 else "files are"
    return f"{whole(len(names))} {noun} new since release {escape(since)}: {shown}{more}."


def in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with a `reason` in words, and what to do about each as a column `remedy`."""
    usual = "Correct it at the source and send the file again."
    remedies = [REMEDIES.get(reason, usual) for reason in rows["reason"]]
    said = pl.col("reason").replace(SENTENCES)
    return rows.with_columns(said, remedy=pl.Series(remedies, dtype=pl.String))


def newest(row: Mapping[str, Any]) -> str:
    """The file that came last, and how much of it was accepted."""
    accepted = f"{whole(row['accepted'])} of {whole(row['records'])} records accepted"
    return f"Newest: {escape(row['file_name'])}, as of {day(row['as_of'])}, {accepted}."
