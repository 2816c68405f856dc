"""What a failed, late or missed run does: the banner file, the webhook, the exit code."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from orchestration.steps.status import (
    RunStatus,
    alarm_when_overdue,
    alert,
    overdue,
    read_status,
    record,
    status_file,
    write_status,
)

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
FAILED = RunStatus(1, "Not released: a test failed.", "run-2")
RELEASED = RunStatus(0, "Released 2026-11-20-abc.", "run-1", "2026-11-20-abc")


class Webhook:
    """A server on this machine that keeps what it is sent."""

    def __init__(self, answer: int) -> None:
        self.heard: list[dict[str, str]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                hook.heard.append(json.loads(self.rfile.read(length)))
                self.send_response(answer)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def _serve(answer: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    hook = Webhook(answer)
    monkeypatch.setenv("BODYWORN_WEBHOOK", hook.address)
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    yield from _serve(200, monkeypatch)


@pytest.fixture
def broken_webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    yield from _serve(500, monkeypatch)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    monkeypatch.delenv("BODYWORN_WEBHOOK", raising=False)


def test_a_failed_run_calls_the_webhook_and_keeps_the_last_success_in_the_banner(
    webhook: Webhook,
) -> None:
    record(RELEASED)
    record(FAILED)
    assert webhook.heard == [{"text": "Bodyworn: Not released: a test failed."}]
    status = read_status()
    assert status["last_run"]["ok"] is False
    assert status["last_run"]["sentence"] == FAILED.sentence
    assert status["success"]["release"] == "2026-11-20-abc"


def test_a_run_that_refused_a_file_succeeds_and_still_tells(webhook: Webhook) -> None:
    refused = ({"file": "clips.csv", "reason": "The column Start is missing."},)
    record(RunStatus(3, "Released 2026-11-20-abc.", "run", "2026-11-20-abc", refused=refused))
    assert read_status()["last_run"]["ok"] is True
    assert "clips.csv: The column Start is missing." in webhook.heard[0]["text"]


def test_a_run_that_withdrew_a_release_tells_which_and_why(webhook: Webhook) -> None:
    withdrawn = ({"release": "2026-11-19-abc", "why": "DuckDB 2.0.0 made it."},)
    record(RunStatus(0, "Released 2026-11-20-abc.", "run", "2026-11-20-abc", withdrawn=withdrawn))
    assert "2026-11-19-abc is withdrawn: DuckDB 2.0.0 made it." in webhook.heard[0]["text"]


def test_a_run_without_anything_to_mend_tells_nobody(webhook: Webhook) -> None:
    record(RELEASED)
    assert webhook.heard == []


def test_a_webhook_that_fails_masks_nothing(broken_webhook: Webhook) -> None:
    record(FAILED)
    assert read_status()["last_run"]["code"] == 1
    assert alert("x") is False


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/nobody", "file:///etc/passwd", "nonsense"])
def test_an_address_that_cannot_be_reached_masks_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_WEBHOOK", address)
    record(FAILED)
    assert read_status()["last_run"]["code"] == 1


def test_a_banner_that_cannot_be_written_masks_nothing(tmp_path: Path, webhook: Webhook) -> None:
    (tmp_path / "releases").write_text("a file where the folder should be")
    record(FAILED)
    assert webhook.heard == [{"text": f"Bodyworn: {FAILED.sentence}"}]


def test_a_home_without_a_success_is_overdue() -> None:
    assert "no run has succeeded yet" in (overdue(now=NOW) or "")


def test_a_success_within_the_hours_is_in_time_and_later_it_is_not() -> None:
    write_status(RELEASED, now=NOW - timedelta(hours=30))
    assert overdue(now=NOW) is None
    assert overdue(now=NOW + timedelta(hours=7)) == (
        "Bodyworn: no run has succeeded for 37 hours "
        "(last: 2026-11-20T00:00:00+00:00, expected every 36 hours)."
    )


def test_a_failure_does_not_count_as_a_success() -> None:
    write_status(RELEASED, now=NOW - timedelta(hours=40))
    write_status(FAILED, now=NOW)
    assert overdue(now=NOW) is not None


def test_a_missed_run_is_told_once_until_the_next_success(webhook: Webhook) -> None:
    write_status(RELEASED, now=NOW - timedelta(days=400))
    for _ in range(3):
        assert alarm_when_overdue() is not None
    assert len(webhook.heard) == 1
    write_status(RELEASED)
    assert alarm_when_overdue() is None


def test_a_banner_that_was_cut_off_reads_as_none() -> None:
    write_status(RELEASED)
    status_file().write_text("{")
    assert read_status() == {}
