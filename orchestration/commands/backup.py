"""`bodyworn backup` and `bodyworn restore`: a home kept elsewhere, and brought back."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.release import fail

MEGABYTE = 1_000_000


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write; it must not be there.")],
    keys: Annotated[
        bool, typer.Option("--keys", help="Only the keys, which no other backup holds.")
    ] = False,
) -> None:
    """Write what no run can make again into one file: landing, ledger, releases, log, settings.

    Keys are left out: keep their backup in another place. The file is as secret as landing: encrypt
    it on its way. Exit 2 where nothing was written, 4 while a run is under way.
    """
    from orchestration.runner.backup import CannotBackUp, back_up
    from orchestration.steps.lock import RunUnderWay

    try:
        made = back_up(target, keys=keys)
    except CannotBackUp as problem:
        fail(problem)
    except RunUnderWay as busy:
        fail(busy, 4)
    what = f", serving {made.release}" if made.release else ""
    typer.echo(f"{made.files} files, {made.size / MEGABYTE:.1f} MB{what}, in {target}.")
    for link in made.links:
        typer.echo(f"Left out, a link that is followed nowhere: {link}", err=True)


def restore(
    source: Annotated[Path, typer.Argument(help="A file that `bodyworn backup` wrote.")],
) -> None:
    """Put a backup into an empty home, each file compared with its hash first.

    What stopped on its way is finished by the same command; until then no run starts. Exit 2 where
    nothing was restored, 4 while a run is under way.
    """
    from orchestration.runner.backup import CannotBackUp
    from orchestration.runner.backup import restore as bring_back
    from orchestration.steps.lock import RunUnderWay

    try:
        made = bring_back(source)
    except CannotBackUp as problem:
        fail(problem)
    except RunUnderWay as busy:
        fail(busy, 4)
    what = f"; {made.release} serves" if made.release else ""
    typer.echo(f"{made.files} files are back{what}. `bodyworn run` makes all the rest again.")
