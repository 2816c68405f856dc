"""`bodyworn keys`: the secret keys that turn identifiers into pseudonyms."""

from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.release import fail

if TYPE_CHECKING:
    from orchestration.programmes.programme import Programme

app = typer.Typer(
    name="keys", no_args_is_help=True, help="Make and replace the keys of pseudonyms."
)


@app.command(epilog="Example: bodyworn keys new --programme my_force")
def new(
    programme: Annotated[str, typer.Option(help="The programme whose identifiers it hides.")],
) -> None:
    """Make a key in a file only you can read, and print its fingerprint, never the key."""
    from orchestration import paths
    from orchestration.access import audit_log
    from orchestration.ingestion.pseudonyms.keys import KeyProblem, new_key

    _known(programme)
    try:
        path, key = new_key(programme)
        audit_log.record_operator(paths.audit_log(), "rekey", programme, key=key.fingerprint)
    except KeyProblem as error:
        fail(error)
    typer.echo(f"Key {key.fingerprint} of {programme} is in {path} (mode 0600).")
    typer.echo("Keep a copy in a safe place: without it nobody is recognised in later files.")


@app.command(epilog="Example: bodyworn keys rotate --programme my_force")
def rotate(
    programme: Annotated[str, typer.Option(help="The programme whose key is replaced.")],
) -> None:
    """Replace a key: the next run loads every file of the programme again from landing.

    Two keys never stand in one release. Files that are no longer in landing have to be delivered
    again; until then the last release serves on.
    """
    from orchestration import paths
    from orchestration.access import audit_log
    from orchestration.ingestion.pseudonyms.keys import KeyProblem, retired_file, rotate_key
    from orchestration.steps.lock import RunUnderWay, run_lock

    known = _known(programme)
    try:
        with run_lock():
            old, key = rotate_key(known)
            audit_log.record_operator(
                paths.audit_log(), "rekey", programme, key=key.fingerprint, before=old.fingerprint
            )
    except KeyProblem as error:
        fail(error)
    except RunUnderWay as error:
        fail(error, 4)
    typer.echo(f"Key {old.fingerprint} of {programme} is replaced by {key.fingerprint}.")
    typer.echo("The next run loads its files again from landing: have all of them there.")
    typer.echo(f"Then destroy the old key: shred -u '{retired_file(programme)}'")


def _known(name: str) -> "Programme":
    """The programme of a name, or exit 2 with those there are."""
    from orchestration.ingestion.pseudonyms.keys import KeyProblem
    from orchestration.programmes.programme import read_programmes
    from orchestration.storage.yaml_positions import nearest

    known = {each.programme: each for each in read_programmes()}
    if name not in known:
        near, there = nearest(name, list(known)), ", ".join(known)
        how = "Describe it in data/programmes/<name>/programme.yml first."
        fail(KeyProblem(f"There is no programme {name!r}{near}; there are: {there}. {how}"))
    return known[name]
