"""Sentences about files that were refused, stand in for newer ones, shrank, or lost rows."""

from collections.abc import Mapping
from typing import Any

from dashboards.data.problems import FileProblem
from dashboards.text.figures import sentence
from dashboards.text.formats import day, escape, measured, whole

NONE = "Nothing: every file in landing was read whole."
SEND_BACK = (
    "What was rejected, by file, column and reason, to send back with the file. Line numbers stand "
    "in the quarantine folder of the run; no delivered value is shown here."
)
OUTCOMES = {
    "counts": "counted",
    "stale": "counted in an earlier version",
    "refused": "refused",
    "superseded": "replaced by a newer one",
    "withdrawn": "taken out",
}
NO_FILES = "No file was delivered for this programme."


def said(problem: FileProblem) -> str:
    """A problem in a sentence or two: which file, what became of it, and why."""
    what = problem.table.split(".")[-1].replace("_", " ")
    name = f"**{escape(what).capitalize()}**"
    file = escape(problem.file.rsplit("/", 1)[-1])
    match problem.kind:
        case "refused":
            return f"{name}: {file} was refused. {sentence(problem.reason)}"
        case "stale":
            return (
                f"{name} stand as they were delivered before: the newer {file} was refused. "
                f"{sentence(problem.reason)}"
            )
        case "shrunken":
            return f"{name}: {file} has under half of the rows of the file before it."
    share = measured(100 * problem.rejected / problem.records, "%")
    return (
        f"{name}: {whole(problem.rejected)} of {whole(problem.records)} records of {file} were "
        f"rejected ({share})."
    )


def newest(row: Mapping[str, Any]) -> str:
    """The file that came last, and how much of it was accepted."""
    accepted = f"{whole(row['accepted'])} of {whole(row['records'])} records accepted"
    return f"Newest: {escape(row['file_name'])}, as of {day(row['as_of'])}, {accepted}."
