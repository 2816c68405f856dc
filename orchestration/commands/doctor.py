"""`bodyworn doctor`: looks at every part of the home, and repairs what is safe to repair."""

from typing import Annotated

import typer

from orchestration.commands.release import Json, fail, print_json


def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what can be without losing anything.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Look at home, lock, room, settings, ledger, raw, releases, status and Dagster's databases.

    --repair points `current` at the newest whole release, sets damaged releases and databases
    aside, and removes what killed runs left.

    Exit codes: 0 whole or repaired, 1 something is broken and what to do, 4 a run is under way.
    """
    from orchestration.runner.doctor import examine
    from orchestration.steps.lock import RunUnderWay

    try:
        checks = examine(repair=repair)
    except RunUnderWay as busy:
        fail(busy, 4)
    if as_json:
        print_json([check.as_dict() for check in checks])
    else:
        for check in checks:
            typer.echo(f"{check.state:<9}{check.name:<11}{check.sentence}")
            if check.remedy:
                typer.echo(f"{'':<20}{check.remedy}")
    raise typer.Exit(1 if any(check.state == "broken" for check in checks) else 0)
