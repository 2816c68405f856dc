"""Every command answers senseless options with a sentence and exit code 2, never a traceback."""

import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboards.text.notices import run_warning
from orchestration.cli import app
from orchestration.steps.status import NEVER_STARTED, RunStatus, read_status, record, write_status
from orchestration.storage.failures import sentence_of

ABSURD = [
    "dashboard --port 99999", "dashboard --port 0", "dashboard --port -1", "dashboard --port http",
    "status --within-hours -5", "status --within-hours 0", "status --within-hours nan",
    "status --within-hours inf", "status --within-hours 1e9", "status --within-hours soon",
    "run --as-of yesterday", "run --as-of 2026-02-30", "run --as-of 31/12/2026",
    "run --landing nowhere", "run --replay nowhere.json", "run --demo=maybe", "run extra",
    "check nowhere.csv --source bodyworn --table recordings",
    "check FOLDER --source bodyworn --table recordings",
    "check FILE --source bodyworm --table recordings",
    "check FILE --source bodyworn --table recording",
    "check FILE --source bodyworn --table recordings --programme london_sinthetic",
    "check FILE --source bodyworn --table recordings --as-of yesterday",
    "keys new --programme londn_synthetic", "keys new --programme ../../etc", "keys new",
    "keys new --programme ''",
    "release show nothing", "release show ''", "release show ../..", "release diff a b",
    "release verify nothing", "release withdraw nothing --why x",
    "release withdraw current --why ''",
    "release prune --keep 0", "release prune --keep -3", "release prune --keep many",
    "reproduce nothing", "reproduce current --landing nowhere",
    "synthesise nothing --out NEW", "synthesise west_mercia --out FILE",
    "synthesise west_mercia --out NEW --recordings 0",
    "synthesise west_mercia --out NEW --recordings -1",
    "synthesise west_mercia --out NEW --seed -1",
    "synthesise west_mercia --out NEW --faults nonsense",
    "synthesise west_mercia --out NEW --recordings 1e9",
    "synthesise west_mercia --out NEW --forces 0", "synthesise west_mercia --out NEW --forces -43",
    "synthesise west_mercia --out NEW --forces 201", "synthesise nothing --out NEW --forces 2",
    "synthesise west_mercia --out FILE --forces 2", "synthesise west_mercia --forces all --out NEW",
    "synthesise west_mercia --out NEW --forces 2 --recordings 9",
    "estimate nowhere.yml", "estimate FOLDER", "estimate FILE", "estimate BINARY",
    "estimate STUDY --data nowhere.csv", "estimate STUDY --data FOLDER",
    "estimate STUDY --data BINARY",
    "plan nowhere.yml", "plan FOLDER", "plan STUDY", "plan PLAN --out FOLDER/none/x.csv",
    "plan PLAN --out FILE", "plan PLAN --data BINARY",
    "study register nowhere.yml", "study register STUDY --register FOLDER", "study register FILE",
    "study list --register FILE", "study list --register FOLDER",
    "study bundle STUDY --out FILE", "study bundle nowhere.yml --out NEW",
    "study bundle STUDY --out NEW --data nowhere.csv", "study bundle STUDY --out FILE/below",
    "doctor --repare", "nonsense",
]  # fmt: skip
STUDY = """\
design: rate_ratio
title: Fewer complaints
question: How many fewer?
outcome_window: {from: 2030-01-01, to: 2030-12-31}
keys: {events: [10, 40], exposure: [100, 100]}
"""
PLAN = """\
design: schedule_shifts
title: A schedule
question: Which shifts have cameras?
keys:
  sites: [north, south]
  first_day: 2026-03-02
  weeks: 4
  tours: {day: "07:00", night: "19:00"}
  allocated_at: 2026-02-20 09:00:00
  seed: 2026
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, in which the command is called."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LANDING", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def names(tmp_path: Path) -> dict[str, str]:
    """Files and folders that absurd words name."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.csv").write_text("a,b\n1,2\n")
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "study.yml").write_text(STUDY)
    (tmp_path / "plan.yml").write_text(PLAN)
    found = {"FOLDER": "folder", "FILE": "file.csv", "BINARY": "binary.csv", "STUDY": "study.yml"}
    return {**found, "PLAN": "plan.yml", "NEW": "new"}


def call(text: str, names: dict[str, str]) -> Result:
    for name, path in names.items():
        text = text.replace(name, path)
    return CliRunner().invoke(app, ["" if word == "''" else word for word in text.split()])


@pytest.mark.parametrize("text", ABSURD)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    text: str, home: Path, names: dict[str, str]
) -> None:
    before = {path.name for path in home.parent.iterdir()}
    done = call(text, names)
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert len(done.stderr.strip() or done.stdout.strip()) > 20
    assert {path.name for path in home.parent.iterdir()} - before <= {"home"}
    assert not (home / "keys").exists()


def test_a_port_that_is_taken_is_refused(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("", 0))
        other.listen()
        port = other.getsockname()[1]
        done = CliRunner().invoke(app, ["dashboard", "--port", str(port)])
    assert done.exit_code == 2
    assert f"Port {port} cannot be used" in done.stderr


def test_a_programme_misspelt_is_answered_with_the_nearest(home: Path) -> None:
    done = CliRunner().invoke(app, ["keys", "new", "--programme", "londn_synthetic"])
    assert "did you mean london_synthetic?" in done.stderr
    assert not home.exists()


def test_a_run_that_never_started_is_not_the_last_attempt(home: Path) -> None:
    write_status(RunStatus(0, "Released 2026-11-20-abc.", "run-1", "2026-11-20-abc"))
    for code in sorted(NEVER_STARTED):
        record(RunStatus(code, f"Not started: reason {code}."))
        known = read_status()
        assert known["last_run"]["sentence"] == "Released 2026-11-20-abc."
        assert known["success"]["release"] == "2026-11-20-abc"
        assert known["not_started"]["sentence"] == f"Not started: reason {code}."
    assert "**A run was not started**" in run_warning(known, datetime.now(UTC))
    done = CliRunner().invoke(app, ["status", "--json"])
    assert json.loads(done.stdout)["not_started"]["code"] == max(NEVER_STARTED)
    write_status(RunStatus(0, "Nothing new.", "run-2", "2026-11-20-abc"))
    assert "not_started" not in read_status()


def test_only_a_fault_of_the_software_has_no_sentence(tmp_path: Path) -> None:
    assert sentence_of(ZeroDivisionError("x"), tmp_path) is None
    denied = sentence_of(PermissionError(13, "Permission denied", "/a/file"), tmp_path)
    assert denied == "/a/file: Permission denied."
