"""`bodyworn release`: what has been published, what changed, and whether it is whole."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from orchestration import paths

if TYPE_CHECKING:
    from orchestration.release.decisions import Verdict
    from orchestration.release.held import Held

app = typer.Typer(
    name="release",
    no_args_is_help=True,
    help="List, show, compare, verify, hold, withdraw and prune releases.",
)
WITHDRAWN = 3
"""Exit code of `verify` for a release that is whole but withdrawn."""
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Programme = Annotated[str, typer.Argument(help="A programme that `release held` lists.")]
By = Annotated[str, typer.Option(help="Who decides: name and role. It is kept on record.")]
Why = Annotated[str, typer.Option(help="The reason. Readers see it: name no person.")]
Name = Annotated[str, typer.Argument(help="Release id or the start of one, `current` or `parent`.")]


def print_json(value: object) -> None:
    """One JSON document on standard output; dates in ISO 8601."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def fail(error: Exception, code: int = 2) -> NoReturn:
    """One line that says what to do, and an exit code other than 0."""
    typer.echo(str(error), err=True)
    raise typer.Exit(code) from error


def find_release(name: str) -> Path:
    """The release's folder, or exit 2 with the names there are."""
    from orchestration.release.current import NoRelease, find

    try:
        return find(paths.releases(), name)
    except NoRelease as error:
        fail(error)


@app.command("list", epilog="Example: bodyworn release list --json")
def list_command(as_json: Json = False) -> None:
    """All releases that are kept, newest first; `*` marks the one being served."""
    from orchestration.release import current, summary

    entries = current.list_releases(paths.releases())
    for folder in current.published(paths.releases()):
        if problem := current.unreadable(folder):
            typer.echo(f"{problem}. `bodyworn doctor` looks at all of it.", err=True)
    if as_json:
        print_json([entry.as_dict() for entry in entries])
    else:
        typer.echo(summary.listing(entries))


@app.command(epilog="Example: bodyworn release show 2026-11-21-0f3a")
def show(name: Name = "current", as_json: Json = False) -> None:
    """One release: its inputs in order of arrival, code, tests and tables."""
    from orchestration.release import current, summary

    release = find_release(name)
    made = current.read_manifest(release)
    found = current.summarise(release, current.current(paths.releases()))
    if as_json:
        withdrawn = found.as_dict()["withdrawn"]
        print_json(made | {"run": current.read_run(release), "withdrawn": withdrawn})
    else:
        typer.echo(summary.description(made, found))


@app.command(epilog="Example: bodyworn release diff parent current")
def diff(old: Name = "parent", new: Name = "current", as_json: Json = False) -> None:
    """Figures that moved between two releases, values that went missing, tables and checks."""
    from dataclasses import asdict

    from orchestration.release import compare, summary, tiers

    both = find_release(old), find_release(new)
    for release in both:
        if on := tiers.purged_on(release):
            said = f"of {release.name} only public/ is left, since a person was erased on {on}"
            fail(ValueError(f"Nothing to compare: {said}."))
    found = compare.diff(*both)
    if as_json:
        print_json(asdict(found))
    else:
        typer.echo(summary.difference(found))


@app.command(epilog="Example: bodyworn release verify current && echo whole")
def verify(name: Name = "current", as_json: Json = False) -> None:
    """Compute every hash again.

    Exit codes: 0 whole, 1 something differs and is named, 3 whole but withdrawn.
    """
    from orchestration.release import damage, summary, tiers, withdrawal

    release = find_release(name)
    found = damage.verify(release)
    mark, purged_on = withdrawal.read(release), tiers.purged_on(release)
    if as_json:
        result = {"release": release.name, "is_whole": not found, "differences": found}
        withdrawn = mark.as_dict() if mark else None
        print_json(result | {"withdrawn": withdrawn, "purged_on": purged_on})
    else:
        typer.echo(summary.verified(release.name, found, mark, purged_on))
    raise typer.Exit(1 if found else WITHDRAWN if mark else 0)


@app.command(epilog='Example: bodyworn release withdraw 2026-11-21-0f3a --why "A month is missing"')
def withdraw(
    name: Name,
    why: Annotated[str, typer.Option(help="What is wrong. Readers see it: name no person.")],
    as_json: Json = False,
) -> None:
    """Mark a release as withdrawn: it stays on record, and readers who open it see why.

    Pages say so at once. The release being served stays in place until the next one replaces it.
    """
    from orchestration.access import audit_log
    from orchestration.release import summary
    from orchestration.release import withdraw as withdrawing
    from orchestration.steps.lock import RunUnderWay, run_lock

    release = find_release(name)
    try:
        with run_lock():
            mark = withdrawing.withdraw(release, why)
            audit_log.record_operator(
                paths.audit_log(), "publish", release.name, change="withdrawn"
            )
    except withdrawing.CannotWithdraw as error:
        fail(error)
    except RunUnderWay as error:
        fail(error, 4)
    if as_json:
        print_json(mark.as_dict())
    else:
        typer.echo(summary.withdrawn(mark))


