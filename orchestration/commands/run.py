"""`bodyworn run`: landed files in, an audited release out; the exit code says how it went."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

Landing = Annotated[
    Path | None,
    typer.Option(help="Delivered files. Default: LANDING, or `landing` in the home folder."),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Dates after it are errors. Default: today, UTC."),
]
Demo = Annotated[
    bool, typer.Option("--demo", help="Write the synthetic demonstration into an empty landing.")
]
Engine = Annotated[
    str,
    typer.Option(
        envvar="BODYWORN_ENGINE",
        help="What computes the models: duckdb, or spark (docs/engines.md).",
    ),
]
Incremental = Annotated[
    bool,
    typer.Option(
        "--incremental",
        envvar="BODYWORN_INCREMENTAL",
        help="Build only what changed since the run before (docs/run_every_night.md).",
    ),
]
Full = Annotated[
    bool,
    typer.Option("--full", help="Build every programme anew, also when nothing is new."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def run(
    landing: Landing = None,
    as_of: AsOf = None,
    demo: Demo = False,
    engine: Engine = "duckdb",
    incremental: Incremental = False,
    full: Full = False,
    as_json: Json = False,
    replay: Annotated[Path | None, typer.Option(hidden=True, exists=True)] = None,
) -> None:
    """Check, load, compute, audit and release everything in landing.

    Exit codes: 0 released or nothing new, 1 failed (the last release still serves), 2 not started
    and why, 3 released though files were refused or came during the run, 4 another run is under
    way, 5 released though a programme is held and keeps its last good figures.

    An empty default landing folder is first filled with a demonstration (synthetic).
    """
    from orchestration.runner.run import RunRequest
    from orchestration.runner.run import run as start
    from orchestration.runner.run_report import as_text, summarise
    from orchestration.steps.progress import shown

    day = as_of.date() if as_of else None
    request = RunRequest(
        *(landing, day, replay),
        demo=demo,
        engine=engine,
        incremental=incremental,
        full=full,
    )
    with shown(quiet=as_json):
        report = start(request)
    summary = summarise(report)
    if as_json:
        typer.echo(json.dumps(summary, indent=2, ensure_ascii=False, default=str))
    else:
        typer.echo(as_text(summary), err=report.status.code in {1, 2, 4})
    raise typer.Exit(report.status.code)
