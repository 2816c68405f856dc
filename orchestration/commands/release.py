"""`bodyworn release`: what has been published, what changed, and whether it is whole."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from orchestration import paths

app = typer.Typer(
    name="release",
    no_args_is_help=True,
    help="List, show, compare, verify and prune published releases.",
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
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
    from orchestration.release import current, words

    entries = current.list_releases(paths.releases())
    if as_json:
        print_json([entry.as_dict() for entry in entries])
    else:
        typer.echo(words.listing(entries))


@app.command(epilog="Example: bodyworn release show 2026-11-21-0f3a")
def show(name: Name = "current", as_json: Json = False) -> None:
    """One release: its inputs in order of arrival, code, tests and tables."""
    from orchestration.release import current, words

    release = find_release(name)
    made = current.read_manifest(release)
    if as_json:
        print_json(made | {"run": current.read_run(release)})
    else:
        found = current.entry(release, current.current(paths.releases()))
        typer.echo(words.description(made, found))


@app.command(epilog="Example: bodyworn release diff parent current")
def diff(old: Name = "parent", new: Name = "current", as_json: Json = False) -> None:
    """Figures that moved between two releases, values that went missing, tables and checks."""
    from dataclasses import asdict

    from orchestration.release import compare, words

    found = compare.diff(find_release(old), find_release(new))
    if as_json:
        print_json(asdict(found))
    else:
        typer.echo(words.difference(found))


@app.command(epilog="Example: bodyworn release verify current && echo whole")
def verify(name: Name = "current", as_json: Json = False) -> None:
    """Compute every hash again. Exit 0 when the release is whole, 1 naming what differs."""
    from orchestration.release import verify as verification

    release = find_release(name)
    found = verification.verify(release)
    if as_json:
        print_json({"release": release.name, "is_whole": not found, "differences": found})
    elif found:
        typer.echo("\n".join([f"{release.name} is not what was released:", *found]))
    else:
        typer.echo(f"{release.name} is whole.")
    raise typer.Exit(1 if found else 0)


@app.command(epilog="Example: bodyworn release prune --keep 30 --dry-run")
def prune(
    keep: Annotated[int, typer.Option(help="How many of the newest releases stay, at least 1.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Remove old releases; the current one and the one it replaced always stay."""
    from dataclasses import asdict

    from orchestration.release import publish as pruning
    from orchestration.release import words
    from orchestration.steps.lock import RunUnderWay, run_lock

    act = pruning.choose_removable if dry_run else pruning.prune
    try:
        with run_lock():
            done = act(paths.releases(), keep)
    except ValueError as error:
        fail(error)
    except RunUnderWay as error:
        fail(error, 4)
    if as_json:
        print_json(asdict(done) | {"is_rehearsal": dry_run})
    else:
        typer.echo(words.pruned(done, is_rehearsal=dry_run))
