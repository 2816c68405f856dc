"""`bodyworn synthesise`: a whole programme with known truth, of any size."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.release import fail

SEEDED = 1


def synthesise(
    preset: Annotated[str, typer.Argument(help="A preset; a name that is not one lists them.")],
    out: Annotated[Path, typer.Option(help="An empty or new folder for the files.")],
    recordings: Annotated[int, typer.Option(min=1, help="How many recordings.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = SEEDED,
    faults: Annotated[
        str, typer.Option(help="Faults to plant, with commas; `all` for every one.")
    ] = "",
) -> None:
    """Write the files of a synthetic programme, and truth.json with them.

    truth.json holds every setting and the counts that metrics should give.
    Exit 0 written, 2 not possible and why.
    """
    from orchestration.synthetic_data.synthesise import synthesise as write
    from orchestration.synthetic_data.synthesise import wanted_faults

    try:
        _only_new(out)
        made = write(preset, recordings, seed, out, wanted_faults(faults))
    except (ValueError, OSError) as error:
        fail(error)
    typer.echo(f"{len(made)} files of synthetic records and truth.json are in {out}.")


def _only_new(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} is not an empty folder: name a new one with --out")
