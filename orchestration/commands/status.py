"""`bodyworn status`: how the last run ended, and whether one succeeded in time."""

import json
import math
from typing import Annotated

import typer

MOST_HOURS = 24 * 366 * 10


def _hours(hours: float) -> float:
    if not math.isfinite(hours) or not 0 < hours <= MOST_HOURS:
        raise typer.BadParameter(f"more than 0 and up to {MOST_HOURS:,} hours; {hours:g} is not")
    return hours


def status(
    within_hours: Annotated[
        float, typer.Option(callback=_hours, help="A run must have succeeded within this time.")
    ] = 36,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for a program to read.")
    ] = False,
) -> None:
    """Exit 0 when a run succeeded in time, else 1; the first time it is late the webhook is called.

    Run it from another timer than `bodyworn run`, so that a missed run is noticed too.
    """
    from orchestration.steps.status import alarm_when_overdue, read_status

    late = alarm_when_overdue(hours=within_hours)
    known = read_status()
    if as_json:
        typer.echo(json.dumps(known | {"overdue": late}, indent=2, ensure_ascii=False))
    else:
        last = known.get("last_run")
        typer.echo(f"{last['at']} {last['sentence']}" if last else "No run yet.")
        if refusal := known.get("not_started"):
            typer.echo(f"{refusal['at']} {refusal['sentence']}")
        typer.echo(late or "In time.")
    raise typer.Exit(1 if late else 0)
