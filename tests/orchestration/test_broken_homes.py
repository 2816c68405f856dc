"""Every broken state of a home has a sentence and a way out, a true exit code and no traceback."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration import paths
from orchestration.access import audit_log
from orchestration.cli import app
from orchestration.release.current import current, published
from orchestration.release.damage import DAMAGED, damage, newest_whole, refuse_damaged, verify
from orchestration.runner import run as runner
from orchestration.runner.run import RunRequest
from orchestration.steps.dagster_home import OPENED, dagster_home, damaged, set_aside
from orchestration.steps.lock import HomeNotUsable, run_lock
from orchestration.steps.status import RunStatus, read_status, write_status
from orchestration.storage.failures import is_disk_full, no_room
from orchestration.storage.read_back import is_whole_parquet
from tests.orchestration.home_folder import Home
from tests.release import fixtures

Spoil = Callable[[Path], object]


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def one_byte_other(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


SPOILT: dict[str, Spoil] = {
    "database cut off": lambda release: cut_off(release / "internal/marts.duckdb"),
    "database with another byte": lambda release: one_byte_other(release / "internal/marts.duckdb"),
    "database gone": lambda release: (release / "internal/marts.duckdb").unlink(),
    "manifest cut off": lambda release: cut_off(release / "manifest.json"),
    "manifest empty": lambda release: (release / "manifest.json").write_text(""),
    "manifest of something else": lambda release: (release / "manifest.json").write_text("[]"),
    "table cut off": lambda release: cut_off(release / "internal/parquet" / "fct_metrics.parquet"),
    "sheet gone": lambda release: (release / "internal/csv" / "fct_metrics.csv").unlink(),
}


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The older and the newer of two releases in a home; the newer one is served."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.delenv("LANDING", raising=False)
    older = fixtures.release(tmp_path).release
    newer = fixtures.release(tmp_path, fixtures.more("north", 1)).release
    shutil.rmtree(tmp_path / "ledger")
    write_status(RunStatus(0, f"Released {newer.name}.", "run", newer.name))
    return older, newer


def doctor(*words: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *words])


def states() -> dict[str, str]:
    done = doctor("--json")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return {each["name"]: each["state"] for each in json.loads(done.stdout)}


def test_a_whole_home_is_told_to_be_whole(two: tuple[Path, Path]) -> None:
    assert set(states().values()) == {"ok"}
    assert doctor().exit_code == 0


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_damaged_current_release_stops_the_run_and_never_still_serves(
    two: tuple[Path, Path], spoil: Spoil, tmp_path: Path
) -> None:
    older, newer = two
    spoil(newer)
    assert damage(newer) != []
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "note.txt").write_text("nobody's")
    report = runner.run(RunRequest())
    assert report.status.code == 1
    assert f"the current release {newer.name} is damaged" in report.status.sentence
    assert "bodyworn doctor --repair" in report.status.sentence
    assert "still serves" not in report.status.sentence
    done = CliRunner().invoke(app, ["run"])
    assert isinstance(done.exception, SystemExit), done.exception
    assert "still serves" not in done.output
    assert doctor().exit_code == 1
    done = doctor("--repair")
    assert done.exit_code == 0, done.output
    assert f"Now {older.name} is being served" in done.stdout
    assert current(paths.releases()) == older
    assert (older.parent / f"{DAMAGED}{newer.name}").is_dir()
    assert set(states().values()) == {"ok"}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_no_command_breaks_down_on_a_damaged_release(two: tuple[Path, Path], spoil: Spoil) -> None:
    spoil(two[1])
    for words in (
        "release list", "release show", "release diff", "release verify",
        "release prune --keep 9 --dry-run", "status", "reproduce", "doctor",
    ):  # fmt: skip
        done = CliRunner().invoke(app, words.split())
        assert isinstance(done.exception, SystemExit | None), (words, done.exception)
        assert "Traceback" not in done.output
    assert verify(two[1]) != []
    assert CliRunner().invoke(app, ["release", "verify"]).exit_code in {1, 2}


def lose(link: Path) -> None:
    link.unlink()


def dangle(link: Path) -> None:
    link.unlink()
    link.symlink_to("2020-01-01-000000000000")


@pytest.mark.parametrize("break_link", [lose, dangle])
def test_a_lost_current_is_pointed_at_the_newest_whole_release(
    two: tuple[Path, Path], break_link: Spoil
) -> None:
    older, newer = two
    break_link(paths.releases() / "current")
    assert states()["current"] == "broken"
    told = refuse_damaged(paths.releases(), newer.name)
    assert told == f"current was lost and points at the newest whole release again: {newer.name}"
    cut_off(newer / "internal/marts.duckdb")
    break_link(paths.releases() / "current")
    assert newest_whole(paths.releases()) == older
    assert refuse_damaged(paths.releases(), newer.name) is not None
    assert current(paths.releases()) == older


def test_a_history_is_never_begun_anew_in_silence(two: tuple[Path, Path], tmp_path: Path) -> None:
    for release in published(paths.releases()):
        shutil.rmtree(release)
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "note.txt").write_text("nobody's")
    report = runner.run(RunRequest())
    assert report.status.code == 1
    assert "holds no whole release" in report.status.sentence
    assert two[1].name in report.status.sentence
    assert states()["current"] == "broken"


def test_a_home_without_a_release_yet_is_whole(tmp_path: Path) -> None:
    assert refuse_damaged(tmp_path / "releases", None) is None


def test_an_older_release_that_is_damaged_stops_no_run_and_is_found(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    cut_off(two[0] / "manifest.json")
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "note.txt").write_text("nobody's")
    assert "damaged" not in runner.run(RunRequest()).status.sentence
    assert states()["releases"] == "broken"
    assert doctor("--repair").exit_code == 0
    assert states()["releases"] == "ok"


@pytest.mark.parametrize("name", OPENED)
def test_a_damaged_database_of_dagster_is_set_aside_and_told(tmp_path: Path, name: str) -> None:
    for each in OPENED:
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(tmp_path / each) as con:
            con.execute("create table runs (id integer)")
            con.execute("insert into runs values (1)")
    assert damaged(tmp_path) == []
    (tmp_path / name).write_bytes(b"not a database at all, and long enough to be read" * 40)
    assert damaged(tmp_path) == [tmp_path / name]
    [told] = set_aside(tmp_path)
    assert f"{Path(name).name} was damaged" in told
    assert "No release is affected" in told
    assert damaged(tmp_path) == []
    assert set_aside(tmp_path) == []


def test_a_lock_that_is_a_folder_has_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    (tmp_path / "run.lock").mkdir()
    for words in ("run", "release prune --keep 3"):
        done = CliRunner().invoke(app, words.split())
        assert done.exit_code == 2, done.output
        assert "run.lock is a folder" in done.output
    assert states()["lock"] == "broken"


@pytest.mark.parametrize("name", ["ledger", "releases", "raw", "derived", "warehouse", "audit"])
def test_a_file_in_the_place_of_a_folder_is_no_empty_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    (tmp_path / name).write_text("")
    done = CliRunner().invoke(app, ["run"])
    assert done.exit_code == 2, done.output
    assert f"{name} is a file where a folder should be: move it away" in " ".join(
        done.output.split()
    )
    assert states()["home"] == "broken"


def test_settings_of_dagster_that_cannot_be_read_have_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    (tmp_path / "dagster").mkdir()
    for text in ("a: [", "- a list"):
        (tmp_path / "dagster" / "dagster.yaml").write_text(text)
        with pytest.raises(HomeNotUsable, match=r"dagster.yaml cannot be read as YAML: mend it"):
            dagster_home()
        assert states()["dagster"] == "broken"
    (tmp_path / "dagster" / "dagster.yaml").unlink()
    dagster_home()
    assert states()["dagster"] == "ok"


def test_an_audit_log_that_was_changed_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    for what in ("one", "two"):
        audit_log.record_operator(tmp_path / "audit", "export", what)
    assert states()["audit"] == "ok"
    log = tmp_path / "audit" / audit_log.NAME
    log.write_text(log.read_text().replace("one", "uno"))
    assert states()["audit"] == "broken"


def test_a_home_that_cannot_be_written_to_has_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", denied)
        with pytest.raises(HomeNotUsable, match=r"cannot be written to \(Permission denied\)"):
            run_lock().__enter__()
        report = runner.run(RunRequest())
    assert report.status.code == 2
    assert "name another home with BODYWORN_HOME" in report.status.sentence
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert states() == {"home": "broken", "lock": "ok", "room": "ok"}


def test_a_home_below_a_file_has_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "file" / "home"))
    done = CliRunner().invoke(app, ["run"])
    assert done.exit_code == 2
    assert "cannot be written to (Not a directory)" in done.output
    assert doctor().exit_code == 1


def test_a_status_file_that_was_cut_off_is_removed(two: tuple[Path, Path]) -> None:
    cut_off(paths.releases() / "status.json")
    assert states()["status"] == "broken"
    assert doctor("--repair").exit_code == 0
    assert read_status() == {}
    assert states()["status"] == "ok"


def test_what_killed_runs_left_is_removed(two: tuple[Path, Path]) -> None:
    (paths.releases() / ".candidate-killed" / "internal/csv").mkdir(parents=True)
    (paths.releases() / ".removed-2020").mkdir()
    (paths.releases() / "status.json.unfinished").write_text("{")
    assert states()["leftovers"] == "broken"
    assert doctor("--repair").exit_code == 0
    assert states()["leftovers"] == "ok"


@pytest.mark.parametrize(
    "words",
    [
        "[Errno 28] No space left on device: '/a/b'",
        "(sqlite3.OperationalError) database or disk is full",
        'IO Error: Could not write file "x": No space left on device',
    ],
)
def test_every_layer_that_meets_a_full_disk_gives_one_sentence(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    assert is_disk_full(words)

    def full(_: object) -> None:
        raise RuntimeError("a step failed") from ValueError(words)

    monkeypatch.setattr(runner, "_inputs", full)
    report = runner.run(RunRequest())
    assert report.status.code == 1
    assert report.status.sentence == f"Not released: {no_room(tmp_path)}"


def test_a_file_that_was_cut_off_is_no_whole_parquet(two: tuple[Path, Path]) -> None:
    table = two[1] / "internal/parquet" / "fct_metrics.parquet"
    assert is_whole_parquet(table)
    for size in (0, 3, 11, table.stat().st_size - 1):
        short = table.with_name("short.parquet")
        short.write_bytes(table.read_bytes()[:size])
        assert not is_whole_parquet(short)
    assert not is_whole_parquet(table.with_name("none.parquet"))


@pytest.mark.pipeline
@pytest.mark.timeout(600)
class TestRuns:
    """The same over a home that a run has released in."""

    def test_rows_cut_off_in_raw_are_loaded_again_though_nothing_is_new(self, home: Home) -> None:
        loaded = next(home.folder.glob("raw/evidence_com/recordings/*/*.parquet"))
        before = loaded.read_bytes()
        cut_off(loaded)
        done = home.run()
        assert done.returncode == 0, done.stderr
        assert loaded.read_bytes() == before

    def test_rows_cut_off_whose_file_is_gone_are_told_though_nothing_is_new(
        self, home: Home
    ) -> None:
        loaded = next(home.folder.glob("raw/evidence_com/recordings/*/*.parquet"))
        cut_off(loaded)
        (home.folder / "home.yml").write_text("landing: emptied\n")
        for file in home.landing.rglob("evidence_com*.csv"):
            file.unlink()
        done = home.run()
        assert done.returncode == 1
        assert "Deliver it again" in done.stderr

    def test_dagsters_damaged_history_is_begun_anew_and_the_run_says_so(self, home: Home) -> None:
        (home.folder / "dagster" / "history" / "runs.db").write_bytes(b"x" * 5000)
        done = home.run()
        assert done.returncode == 0, done.stderr
        assert "Dagster's runs.db was damaged" in done.stdout
        assert list((home.folder / "dagster").glob("history.damaged-*"))
