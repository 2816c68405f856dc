"""What an operator does to keys, files and publications is on the record."""

import re
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from orchestration import paths
from orchestration.access import audit_log
from orchestration.cli import app
from orchestration.ingestion.pseudonyms.keys import Key, new_key, read_key
from orchestration.programmes.programme import read_programmes
from tests.release import fixture_public_extract

FORCE = "chicago"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    return tmp_path


def _events(home: Path) -> list[tuple[str, str, dict[str, str]]]:
    assert audit_log.verify(paths.audit_log(), {}) == []
    read = audit_log.read(paths.audit_log())
    return [(each["action"], each["object"], each["filters"]) for each in read]


def _run(*words: str) -> str:
    done = CliRunner().invoke(app, [*words])
    assert done.exit_code == 0, done.output
    return done.output


def _key() -> Key:
    return read_key(next(one for one in read_programmes() if one.programme == FORCE))


def test_a_key_that_is_rotated_is_on_record_by_both_fingerprints(home: Path) -> None:
    new_key(FORCE)
    old = _key()
    _run("keys", "rotate", "--programme", FORCE)
    new = {"key": _key().fingerprint, "before": old.fingerprint}
    assert _events(home) == [("rekey", FORCE, new)]
    text = (paths.audit_log() / audit_log.NAME).read_text()
    assert old.secret.hex() not in text
    assert _key().secret.hex() not in text


def test_a_key_that_is_made_is_on_record_by_its_fingerprint(home: Path) -> None:
    _run("keys", "new", "--programme", FORCE)
    assert _events(home) == [("rekey", FORCE, {"key": _key().fingerprint})]


def test_every_action_that_there_is_has_a_row_in_the_page_and_is_written_somewhere() -> None:
    page = (paths.ROOT / "docs" / "audit_log.md").read_text(encoding="utf-8")
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("orchestration", "dashboards")
        for path in (paths.ROOT / folder).rglob("*.py")
        if path.name != "audit_log.py"
    )
    rows = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", page, re.MULTILINE)))
    for action in get_args(audit_log.Action):
        assert action in rows
        assert f'"{action}"' in code


def test_a_release_proposed_approved_and_copied_out_is_on_record_with_who_did_it(
    home: Path,
) -> None:
    release = fixture_public_extract.release(home).release
    assert release.parent == paths.releases()
    for verdict, who in (("--propose", "A. Clerk"), ("--approve", "B. Clerk")):
        _run("publish", release.name, verdict, "--by", who, "--why", "The year is complete")
    _run("publish", release.name, "--to", str(home / "outside"))
    assert _events(home)[-3:] == [
        ("approve", release.name, {"verdict": "propose", "by": "A. Clerk"}),
        ("approve", release.name, {"verdict": "accept", "by": "B. Clerk"}),
        ("export", release.name, {"part": "public", "to": "outside"}),
    ]
