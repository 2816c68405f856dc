"""`bodyworn plan`: power, sizes and schedules of a trial that is still to come."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.estimate import REFUSED
from orchestration.commands.release import fail, print_json

if TYPE_CHECKING:
    from orchestration.evaluation.core import Result
    from orchestration.studies.study import Study


def plan(
    study: Annotated[Path, typer.Argument(help="The plan (YAML), its design one of planning.")],
    data: Annotated[
        Path | None, typer.Option(help="Its table, CSV or Parquet; default: what the plan names.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the schedule to this CSV file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Work out a plan, or randomise a schedule. Exit 0 planned, 2 refused."""
    from orchestration.evaluation.core import Refusal
    from orchestration.evaluation.wording import as_said
    from orchestration.studies.study import read_study

    try:
        read = read_study(study)
        found = _worked_out(read, data, study.parent)
        if out is not None:
            _write(found, out)
    except Refusal as error:
        fail(error, REFUSED)
    if as_json:
        print_json(found.document() | {"study_sha256": read.sha256})
        return
    typer.echo(f"{read.title}\n{found.summary}")
    for name, value in found.figures.items():
        typer.echo(f"  {name}: {as_said(value)}")


def _worked_out(read: "Study", data: Path | None, folder: Path) -> "Result":
    from orchestration.evaluation.core import Refusal
    from orchestration.evaluation.planning import DESIGNS
    from orchestration.studies.study import estimate, table_for

    if read.design not in DESIGNS:
        names = ", ".join(sorted(each.name for each in DESIGNS))
        raise Refusal(f"{read.design.name} is no plan; plans are: {names}")
    return estimate(read, table_for(read, data, folder))


def _write(found: "Result", out: Path) -> None:
    """The schedule as CSV; raises Refusal where the plan has none, or the file is there already."""
    import polars as pl

    from orchestration.evaluation.core import Refusal

    if "schedule" not in found.diagnostics:
        raise Refusal("this plan makes no schedule: leave `--out` away")
    if out.exists():
        raise Refusal(f"{out.name} is there already: a schedule is never overwritten")
    try:
        pl.DataFrame(found.diagnostics["schedule"], infer_schema_length=None).write_csv(out)
    except OSError as error:
        raise Refusal(f"{out} cannot be written: {error.strerror or error}") from error
