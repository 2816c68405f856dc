"""`bodyworn ui`: Dagster's pages to look at, and the daemon that keeps the schedule."""

from typing import Annotated

import typer

MODULE = "orchestration.definitions"


def ui(
    port: Annotated[
        int, typer.Option(min=1, max=65_535, help="The port of this machine to serve on.")
    ] = 3000,
    prefix: Annotated[
        str, typer.Option(help="The path below which a proxy serves the pages, as /dagster.")
    ] = "",
) -> None:
    """Serve Dagster's pages on 127.0.0.1 and run its daemon, until interrupted.

    The pages are read-only: otherwise a page elsewhere in the same browser could start runs, since
    Dagster asks nobody who they are. The schedule and the sensors are turned on and off by
    Dagster's own commands (docs/run_every_night.md). Ends with the exit code of whichever ends
    first.
    """
    import os
    import signal
    import subprocess
    import time

    from orchestration import paths
    from orchestration.steps.dagster_home import dagster_home

    own = {
        "BODYWORN_HOME": str(paths.home()),
        "DAGSTER_HOME": str(dagster_home().resolve()),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
    }
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = [
        subprocess.Popen(command, cwd=paths.ROOT, env=os.environ | own)
        for command in commands(port, prefix)
    ]
    try:
        while all(each.poll() is None for each in started):
            time.sleep(0.5)
    except KeyboardInterrupt:
        typer.echo("Ending Dagster's pages and its daemon.", err=True)
    finally:
        for each in started:
            each.terminate()
        codes = [each.wait() for each in started]
    raise typer.Exit(next((code for code in codes if code > 0), 0))


def commands(port: int, prefix: str = "") -> list[list[str]]:
    """The two programs that are started: the read-only pages and the daemon."""
    import sys
    from pathlib import Path

    from orchestration import paths

    beside = Path(sys.executable).parent
    code = ["--module-name", MODULE, "--working-directory", str(paths.ROOT)]
    pages = ["--read-only", "--host", "127.0.0.1", "--port", str(port)]
    below = ["--path-prefix", prefix] if prefix else []
    return [
        [str(beside / "dagster-webserver"), *pages, *below, *code],
        [str(beside / "dagster-daemon"), "run", *code],
    ]
