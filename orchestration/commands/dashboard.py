"""`bodyworn dashboard`: opens the pages over the current release."""

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
) -> None:
    """Serve the dashboards with Streamlit until interrupted; a run may go on meanwhile."""
    import os
    import subprocess
    import sys

    from orchestration import paths

    _refuse_taken(port)
    command = [sys.executable, "-m", "streamlit", "run", str(paths.ROOT / "dashboards")]
    command += ["--server.port", str(port), "--server.headless", str(headless).lower()]
    own = {"BODYWORN_HOME": str(paths.home())}
    # Streamlit reads its settings from the working directory.
    done = subprocess.run(command, cwd=paths.ROOT, env=os.environ | own, check=False)
    raise typer.Exit(done.returncode)


def _refuse_taken(port: int) -> None:
    """End with exit code 2 where something else serves on the port, or nobody may."""
    import socket

    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("", port))
        except OSError as error:
            reason = f"Port {port} cannot be used ({error.strerror}): name another with --port."
            fail(OSError(reason))
