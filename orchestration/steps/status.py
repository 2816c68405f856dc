"""The status of the last run: a file for the banner on the pages, and one POST to a webhook."""

import json
import logging
import os
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.storage import durable

WEBHOOK = "BODYWORN_WEBHOOK"
WEBHOOK_SECONDS = 10
_log = logging.getLogger(__name__)
BY_COMMAND = "bodyworn/started_by"
"""Runs of the command `bodyworn run` carry this tag: the command records how they ended."""
NOT_ERASED = "bodyworn/erasure_not_finished"
"""The tag of a run that released, but could not finish an erasure; its value says why."""
EXPECTED_WITHIN_HOURS = 36
"""A daily run may be late by half a day before anyone is alerted."""


def alert(text: str) -> bool:
    """POST `{"text": ...}` to the address in `BODYWORN_WEBHOOK`; False when it was not sent.

    Chat services that take incoming webhooks read this form. Any failure is logged and swallowed.
    """
    address = os.environ.get(WEBHOOK, "")
    if not address:
        return False
    if not address.startswith(("http://", "https://")):
        _log.warning("%s must begin with http:// or https://", WEBHOOK)
        return False
    request = urllib.request.Request(  # noqa: S310  the scheme is checked above
        address,
        data=json.dumps({"text": text}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS) as answer:  # noqa: S310
            return bool(answer.status < HTTPStatus.MULTIPLE_CHOICES)
    except (OSError, ValueError) as error:
        _log.warning("the webhook was not reached: %s", error)
        return False


LISTED = {"held", "late", "left", "refused", "release", "withdrawn"}
"""Fields of a status that the banner shows separately, or that are recorded elsewhere."""


NEVER_STARTED = {2, 4}
"""Exit codes with which nothing was tried."""


@dataclass(frozen=True)
class RunStatus:
    """How one run ended: exit code, a sentence that says so, and what has to be fixed.

    `left` are files that came or went while it was under way, `withdrawn` earlier releases that it
    marked, by name and reason. `held` are programmes whose last good figures serve on, each with
    `programme` and `why`, a list of sentences. `built` says which programmes were built anew.
    """

    code: int
    sentence: str
    run_id: str = ""
    release: str | None = None
    late: Sequence[dict[str, str]] = field(default_factory=tuple)
    refused: Sequence[dict[str, str]] = field(default_factory=tuple)
    left: Sequence[dict[str, str]] = field(default_factory=tuple)
    withdrawn: Sequence[dict[str, str]] = field(default_factory=tuple)
    held: Sequence[dict[str, Any]] = field(default_factory=tuple)
    built: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the release served holds all that this run could take, held programmes aside."""
        return self.code in {0, 3, 5}


def status_file() -> Path:
    """`status.json`, in the folder of the releases."""
    return paths.releases() / "status.json"


def read_status() -> dict[str, Any]:
    """The banner's content; empty when no run has ended here."""
    try:
        return dict(json.loads(status_file().read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def write_status(status: RunStatus, *, now: datetime | None = None) -> None:
    """Record how a run ended, keeping the last success when this one failed.

    A run that was not started is not an attempt: the last one stays, with the refusal beside it
    under `not_started` until a run is tried again. Raises OSError when the disk is full; the caller
    decides, because the run's result has to stand.
    """
    at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    short = {k: v for k, v in asdict(status).items() if k not in LISTED}
    before = read_status()
    paths.releases().mkdir(parents=True, exist_ok=True)
    if status.code in NEVER_STARTED:
        durable.write_json(status_file(), before | {"not_started": {"at": at, **short}})
        return
    success = before.get("success")
    if status.ok:
        success = {"at": at, "release": status.release, "sentence": status.sentence}
    durable.write_json(
        status_file(),
        {
            "last_run": {"at": at, "ok": status.ok, **short},
            "success": success,
            "late": list(status.late),
            "refused": [*status.refused, *status.left],
            "held": list(status.held),
            "expected_within_hours": EXPECTED_WITHIN_HOURS,
        },
    )


def record(status: RunStatus) -> None:
    """Write the banner and, unless all is well, call the webhook; neither decides the result.

    All is not well after a failure, with late or refused files, when a programme is held or when a
    release was withdrawn.
    """
    try:
        write_status(status)
    except OSError as error:
        _log.warning("status.json was not written: %s", error)
    if status.code != 0 or status.late or status.withdrawn:
        lines = [status.sentence, *(late["sentence"] for late in status.late)]
        lines += [
            f"{refused['file']}: {refused['reason']}" for refused in (*status.refused, *status.left)
        ]
        lines += [f"{one['programme']} is held: {' '.join(one['why'])}" for one in status.held]
        lines += [f"{gone['release']} is withdrawn: {gone['why']}" for gone in status.withdrawn]
        alert("Bodyworn: " + "\n".join(lines))


def overdue(*, now: datetime | None = None, hours: float = EXPECTED_WITHIN_HOURS) -> str | None:
    """The alarm sentence when no run succeeded in time, otherwise None."""
    success = read_status().get("success")
    if not success:
        return f"Bodyworn: no run has succeeded yet in {paths.home()}."
    last = datetime.fromisoformat(success["at"])
    age = (now or datetime.now(UTC)) - last
    if age <= timedelta(hours=hours):
        return None
    return (
        f"Bodyworn: no run has succeeded for {age / timedelta(hours=1):.0f} hours "
        f"(last: {success['at']}, expected every {hours:g} hours)."
    )


def alarm_when_overdue(*, hours: float = EXPECTED_WITHIN_HOURS) -> str | None:
    """The sentence of `overdue`; the webhook is called once for each success that went stale."""
    late = overdue(hours=hours)
    if late is None:
        return None
    sent = paths.home() / "overdue.json"
    since = {"since": (read_status().get("success") or {}).get("at")}
    if not sent.is_file() or json.loads(sent.read_text(encoding="utf-8")) != since:
        alert(late)
        durable.write_json(sent, since)
    return late
