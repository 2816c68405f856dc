"""A home is backed up and restored whole, without its keys, and never half."""

import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.release.current import current
from orchestration.runner import backup
from orchestration.runner.backup import CannotBackUp
from orchestration.storage import durable

KEPT = {
    "landing/force/a.csv": "1,2",
    "ledger/a.json": "{}",
    "audit/events.jsonl": "{}\n",
    "home.yml": "landing: kept",
    "releases/2026-11-30-ab/manifest.json": "{}",
    "releases/2026-11-30-ab/restricted/disclosure/cells.parquet": "true counts",
}
LEFT_OUT = ("keys/force.key", "warehouse/bodyworn.duckdb", "raw/a.parquet", "logs/run.log")
At = Callable[[str], Path]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """Makes a folder of this name the home."""
    monkeypatch.delenv("LANDING", raising=False)
    monkeypatch.delenv("BODYWORN_KEYS", raising=False)

    def home(name: str) -> Path:
        monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / name))
        return tmp_path / name

    return home


def _made(home: Path) -> Path:
    for name, text in (KEPT | dict.fromkeys(LEFT_OUT, "made again")).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / "releases" / "current").symlink_to("2026-11-30-ab")
    return home


def _held(home: Path) -> dict[str, str]:
    return {
        path.relative_to(home).as_posix(): path.read_text()
        for path in home.rglob("*")
        if path.is_file() and "current" not in path.parts and path.name != "run.lock"
    }


def test_what_no_run_can_make_again_comes_back_whole(at: At, tmp_path: Path) -> None:
    _made(at("old"))
    done = CliRunner().invoke(app, ["backup", str(tmp_path / "b.tar")])
    assert (done.exit_code, "6 files" in done.output) == (0, True)
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    new = at("new")
    back = CliRunner().invoke(app, ["restore", str(tmp_path / "b.tar")])
    assert (back.exit_code, "2026-11-30-ab serves" in back.output) == (0, True)
    assert _held(new) == KEPT
    serving = current(new / "releases")
    assert serving is not None
    assert serving.name == "2026-11-30-ab"


def test_a_file_with_two_names_comes_back_under_both(at: At, tmp_path: Path) -> None:
    """What is remembered of a publication is linked from its release."""
    linked = _made(at("old")) / "releases" / "memory" / "force" / "1" / "cells.parquet"
    linked.parent.mkdir(parents=True)
    linked.hardlink_to(
        at("old") / "releases" / "2026-11-30-ab" / "restricted" / "disclosure" / "cells.parquet"
    )
    backup.back_up(tmp_path / "b.tar")
    new = at("new")
    backup.restore(tmp_path / "b.tar")
    assert _held(new) == KEPT | {"releases/memory/force/1/cells.parquet": "true counts"}


def test_keys_have_a_backup_of_their_own(at: At, tmp_path: Path) -> None:
    _made(at("old"))
    backup.back_up(tmp_path / "keys.tar", keys=True)
    new = at("new")
    backup.restore(tmp_path / "keys.tar")
    assert _held(new) == {"keys/force.key": "made again"}


def test_a_home_made_ready_by_the_page_is_restored_into(
    at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty folders are there already, and root owns the folder that holds the keys' own."""
    _made(at("old"))
    backup.back_up(tmp_path / "b.tar")
    backup.back_up(tmp_path / "keys.tar", keys=True)
    new, etc = at("new"), tmp_path / "etc"
    for folder in (new / "landing" / "force", new / "audit", etc / "keys"):
        folder.mkdir(parents=True)
    monkeypatch.setenv("BODYWORN_KEYS", str(etc / "keys"))
    moved: list[Path] = []
    monkeypatch.setattr(durable, "move", lambda source, target: _noted(source, target, moved))
    backup.restore(tmp_path / "keys.tar")
    assert moved == []
    backup.restore(tmp_path / "b.tar")
    assert _held(new) == KEPT
    key = etc / "keys" / "force.key"
    assert (key.read_text(), key.stat().st_mode & 0o777) == ("made again", 0o600)
    with pytest.raises(CannotBackUp, match="is not empty"):
        backup.restore(tmp_path / "keys.tar")


def _noted(source: Path, target: Path, moved: list[Path]) -> None:
    moved.append(target)
    source.replace(target)


def test_where_landing_is_emptied_raw_is_kept_too(at: At, tmp_path: Path) -> None:
    (_made(at("old")) / "home.yml").write_text("landing: emptied")
    backup.back_up(tmp_path / "b.tar")
    new = at("new")
    backup.restore(tmp_path / "b.tar")
    assert (new / "raw" / "a.parquet").is_file()


def test_a_backup_is_never_mixed_with_what_is_there(at: At, tmp_path: Path) -> None:
    _made(at("old"))
    backup.back_up(tmp_path / "b.tar")
    with pytest.raises(CannotBackUp, match="is not empty"):
        backup.restore(tmp_path / "b.tar")
    with pytest.raises(CannotBackUp, match="is there already"):
        backup.back_up(tmp_path / "b.tar")


@pytest.mark.parametrize("what", ["changed", "missing", "added", "outside", "cut", "no backup"])
def test_a_backup_that_is_not_whole_changes_nothing(what: str, at: At, tmp_path: Path) -> None:
    _made(at("old"))
    backup.back_up(tmp_path / "b.tar")
    file = _spoilt(tmp_path / "b.tar", what)
    new = at("new")
    with pytest.raises(CannotBackUp):
        backup.restore(file)
    assert _held(new) == {}
    assert not (tmp_path / "evil").exists()


def _spoilt(source: Path, what: str) -> Path:
    """A copy of a backup with one thing wrong."""
    target = source.with_name("spoilt.tar")
    if what in {"cut", "no backup"}:
        whole = source.read_bytes()
        target.write_bytes(whole[: len(whole) // 2] if what == "cut" else b"none")
        return target
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            text = content.read()
            if member.name == "home.yml" and what == "missing":
                continue
            if member.name == "home.yml" and what == "changed":
                text = b"landing: gone"
            member.size = len(text)
            new.addfile(member, BytesIO(text))
        if what in {"added", "outside"}:
            more = tarfile.TarInfo("more" if what == "added" else "../evil")
            new.addfile(more, BytesIO(b""))
    return target
