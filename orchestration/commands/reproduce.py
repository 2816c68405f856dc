"""`bodyworn reproduce`: a release made again from the same files, compared hash by hash."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from orchestration import paths
from orchestration.commands.release import Json, Name, find_release, print_json


def reproduce(
    release: Name = "current",
    landing: Annotated[
        Path | None, typer.Option(help="Where the delivered files are; the default landing folder.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Replay a release in a temporary home: exit 0 same, 1 differs, 2 cannot be replayed and why.

    Example: bodyworn reproduce current --landing ../shared/data
    """
    from orchestration.runner.reproduce import reproduce as replay

    made = replay(find_release(release), landing or paths.landing(), root=paths.ROOT)
    heading = (
        f"{made.release}: same hashes.",
        f"{made.release}: other hashes.",
        f"{made.release} cannot be reproduced here:",
    )[made.code]
    if as_json:
        print_json(asdict(made))
    else:
        typer.echo("\n".join([heading, *made.sentences]))
    raise typer.Exit(made.code)
