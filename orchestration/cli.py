"""The command `bodyworn`. Each command imports its work when it runs, so that it starts at once."""

import os
from typing import Any

import typer
from typer.core import TyperGroup

from orchestration import paths
from orchestration.commands import audit, record, release, study
from orchestration.commands.backup import backup, restore
from orchestration.commands.check import check
from orchestration.commands.dashboard import dashboard
from orchestration.commands.doctor import doctor
from orchestration.commands.erase import erase
from orchestration.commands.estimate import estimate
from orchestration.commands.keys import app as keys
from orchestration.commands.plan import plan
from orchestration.commands.publish import publish
from orchestration.commands.report import report
from orchestration.commands.reproduce import reproduce
from orchestration.commands.run import run
from orchestration.commands.status import status
from orchestration.commands.synthesise import synthesise
from orchestration.commands.ui import ui
from orchestration.commands.withdraw import withdraw
from orchestration.storage.engine import EngineAtFault, refuse_engine_at_fault
from orchestration.storage.failures import sentence_of

UMASK = 0o027
"""Files that a command writes are readable and writable by their owner, readable by the group,
closed to others."""


class InSentences(TyperGroup):
    """Commands whose errors are one sentence and exit code 2; only our faults show a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """What the command returns; ends the process where it failed with a known message."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if (sentence := sentence_of(error, paths.home())) is None:
                raise
            typer.echo(sentence, err=True)
            raise typer.Exit(2) from error


app = typer.Typer(
    name="bodyworn",
    cls=InSentences,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Evaluates a body-worn camera programme: landed files in, an audited release out.",
)


@app.callback()
def start() -> None:
    """Refuse to start with an engine that is known to write wrong files.

    What a command writes is closed to everyone but its owner and group.
    """
    os.umask(UMASK)
    try:
        refuse_engine_at_fault()
    except EngineAtFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from fault


app.command(epilog="Example: bodyworn run --landing ../shared/data")(run)
app.command(epilog="Example: bodyworn check clips.csv --source SOURCE --table TABLE")(check)
app.command(epilog="Example: bodyworn publish --to ../website/figures")(publish)
app.add_typer(keys, name="keys")
app.add_typer(release.app, name="release")
app.add_typer(study.app, name="study")
app.add_typer(record.app, name="record")
app.add_typer(audit.app, name="audit")
app.command(epilog='Example: bodyworn withdraw force/2026-10.csv --why "A month is missing"')(
    withdraw
)
app.command(
    epilog="Example: bodyworn erase --programme my_force --kind officer --identifier-file F"
)(erase)
app.command(epilog="Example: bodyworn reproduce current --landing ../shared/data")(reproduce)
app.command(epilog="Example: bodyworn status --within-hours 36")(status)
app.command(epilog="Example: bodyworn doctor --repair")(doctor)
app.command(epilog="Example: bodyworn backup elsewhere/2026-11-30.tar")(backup)
app.command(epilog="Example: bodyworn restore elsewhere/2026-11-30.tar")(restore)
app.command(epilog="Example: bodyworn synthesise PRESET --recordings 100000 --seed 7 --out made")(
    synthesise
)
app.command(epilog="Example: bodyworn estimate STUDY.yml --data FILE --json")(estimate)
app.command(epilog="Example: bodyworn plan PLAN.yml --out schedule.csv")(plan)
app.command(epilog="Example: bodyworn dashboard --port 8502 --secrets secrets.toml")(dashboard)
app.command(epilog="Example: bodyworn ui --port 3001")(ui)
app.command(epilog="Example: bodyworn report Camden --period 2018 --out paper.pdf")(report)


def main() -> None:
    """The command in a process of its own, which it ends with its exit code."""
    app()


if __name__ == "__main__":
    main()
