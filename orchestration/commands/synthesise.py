"""`bodyworn synthesise`: a whole programme with known truth, of any size, or a nation of them."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.release import fail

SEEDED = 1
RECORDINGS = 100_000


def synthesise(
    preset: Annotated[str, typer.Argument(help="A preset; a name that is not one lists them.")],
    out: Annotated[Path, typer.Option(help="An empty or new folder for the files.")],
    recordings: Annotated[
        int | None,
        typer.Option(min=1, help="How many recordings: 100,000, or 2,000 for each of several."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = SEEDED,
    faults: Annotated[
        str, typer.Option(help="Faults to plant, with commas; `all` for every one.")
    ] = "",
    forces: Annotated[
        int | None,
        typer.Option(min=1, help="A nation of so many forces, a programme each."),
    ] = None,
) -> None:
    """Write the files of a synthetic programme, and truth.json with them.

    truth.json holds every setting and the counts that metrics should give. With --forces the folder
    has a landing folder, the forces' programmes and a truth for each, and how to run it is said.
    Exit 0 written, 2 not possible and why.
    """
    from orchestration.synthetic_data.synthesise import SMALL, wanted_faults, write_nation
    from orchestration.synthetic_data.synthesise import synthesise as write

    try:
        _only_new(out)
        planted = wanted_faults(faults)
        if forces is not None:
            nation = write_nation(preset, forces, recordings or SMALL, seed, out.resolve(), planted)
            typer.echo(
                f"{nation.files} files of {forces} synthetic forces are in {nation.landing}, and"
                f" what metrics should give of each in {nation.truths}. To run them:\n"
                f"BODYWORN_HOME={out.resolve() / 'home'} BODYWORN_PROGRAMMES={nation.programmes}"
                f" bodyworn run --landing {nation.landing}"
            )
            return
        made = write(preset, recordings or RECORDINGS, seed, out, planted)
    except (ValueError, OSError) as error:
        fail(error)
    typer.echo(f"{len(made)} files of synthetic records and truth.json are in {out}.")


def _only_new(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} is not an empty folder: name a new one with --out")
