"""`bodyworn study`: plans registered before their outcomes, and bundles to replicate studies."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration import paths
from orchestration.commands.estimate import REGISTER
from orchestration.commands.release import Json, fail, print_json

app = typer.Typer(
    name="study", no_args_is_help=True, help="Register studies, and bundle them for replication."
)
File = Annotated[Path, typer.Argument(help="The study file (YAML).")]
Register = Annotated[Path, typer.Option("--register", help="The register of studies.")]


@app.command(epilog="Example: bodyworn study register trial.yml --link https://osf.io/abcde")
def register(
    study: File,
    link: Annotated[str, typer.Option(help="Where an outside registry holds the plan.")] = "",
    could_have_seen: Annotated[
        str,
        typer.Option(help="Outcomes have begun and their data are not obtained: who has them."),
    ] = "",
    where: Register = REGISTER,
) -> None:
    """Append a study to the register, sealed with the entry before it; then commit the register."""
    from orchestration.evaluation.core import Refusal
    from orchestration.studies.register import register as append
    from orchestration.studies.register import status_of
    from orchestration.studies.study import read_study

    try:
        read = read_study(study)
        entry = append(read, where, link, could_have_seen=could_have_seen)
    except Refusal as error:
        fail(error)
    status = status_of(read, where)
    typer.echo(f"{entry.study}, {entry.study_sha256[:12]}, registered at {entry.registered_at}")
    typer.echo(f"{status.word}: {status.reason}")


@app.command("list", epilog="Example: bodyworn study list --json")
def list_(where: Register = REGISTER, *, as_json: Json = False) -> None:
    """Print the register, after its chain was checked. Exit 2 where the chain is broken."""
    from dataclasses import asdict

    from orchestration.evaluation.core import Refusal
    from orchestration.studies.register import read_register

    try:
        entries = read_register(where)
    except Refusal as error:
        fail(error)
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    for entry in entries:
        window = f"{entry.outcome_from} to {entry.outcome_to}"
        typer.echo(f"{entry.registered_at}  {entry.study_sha256[:12]}  {window}  {entry.study}")
    typer.echo(f"{len(entries)} registered, chain whole")


@app.command(epilog="Example: bodyworn study bundle trial.yml --data shifts.csv --out bundle")
def bundle(
    study: File,
    out: Annotated[Path, typer.Option(help="A new folder.")],
    data: Annotated[Path | None, typer.Option(help="The table; default: the study's own.")] = None,
    where: Register = REGISTER,
    *,
    is_public: Annotated[
        bool, typer.Option("--public", help="It leaves the building: apply disclosure.")
    ] = False,
) -> None:
    """Write study, table, result, code version and the command that repeats it into a folder."""
    from orchestration.evaluation.core import Refusal
    from orchestration.release import manifest
    from orchestration.studies.bundle import bundle_files, write_bundle
    from orchestration.studies.register import status_of
    from orchestration.studies.study import estimate, read_study, table_for

    code = manifest.code(paths.ROOT)
    try:
        read = read_study(study)
        table = table_for(read, data, study.parent)
        found = estimate(read, table), status_of(read, where)
        text = study.read_text("utf-8")
        files, done = bundle_files(text, read, table, found, code, is_public=is_public)
        write_bundle(out, files)
    except Refusal as error:
        fail(error)
    typer.echo(f"Bundle of {read.name} in {out}")
    for each in done:
        typer.echo(f"  {each}")
