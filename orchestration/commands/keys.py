"""`bodyworn keys`: the secret keys that turn identifiers into pseudonyms."""

from typing import Annotated

import typer

from orchestration.commands.release import fail

app = typer.Typer(name="keys", no_args_is_help=True, help="Make the keys of pseudonyms.")


@app.callback()
def keys() -> None:
    """Keep `new` a command of its own, as the only one would be merged into its group."""


@app.command(epilog="Example: bodyworn keys new --programme my_force")
def new(
    programme: Annotated[str, typer.Option(help="The programme whose identifiers it hides.")],
) -> None:
    """Make a key in a file only you can read, and print its fingerprint, never the key."""
    from orchestration import paths
    from orchestration.access import audit_log
    from orchestration.ingestion.pseudonyms.keys import KeyProblem, new_key
    from orchestration.programmes.programme import read_programmes
    from orchestration.storage.yaml_positions import nearest

    known = [each.programme for each in read_programmes()]
    if programme not in known:
        near, there = nearest(programme, known), ", ".join(known)
        how = "Describe it in data/programmes/<name>/programme.yml first."
        fail(KeyProblem(f"There is no programme {programme!r}{near}; there are: {there}. {how}"))
    try:
        path, key = new_key(programme)
        audit_log.record_operator(paths.audit_log(), "rekey", programme, key=key.fingerprint)
    except KeyProblem as error:
        fail(error)
    typer.echo(f"Key {key.fingerprint} of {programme} is in {path} (mode 0600).")
    typer.echo("Keep a copy in a safe place: without it nobody is recognised in later files.")
