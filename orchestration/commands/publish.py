"""`bodyworn publish`: what is public of a release, proposed by one person, approved by another."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.release import fail, find_release, print_json
from orchestration.commands.run import AsOf, Landing

if TYPE_CHECKING:
    from orchestration.release.decisions import Approval, Decision

Name = Annotated[str, typer.Argument(help="Release id or the start of one, `current` or `parent`.")]
By = Annotated[str, typer.Option(help="Who proposes or approves: name and role. Kept on record.")]
Why = Annotated[str, typer.Option(help="The reason. Readers see it: name no person.")]


def publish(  # noqa: PLR0913 - an option each
    name: Name = "current",
    *,
    to: Annotated[Path | None, typer.Option(help="Copy the public files into this folder.")] = None,
    propose: Annotated[bool, typer.Option("--propose", help="Ask for it to be public.")] = False,
    approve: Annotated[
        bool, typer.Option("--approve", help="Agree, as another person than who proposed it.")
    ] = False,
    correction: Annotated[
        str | None, typer.Option(help="Publish before the next date, and why. Readers see it.")
    ] = None,
    by: By = "",
    why: Why = "",
    landing: Landing = None,
    as_of: AsOf = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for a program to read.")
    ] = False,
) -> None:
    """Propose or approve a release for the public, copy its public files, or publish a correction.

    Only `public/` of a release can be copied, and only once one person proposed the release and
    another approved it. A correction makes a release with a public part before its date, proved
    against everything that was published before.
    """
    chosen = [to is not None, propose, approve, correction is not None]
    if sum(chosen) != 1:
        fail(ValueError("Say one of --propose, --approve, --to FOLDER and --correction WHY."))
    if correction is not None:
        _correct(correction, landing, as_of, as_json=as_json)
    elif to is not None:
        _copy(find_release(name), to, as_json=as_json)
    else:
        _decide(find_release(name), by, why, is_approval=approve, as_json=as_json)


def _decide(release: Path, by: str, why: str, *, is_approval: bool, as_json: bool) -> None:
    from orchestration import paths
    from orchestration.access import audit_log
    from orchestration.release.decisions import CannotDecide
    from orchestration.release.public import copy_out
    from orchestration.steps.lock import RunUnderWay, run_lock

    try:
        with run_lock():
            made: Decision = (
                copy_out.approve(release, by, why, _approval())
                if is_approval
                else copy_out.propose(release, by, why)
            )
            audit_log.record_operator(
                paths.audit_log(), "approve", release.name, verdict=made.verdict, by=made.by
            )
    except (CannotDecide, copy_out.CannotPublish) as error:
        fail(error)
    except RunUnderWay as error:
        fail(error, 4)
    if as_json:
        print_json(made.as_dict())
    else:
        typer.echo(f"{release.name}: {made.sentence}")


def _copy(release: Path, to: Path, *, as_json: bool) -> None:
    from orchestration import paths
    from orchestration.access import audit_log
    from orchestration.release.public.copy_out import CannotPublish, copy_out

    try:
        files = copy_out(release, to.absolute(), _approval())
    except CannotPublish as error:
        fail(error)
    audit_log.record_operator(paths.audit_log(), "export", release.name, part="public", to=to.name)
    if as_json:
        print_json({"release": release.name, "files": [str(path) for path in files]})
    else:
        typer.echo(f"Public files of {release.name} are in {to}: {len(files)} files.")


def _approval() -> "Approval":
    from orchestration.ingestion.landing.home_settings import HomeProblem, read_home_settings

    try:
        return read_home_settings().approval
    except HomeProblem as error:
        fail(error)


def _correct(why: str, landing: Path | None, as_of: datetime | None, *, as_json: bool) -> None:
    from orchestration.runner.run import RunRequest, run
    from orchestration.runner.run_report import as_text, summarise

    if not why.strip():
        fail(ValueError("A correction needs a reason: --correction says why, for readers."))
    day = as_of.date() if as_of else None
    report = run(RunRequest(landing, day, correction=why.strip().rstrip(".")))
    summary = summarise(report)
    if as_json:
        print_json(summary)
    else:
        typer.echo(as_text(summary), err=report.status.code in {1, 2, 4})
    raise typer.Exit(report.status.code)
