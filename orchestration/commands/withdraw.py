"""`bodyworn withdraw`: a loaded file stops counting, on record and with the reason."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from orchestration.commands.release import fail


def withdraw(
    file: Annotated[
        str, typer.Argument(help="Its path below landing, its name, or the start of its SHA-256.")
    ],
    why: Annotated[str, typer.Option(help="Readers of the ledger see it: name no person.")],
    undo: Annotated[bool, typer.Option("--undo", help="Let a withdrawn file count again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Take a loaded file out of the figures, or with --undo back in; the next run does it.

    Where landing is kept, taking the file out of it does the same. Where a transfer empties landing
    (`landing: emptied` in home.yml), this is the way. Exit 2 when no such file, or more than one,
    is loaded; 4 when a run is under way.
    """
    from orchestration import paths
    from orchestration.access import audit_log
    from orchestration.ingestion.landing.counting import NothingToWithdraw, record_withdrawal
    from orchestration.ingestion.ledger import LedgerProblem
    from orchestration.steps.lock import RunUnderWay, run_lock

    if not why.strip():
        fail(ValueError("say why: --why is empty"))
    try:
        with run_lock():
            done = record_withdrawal(file, why.strip(), f"{datetime.now(UTC):%Y-%m-%d}", undo=undo)
            for one in done:
                audit_log.record_operator(
                    paths.audit_log(), "publish", one.programme_id,
                    change=f"file {one.action}", file=one.file_hash[:12],
                )  # fmt: skip
    except (NothingToWithdraw, LedgerProblem) as error:
        fail(error)
    except RunUnderWay as error:
        fail(error, 4)
    if as_json:
        found = [
            {"file": one.file_name, "hash": one.file_hash, "action": one.action} for one in done
        ]
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        becomes = "counts again" if undo else "no longer counts"
        for one in done:
            of_whom = f"{one.file_name} ({one.file_hash[:12]}) of {one.programme_id}"
            typer.echo(f"{of_whom} {becomes} from the next run on.")
