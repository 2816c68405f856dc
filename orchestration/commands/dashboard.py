"""`bodyworn dashboard`: opens the pages over the current release."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.release import fail


def dashboard(
    port: Annotated[
        int, typer.Option(min=1, max=65_535, help="The port of this machine to serve on.")
    ] = 8501,
    headless: Annotated[
        bool, typer.Option("--headless", help="Serve without opening a browser.")
    ] = False,
    address: Annotated[
        str, typer.Option(help="The address to listen on; any but this machine's needs a login.")
    ] = "127.0.0.1",
    secrets: Annotated[
        Path | None, typer.Option(help="A file with the section [auth] of the login, in TOML.")
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--host-name", help="A name by which readers reach the pages; repeatable."),
    ] = None,
) -> None:
    """Serve the dashboards with Streamlit until interrupted; runs may go on meanwhile.

    Exit 2 where others could reach the pages without a login, or where the login or access.yml is
    at fault.
    """
    import os
    import subprocess
    import sys

    from orchestration import paths

    _refuse_unsafe(address, secrets)
    _refuse_taken(port)
    server = paths.ROOT / "dashboards" / "server.py"
    command = [sys.executable, "-m", "streamlit", "run", str(server)]
    command += ["--server.port", str(port), "--server.headless", str(headless).lower()]
    command += ["--server.address", address]
    command += [part for each in name or () for part in ("--server.allowedHosts", each)]
    if secrets:
        command += ["--secrets.files", str(secrets.resolve())]
    own = {"BODYWORN_HOME": str(paths.home())}
    # Streamlit reads its settings from the working directory.
    done = subprocess.run(command, cwd=paths.ROOT, env=os.environ | own, check=False)
    raise typer.Exit(done.returncode)


def _refuse_unsafe(address: str, secrets: Path | None) -> None:
    """End with exit code 2 where the pages may not be served like this."""
    from dashboards.data.release import programmes
    from orchestration import paths
    from orchestration.access import access_file
    from orchestration.access.access_file import AccessProblem, read_access

    if secrets and not secrets.is_file():
        fail(FileNotFoundError(f"{secrets} is not there: it would hold the login"))
    try:
        if access_file.read_login([secrets] if secrets else []):
            read_access(paths.access_file(), programmes())
        else:
            access_file.refuse_open(address)
    except (access_file.CannotServe, AccessProblem) as problem:
        fail(problem)


def _refuse_taken(port: int) -> None:
    """End with exit code 2 where the port is in use or may not be used."""
    import socket

    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("", port))
        except OSError as error:
            reason = f"Port {port} cannot be used ({error.strerror}): name another with --port."
            fail(OSError(reason))
