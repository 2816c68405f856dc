"""`bodyworn record`: what to look at again in the public record of the programmes."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from orchestration.commands.release import Json, fail, print_json

app = typer.Typer(
    name="record", no_args_is_help=True, help="The public record of promises and reports."
)


@app.callback()
def group() -> None:
    """The public record of promises and reports."""


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is not a day such as 2027-03-01") from error


@app.command(epilog="Example: bodyworn record check --on 2027-03-01")
def check(
    on: Annotated[str | None, typer.Option(help="The day to check for; default: today.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """List old searches, undated and lone sources, and contradictions that nobody resolved."""
    from orchestration.programmes.programme import ProgrammeProblem, read_programmes
    from orchestration.programmes.record_check import checks_due

    day = _day(on)
    try:
        programmes = read_programmes()
    except ProgrammeProblem as error:
        fail(error)
    found = [(each.programme, one) for each in programmes for one in checks_due(each, day)]
    if as_json:
        print_json([{"programme": name} | one.model_dump(mode="json") for name, one in found])
        return
    for name, one in found:
        typer.echo(f"{name}  {one.kind.replace('_', ' ')}  {one.about}: {one.words}")
    typer.echo(f"{len(found)} to look at again on {day}")
