"""`bodyworn erase`: a person's records are removed, and kept out of later loads."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.release import fail, print_json
from orchestration.commands.run import AsOf, Landing

if TYPE_CHECKING:
    from orchestration.runner.erase import EraseReport


def erase(  # noqa: PLR0913 - an option each
    *,
    programme: Annotated[str, typer.Option(help="The programme whose files name the person.")],
    kind: Annotated[
        str, typer.Option(help="Who it is: officer, complainant, defendant, staff or subject.")
    ],
    identifier_file: Annotated[
        Path,
        typer.Option(help="A text file with the person's identifiers, one a line, as files write"),
    ],
    by: Annotated[str, typer.Option(help="Who orders it: name and role. Kept on record.")] = "",
    why: Annotated[str, typer.Option(help="The reason, kept on record: name nobody.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    landing: Landing = None,
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Take a person's records out of everything but landing, and release without them.

    Files in landing are the force's own: those that still name the person are listed, and every
    later load leaves the person out. Exit codes: 0 erased, 1 not finished (call it again), 2
    nothing was done, 3 not found (and on the list for later deliveries), 4 a run is under way,
    5 a programme waits for a decision first.
    """
    from orchestration.ingestion.landing.home_settings import HomeProblem
    from orchestration.ingestion.ledger import LedgerProblem
    from orchestration.ingestion.pseudonyms.keys import KeyProblem
    from orchestration.runner.erase import erase as erasing
    from orchestration.runner.erase_request import CannotErase, EraseRequest
    from orchestration.steps.lock import RunUnderWay

    day = as_of.date() if as_of else None
    request = EraseRequest(programme, kind, identifier_file, by, why, landing, day, dry_run=dry_run)
    try:
        report = erasing(request)
    except (CannotErase, KeyProblem, LedgerProblem, HomeProblem) as error:
        fail(error)
    except RunUnderWay as error:
        fail(error, 4)
    if as_json:
        print_json(report.as_dict())
    else:
        typer.echo("\n".join(_sentences(report, programme)))
    raise typer.Exit(report.code)


def _sentences(report: "EraseReport", programme: str) -> list[str]:
    """The report in words; nothing of the person is in it."""
    is_rehearsal = report.entry is None
    lines = [_head(report, programme)]
    gone = [one for one in report.files if not one.is_in_landing]
    here = [one for one in report.files if one.is_in_landing]
    if gone:
        verb = "would be taken" if is_rehearsal else "were taken"
        lines.append(f"Rows that {verb} out of files that are no longer in landing:")
        lines += [f"  {one.name}: {one.rows} rows, {one.texts} texts" for one in gone]
    if here:
        lines.append("Files in landing that name the person, for the force to clean:")
        lines += [
            f"  {one.name}: {one.rows} rows, {one.texts} texts"
            + (", and it is called after the person: rename it" if one.is_named_after else "")
            for one in here
        ]
    if report.not_read:
        lines.append("Files in landing that could not be looked into:")
        lines += [f"  {sentence}" for sentence in report.not_read]
    if report.left:
        what = "Files of the home with traces" if is_rehearsal else "Traces are left in"
        lines += [f"{what}:", *(f"  {name}" for name in report.left)]
    if report.not_searched:
        lines.append("Files of the home that could not be searched (damaged, or locked): look into")
        lines += ["them, or take them away:", *(f"  {name}" for name in report.not_searched)]
    return [*lines, *report.said]


def _head(report: "EraseReport", programme: str) -> str:
    if report.entry is None:
        return "Nothing was changed." if report.files else "Nothing was changed: nobody was found."
    number = f"entry {report.entry} of the list of {programme}"
    return {
        0: f"Erased: {number}. Later deliveries are loaded without the person.",
        3: f"Not found in any file. Later deliveries are loaded without the person: {number}.",
        5: f"Not finished: {number}. A programme waits for a decision: `bodyworn release held`.",
    }.get(report.code, f"Not finished: {number}. Put right what is named below and call it again.")
