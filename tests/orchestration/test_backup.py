"""A home is backed up and restored whole, without its keys, and never half."""

import fcntl
import tarfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration import paths
from orchestration.access import audit_log
from orchestration.access.audit_log import Event
from orchestration.cli import app
from orchestration.release.current import current
from orchestration.runner import backup
from orchestration.runner.backup import CannotBackUp
from orchestration.steps.lock import HomeNotUsable, run_lock
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
    assert [each for each in moved if each.parent.name != ".restoring"] == []
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


@pytest.mark.parametrize(
    "what", ["changed", "missing", "added", "outside", "cut", "no backup", "a link", "serves none"]
)
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
            if member.name == "backup.json" and what == "serves none":
                text = text.replace(b'"2026-11-30-ab"', b'"../../evil"')
            if member.name == "home.yml" and what == "a link":
                member.type, member.linkname, text = tarfile.SYMTYPE, "/etc/passwd", b""
            member.size = len(text)
            new.addfile(member, BytesIO(text))
        if what in {"added", "outside"}:
            more = tarfile.TarInfo("more" if what == "added" else "../evil")
            new.addfile(more, BytesIO(b""))
    return target


def test_what_readers_add_to_the_log_meanwhile_leaves_a_backup_that_can_be_restored(
    at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = _made(at("old"))
    (home / "audit" / "events.jsonl").unlink()
    read = Event("view", "jo", ["pcc"], "home")
    audit_log.append(home / "audit", read)
    write = backup._write

    def meanwhile(*given: Any) -> None:
        audit_log.append(home / "audit", read)
        (home / "audit" / "events.jsonl").open("a").write('{"half')
        write(*given)

    monkeypatch.setattr(backup, "_write", meanwhile)
    backup.back_up(tmp_path / "b.tar")
    new = at("new")
    backup.restore(tmp_path / "b.tar")
    assert audit_log.verify(new / "audit", {}) == []
    assert len(list(audit_log.read(new / "audit"))) == 1


@pytest.mark.parametrize("what", ["grows", "shrinks", "changes", "goes"])
def test_a_file_that_is_written_to_meanwhile_is_named_and_no_backup_is_left(
    what: str, at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _made(at("old")) / "landing" / "force" / "a.csv"
    write = backup._write

    def meanwhile(*given: Any) -> None:
        if what == "goes":
            file.unlink()
        else:
            file.write_text({"grows": "1,2,3", "shrinks": "1", "changes": "3,4"}[what])
        write(*given)

    monkeypatch.setattr(backup, "_write", meanwhile)
    with pytest.raises(CannotBackUp, match=r"a\.csv|unexpected end"):
        backup.back_up(tmp_path / "b.tar")
    assert [each.name for each in tmp_path.iterdir()] == ["old"]


def test_a_folder_of_the_home_on_another_disk_is_kept_and_links_out_of_it_are_named(
    at: At, tmp_path: Path
) -> None:
    home, disk = _made(at("old")), tmp_path / "disk"
    (home / "landing").rename(disk)
    (home / "landing").symlink_to(disk)
    (tmp_path / "secret").write_text("of others")
    for name, target in (
        ("force/again.csv", disk / "force" / "a.csv"), ("force/out.csv", tmp_path / "secret"),
        ("force/folder", tmp_path), ("force/none.csv", tmp_path / "none"),
        ("other.csv", disk / "force" / "a.csv"),
    ):  # fmt: skip
        (disk / name).symlink_to(target)
    done = CliRunner().invoke(app, ["backup", str(tmp_path / "b.tar")])
    assert done.exit_code == 0, done.output
    named = {line.rpartition(": ")[2] for line in done.stderr.splitlines()}
    out = ("force/folder", "force/none.csv", "force/out.csv", "other.csv")
    assert named == {f"landing/{name}" for name in out}
    new = at("new")
    backup.restore(tmp_path / "b.tar")
    assert _held(new) == KEPT | {"landing/force/again.csv": "1,2"}


def test_a_restore_that_is_stopped_anywhere_is_finished_by_the_same_and_nothing_runs_before(
    at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made(at("old"))
    backup.back_up(tmp_path / "b.tar")
    (at("old") / "home.yml").write_text("landing: emptied")
    backup.back_up(tmp_path / "another.tar")
    real, stops = durable.move, 0
    while True:
        new = at(f"new{stops}")
        moves = count()

        def stopped(
            source: Path, target: Path, moves: "count[int]" = moves, at: int = stops
        ) -> None:
            if next(moves) == at:
                raise KeyboardInterrupt
            real(source, target)

        with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
            patch.setattr(durable, "move", stopped)
            backup.restore(tmp_path / "b.tar")
            break
        if paths.restoring().exists():
            with pytest.raises(HomeNotUsable, match=r"restored .* halfway"), run_lock():
                pass
            with pytest.raises(CannotBackUp, match="another backup"):
                backup.restore(tmp_path / "another.tar")
        backup.restore(tmp_path / "b.tar")
        serving = current(new / "releases")
        assert (_held(new), serving and serving.name) == (KEPT, "2026-11-30-ab")
        assert not paths.restoring().parent.exists()
        stops += 1
    assert stops > 5


def test_nothing_is_backed_up_or_restored_while_a_run_is_under_way(at: At, tmp_path: Path) -> None:
    home = _made(at("old"))
    backup.back_up(tmp_path / "b.tar")
    new = at("new")
    for folder, words in ((new, ["restore", "b.tar"]), (home, ["backup", "c.tar"])):
        at(folder.name)
        folder.mkdir(exist_ok=True)
        with (folder / "run.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            done = CliRunner().invoke(app, [words[0], str(tmp_path / words[1])])
        assert (done.exit_code, "another run is under way" in done.stderr) == (4, True)
    assert _held(new) == {}
    assert not (tmp_path / "c.tar").exists()
