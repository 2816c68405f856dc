"""A replay of the same files: same, different, or impossible and exactly why."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.release.current import read_manifest
from orchestration.runner import reproduce
from tests.release import fixtures

PLACES = ["force", "north"]


class Replays:
    """A run over the temporary home that builds the invented force, after the SQL in `change`."""

    def __init__(self, code: Path, change: str = "") -> None:
        self.code, self.change = code, change
        self.order: dict[str, Any] = {}
        self.landed: dict[str, str] = {}

    def __call__(self, replay: reproduce.ReplayRun) -> "subprocess.CompletedProcess[str]":
        self.order = json.loads(replay.order.read_text())
        self.landed = {
            path.relative_to(replay.landing).as_posix(): path.read_text()
            for path in sorted(replay.landing.rglob("*.csv"))
        }
        (replay.home / "code").symlink_to(self.code)
        fixtures.release(replay.home, self.change)
        return subprocess.CompletedProcess([], 0, "", "")


def _try(home: Path, runner: reproduce.Runner) -> reproduce.Reproduction:
    release = home / "releases" / "current"
    return reproduce.reproduce(
        release.resolve(), home / "landing", root=fixtures.code(home), runner=runner
    )


def _home(folder: Path) -> Path:
    fixtures.release(folder)
    fixtures.deliver(folder / "landing")
    return folder


def test_the_same_files_give_the_same_hashes_in_order_of_arrival(tmp_path: Path) -> None:
    home = _home(tmp_path)
    runner = Replays(fixtures.code(home))
    made = _try(home, runner)
    assert (made.code, made.sentences) == (reproduce.SAME, [])
    assert [row["file_name"] for row in runner.order["inputs"]] == [
        f"{fixtures.FORCE}/{name}" for name in fixtures.DELIVERED
    ]
    assert runner.order["as_of"] == "2024-03-01"
    assert runner.landed == {f"{fixtures.FORCE}/{n}": t for n, t in fixtures.DELIVERED.items()}


def test_only_the_files_of_the_release_are_replayed_under_their_own_names(tmp_path: Path) -> None:
    home = _home(tmp_path)
    folder = home / "landing" / fixtures.FORCE
    (folder / "march.csv").write_text("later\n")
    (folder / "jan.csv").rename(folder / "renamed.csv")
    runner = Replays(fixtures.code(home))
    assert _try(home, runner).code == reproduce.SAME
    assert runner.landed == {f"{fixtures.FORCE}/{n}": t for n, t in fixtures.DELIVERED.items()}


def test_other_outputs_are_named(tmp_path: Path) -> None:
    home = _home(tmp_path)
    made = _try(home, Replays(fixtures.code(home), fixtures.more("north", 1)))
    assert made.code == reproduce.DIFFERS
    names = "programme_id, metric_id, area_id, period_grain, period_start, breakdown"
    keys = [f"    invented_force, complaints, {a}, month, 2024-01-01, all, all" for a in PLACES]
    assert made.sentences == [
        "fct_metrics differs (content, parquet, csv).",
        f"  key: {names}, breakdown_value",
        "  numerator differs in 2 rows:", *keys,
        "  value differs in 2 rows:", *keys,
    ]  # fmt: skip
    (table,) = made.tables
    assert (table.table, set(table.values)) == ("fct_metrics", {"numerator", "value"})
    assert [key["area_id"] for key in table.values["value"].keys] == PLACES


def test_a_missing_file_is_named_with_its_hash(tmp_path: Path) -> None:
    home = _home(tmp_path)
    (home / "landing" / fixtures.FORCE / "jan.csv").write_text("changed\n")
    made = _try(home, Replays(fixtures.code(home)))
    assert made.code == reproduce.CANNOT
    (sentence,) = made.sentences
    assert f"jan.csv (SHA-256 {fixtures.HASHES['jan.csv']})" in sentence


def test_other_code_packages_or_duckdb_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = _home(tmp_path)
    (fixtures.code(home) / "orchestration" / "run.py").write_text("print('other')\n")
    (fixtures.code(home) / "uv.lock").write_text("other\n")
    monkeypatch.setattr(reproduce, "engine_version", lambda: "9.9.9")
    made = _try(home, Replays(fixtures.code(home)))
    version = read_manifest((home / "releases" / "current").resolve())["code"]["version"]
    assert made.code == reproduce.CANNOT
    assert "and 9.9.9 is installed" in made.sentences[0]
    assert f"Other code made it (version {version[:12]})." in made.sentences[1]
    assert "uv.lock is not the same" in made.sentences[2]


def test_another_key_is_named_by_its_fingerprint(tmp_path: Path) -> None:
    home = tmp_path
    key = {"invented_force": "0a1b2c3d"}
    keyed = replace(fixtures.order(home), key_fingerprints=key)
    fixtures.release_order(keyed, home)
    fixtures.deliver(home / "landing")
    made = _try(home, Replays(fixtures.code(home)))
    assert made.code == reproduce.CANNOT
    words = (
        "The key of invented_force has the fingerprint none, the release was made with 0a1b2c3d."
    )
    assert made.sentences == [words]


def test_code_that_changes_during_the_replay_is_named(tmp_path: Path) -> None:
    home = _home(tmp_path)
    runner = Replays(fixtures.code(home))

    def edits(replay: reproduce.ReplayRun) -> "subprocess.CompletedProcess[str]":
        (fixtures.code(home) / "orchestration" / "run.py").write_text("print('edited')\n")
        return runner(replay)

    made = _try(home, edits)
    assert made.code == reproduce.CANNOT
    assert made.sentences == [
        "The code was changed while the release was made again: try once more."
    ]


def test_a_run_that_makes_no_release_says_why(tmp_path: Path) -> None:
    def fails(replay: reproduce.ReplayRun) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess([], 2, "", "No key for invented_force.\n")

    made = _try(_home(tmp_path), fails)
    assert made.code == reproduce.CANNOT
    assert made.sentences == ["The run made no release: No key for invented_force."]
