"""`make upgrade` keeps a new lock file only when everything ran, and shows what it changed."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests import release_changes, upgrade
from tests.release import fixtures

OLD = """
[[package]]
name = "engine"
version = "2.0.0"

[[package]]
name = "other"
version = "1"
"""
NEW = OLD.replace("2.0.0", "2.0.1")
# What is installed is the lock file when `sync` was last run; a release names the version it used.
RUN = (
    'home="$BODYWORN_HOME/releases"; made="$home/$(grep -m1 2.0 installed | tr -dc 0-9)";'
    ' mkdir -p "$made" && ln -s "$made" "$home/current"'
)


def _shell(script: str) -> list[str]:
    return ["sh", "-c", script, "sh"]


def _write(text: str) -> list[str]:
    return _shell(f"printf %s {shlex.quote(text)} > uv.lock")


FAKE = upgrade.Commands(
    lock=_write(NEW),
    sync=_shell("cp uv.lock installed"),
    tests=_shell("grep -q 2.0.1 installed"),
    run=_shell(RUN),
    compare=_shell("test $(basename $1) = 200 && test $(basename $2) = 201"),
)


@pytest.fixture
def project(tmp_path: Path) -> upgrade.Upgrade:
    """A project whose lock file and installed packages are the old ones."""
    root, work = tmp_path / "project", tmp_path / "work"
    root.mkdir()
    work.mkdir()
    for name in ("uv.lock", "installed"):
        (root / name).write_text(OLD)
    return upgrade.Upgrade(root, FAKE, {"demonstration": ["--demo"]}, work)


def _state(project: upgrade.Upgrade) -> tuple[str, str]:
    return project.lock.read_text(), (project.root / "installed").read_text()


def test_an_upgrade_that_changes_no_figure_keeps_the_new_lock_file(
    project: upgrade.Upgrade, capfd: pytest.CaptureFixture[str]
) -> None:
    assert project.run() == upgrade.SAME
    assert _state(project) == (NEW, NEW)
    said = capfd.readouterr().out
    assert "1 packages move:\n  engine 2.0.0 -> 2.0.1\n" in said
    assert "no figure changed" in said


def test_where_nothing_newer_is_allowed_nothing_is_run(project: upgrade.Upgrade) -> None:
    idle = replace(FAKE, lock=_write(OLD), run=_shell("exit 9"), tests=_shell("exit 9"))
    assert replace(project, commands=idle).run() == upgrade.SAME
    assert _state(project) == (OLD, OLD)


@pytest.mark.parametrize("step", ["sync", "tests", "compare"])
def test_a_step_that_fails_puts_lock_file_and_packages_back(
    project: upgrade.Upgrade, step: str
) -> None:
    fails = {"sync": "cp uv.lock installed; ! grep -q 2.0.1 installed"}
    broken = replace(FAKE, **{step: _shell(fails.get(step, "exit 7"))})
    assert replace(project, commands=broken).run() == upgrade.FAILED
    assert _state(project) == (OLD, OLD)


def test_a_programme_that_new_packages_cannot_release_fails_the_upgrade(
    project: upgrade.Upgrade, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = replace(FAKE, run=_shell(f"grep -q 2.0.1 installed && exit 1; {RUN}"))
    assert replace(project, commands=broken).run() == upgrade.FAILED
    assert _state(project) == (OLD, OLD)
    assert "Releasing demonstration (after)" in capfd.readouterr().out


def test_an_upgrade_that_is_stopped_puts_lock_file_and_packages_back(
    project: upgrade.Upgrade, capfd: pytest.CaptureFixture[str]
) -> None:
    stopped = replace(FAKE, tests=_shell("kill -TERM $PPID; sleep 5"))
    assert replace(project, commands=stopped).run() == upgrade.FAILED
    assert _state(project) == (OLD, OLD)
    assert "It was stopped." in capfd.readouterr().out


@pytest.mark.parametrize("step", ["lock", "run"])
def test_what_fails_before_anything_is_installed_leaves_everything_as_it_was(
    project: upgrade.Upgrade, step: str
) -> None:
    broken = replace(FAKE, **{step: _shell("printf x > uv.lock; exit 7")})
    assert replace(project, commands=broken).run() == upgrade.CANNOT_START
    assert _state(project) == (OLD, OLD)


def test_changed_figures_are_shown_and_have_an_exit_code_of_their_own(
    project: upgrade.Upgrade, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old = fixtures.release(tmp_path / "home").release
    new = fixtures.release(tmp_path / "home", fixtures.more("north", 4)).release
    real = [sys.executable, "-m", "tests.release_changes", str(old), str(new)]
    compared = replace(FAKE, compare=_shell(f"cd {upgrade.ROOT} && {shlex.join(real)}"))
    assert replace(project, commands=compared).run() == upgrade.CHANGED
    assert _state(project) == (NEW, NEW)
    said = capfd.readouterr().out
    assert "numerator 1.0 -> 5.0" in said
    assert "fct_metrics differs" in said


def test_two_releases_of_one_content_differ_in_nothing(tmp_path: Path) -> None:
    release = fixtures.release(tmp_path).release
    assert list(release_changes.changes(release, release)) == []


def test_packages_that_come_go_and_move_are_listed_with_both_versions() -> None:
    before = {"a": frozenset({"1"}), "b": frozenset({"1"}), "c": frozenset({"1", "2"})}
    after = {"a": frozenset({"2"}), "c": frozenset({"1", "2"}), "d": frozenset({"3"})}
    assert upgrade.moves(before, after) == ["  a 1 -> 2", "  b 1 -> none", "  d none -> 3"]