@app.command("held", epilog="Example: bodyworn release held --json")
def held_command(as_json: Json = False) -> None:
    """Programmes whose new figures wait for a person, with the reasons and earlier decisions."""
    from orchestration.release import held, summary
    from orchestration.release.decisions import decisions

    waiting, made = held.waiting(paths.releases()), decisions(paths.releases())
    if as_json:
        listed = [one.as_dict() for one in made]
        print_json({"waiting": [one.as_dict() for one in waiting], "decisions": listed})
    else:
        typer.echo(summary.waiting(waiting, made))


@app.command(epilog='Example: bodyworn release propose west --by "B. Clerk" --why "Depot closed"')
def propose(programme: Programme, by: By, why: Why, as_json: Json = False) -> None:
    """Propose that what is held of a programme is served, for another person to accept."""
    _decide(programme, "propose", by, why)
    from orchestration.release.decisions import decisions

    made = decisions(paths.releases())[-1]
    if as_json:
        print_json(made.as_dict())
    else:
        typer.echo(f"{programme}: {made.sentence}")


@app.command(epilog='Example: bodyworn release accept west --by "A. Clerk" --why "Depot closed"')
def accept(programme: Programme, by: By, why: Why, as_json: Json = False) -> None:
    """Serve what is held of a programme and another person proposed: a run follows."""
    was = _decide(programme, "accept", by, why)
    from orchestration.runner.run import RunRequest, run
    from orchestration.runner.run_report import as_text, summarise

    report = run(RunRequest(landing=Path(was.landing), as_of=date.fromisoformat(was.as_of)))
    summary = summarise(report)
    if as_json:
        print_json(summary)
    else:
        typer.echo(as_text(summary))
    raise typer.Exit(report.status.code)


@app.command(epilog='Example: bodyworn release reject west --by "A. Clerk" --why "Half a file"')
def reject(programme: Programme, by: By, why: Why, as_json: Json = False) -> None:
    """Keep the last good figures of a programme: what is held is removed, the decision kept."""
    _decide(programme, "reject", by, why)
    from orchestration.release import summary
    from orchestration.release.decisions import decisions

    made = decisions(paths.releases())[-1]
    if as_json:
        print_json(made.as_dict())
    else:
        typer.echo(summary.rejected(made))


def _decide(programme: str, verdict: "Verdict", by: str, why: str) -> "Held":
    """Put a decision on record, and return what it was about."""
    from orchestration.access import audit_log
    from orchestration.ingestion.landing.home_settings import HomeProblem, read_home_settings
    from orchestration.release import held
    from orchestration.release.decisions import CannotDecide
    from orchestration.steps.lock import RunUnderWay, run_lock

    releases = paths.releases()
    try:
        with run_lock():
            waiting = {one.programme: one for one in held.waiting(releases)}
            approval = read_home_settings().approval
            held.decide(releases, programme, verdict, by, why, approval)
            audit_log.record_operator(
                paths.audit_log(), "approve", programme, verdict=verdict, by=by
            )
    except (CannotDecide, HomeProblem) as error:
        fail(error)
    except RunUnderWay as error:
        fail(error, 4)
    return waiting[programme]


@app.command(epilog="Example: bodyworn release prune --keep 30 --dry-run")
def prune(
    keep: Annotated[int, typer.Option(help="How many of the newest releases stay, at least 1.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Remove old releases; the current one and the one it replaced always stay."""
    from dataclasses import asdict

    from orchestration.access import audit_log
    from orchestration.release import publish as pruning
    from orchestration.release import summary
    from orchestration.steps.lock import RunUnderWay, run_lock

    try:
        with run_lock():
            done = pruning.choose_removable(paths.releases(), keep)
            if not dry_run:
                # Each takes with it the line of the log that it carries: their going is a line.
                for name in done.removed:
                    audit_log.record_operator(paths.audit_log(), "publish", name, change="removed")
                pruning.prune(paths.releases(), keep)
    except ValueError as error:
        fail(error)
    except RunUnderWay as error:
        fail(error, 4)
    if as_json:
        print_json(asdict(done) | {"is_rehearsal": dry_run})
    else:
        typer.echo(summary.pruned(done, is_rehearsal=dry_run))
