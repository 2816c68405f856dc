"""`bodyworn dashboard`: opens the pages over the current release."""

from typing import Annotated

import typer


def dashboard(
    port: Annotated[int, typer.Option(help="The port of this machine to serve on.")] = 8501,
    headless: Annotated[
        bool, typer.Option("--headless", help="Serve without opening a browser.")
    ] = False,
) -> None:
    """Serve the dashboards with Streamlit until interrupted; a run may go on meanwhile."""
    import os
    import subprocess
    import sys

    from orchestration import paths

    command = [sys.executable, "-m", "streamlit", "run", str(paths.ROOT / "dashboards")]
    command += ["--server.port", str(port), "--server.headless", str(headless).lower()]
    own = {"BODYWORN_HOME": str(paths.home())}
    # Streamlit reads its settings from the working directory.
    done = subprocess.run(command, cwd=paths.ROOT, env=os.environ | own, check=False)
    raise typer.Exit(done.returncode)
