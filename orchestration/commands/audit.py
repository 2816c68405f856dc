"""`bodyworn audit`: the record of who saw and did what, checked and exported."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestration import paths
from orchestration.commands.release import Json, fail, print_json

app = typer.Typer(name="audit", no_args_is_help=True, help="Check and export the audit log.")
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@app.command(epilog="Example: bodyworn audit verify && echo whole")
def verify(as_json: Json = False) -> None:
    """Check every line, the chain, and the last line that each release carries.

    Prints number and hash of the last event: kept elsewhere, they show when later lines go. Exit
    codes: 0 whole, 1 something is wrong and is named.
    """
    from orchestration.access import audit_log
    from orchestration.release.history import anchors_of

    folder, anchors = paths.audit_log(), anchors_of(paths.releases())
    faults, head = audit_log.verify(folder, anchors), audit_log.head(folder)
    if as_json:
        last = head.as_dict() if head else None
        print_json(
            {"is_whole": not faults, "faults": faults, "head": last, "anchors": len(anchors)}
        )
    elif faults:
        typer.echo("\n".join(["The audit log cannot be relied on:", *(f"- {f}" for f in faults)]))
    elif head is None:
        typer.echo("The audit log holds no event yet.")
    else:
        said = f"{head.sequence} events, the chain is whole, and so say {len(anchors)} releases."
        typer.echo(f"{said}\nLast: {head.sequence} {head.hash}")
    raise typer.Exit(1 if faults else 0)


@app.command(epilog="Example: bodyworn audit export --since 2026-11-01 --out november.jsonl")
def export(
    out: Annotated[Path, typer.Option(help="The file to write; it must not be there.")],
    since: Day = None,
    until: Day = None,
) -> None:
    """Write the events of some days, first and last included, or all of them, as JSON lines.

    The lines are those of the log, hashes and all; a line that is no event is among them. Exit 2
    where the file is there already.
    """
    from orchestration.access import audit_log

    first = f"{since:%Y-%m-%d}" if since else ""
    last = f"{until:%Y-%m-%d}" if until else "9999"
    lines = audit_log.between(paths.audit_log(), first, last)
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
    except FileExistsError:
        fail(FileExistsError(f"{out} is there already: name another file"))
    audit_log.record_operator(paths.audit_log(), "export", "audit log", file=out.name)
    typer.echo(f"{len(lines)} events in {out}.")
