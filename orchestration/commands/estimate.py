"""`bodyworn estimate`: one study on one table, without the pipeline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration import paths
from orchestration.commands.release import fail, print_json

if TYPE_CHECKING:
    from orchestration.evaluation.core import Result

REFUSED = 2
REGISTER = paths.STUDIES / "register.csv"


def estimate(
    study: Annotated[Path, typer.Argument(help="The study file (YAML).")],
    data: Annotated[
        Path | None, typer.Option(help="Its table, CSV or Parquet; default: what the study names.")
    ] = None,
    register: Annotated[Path, typer.Option(help="The register of studies.")] = REGISTER,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Run a study and print what it found. Exit 0 estimated, 2 refused."""
    from orchestration.evaluation.core import Refusal
    from orchestration.studies.register import status_of
    from orchestration.studies.study import estimate as run
    from orchestration.studies.study import read_study, table_for

    try:
        read = read_study(study)
        found = run(read, table_for(read, data, study.parent))
    except Refusal as error:
        fail(error, REFUSED)
    status = status_of(read, register)
    if as_json:
        said = {"study_sha256": read.sha256, "status": status.word, "status_reason": status.reason}
        print_json(found.document() | said)
        return
    typer.echo(f"{read.title}\n{found.summary}\n  {status.word}: {status.reason}")
    _print_figures(found)


def _print_figures(found: "Result") -> None:
    from orchestration.evaluation.wording import as_said

    typer.echo(f"  {found.measure}, by {found.method}")
    typer.echo(f"  scale: {found.scale} ({found.scale.meaning})")
    for name, value in found.figures.items():
        typer.echo(f"  {name}: {as_said(value)}")
    for gate in found.gates:
        typer.echo(f"  {'met' if gate.passed else 'NOT MET'}: {gate.name}: {gate.reason}")
    for note in found.notes:
        typer.echo(f"  note: {note}")
