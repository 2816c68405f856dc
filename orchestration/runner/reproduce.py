"""A release made again from the same files in the same order, and compared hash by hash.

Tables whose hashes differ are then compared row by row, so that the answer names what differs.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.release import manifest, tiers
from orchestration.release.compare import TableDifference, compare_table, describe
from orchestration.release.current import current, read_manifest
from orchestration.release.public import package
from orchestration.release.public.extract import FOLDER as PUBLIC
from orchestration.steps import status
from orchestration.storage import durable
from orchestration.storage.engine import engine_version
from orchestration.storage.hashes import of_file

SAME, DIFFERS, CANNOT = 0, 1, 2
NOT_READ = ("superseded", "withdrawn")
"""Files that a release lists but does not count: it can be reproduced without them."""


@dataclass(frozen=True)
class Reproduction:
    """Exit code (0 same, 1 differs, 2 cannot be tried) and sentences that explain it.

    `tables` are those that differ, the release as the old side and its replay as the new one.
    """

    release: str
    code: int
    sentences: list[str] = field(default_factory=list)
    tables: list[TableDifference] = field(default_factory=list)


@dataclass(frozen=True)
class ReplayRun:
    """The arguments of the run that makes the release again."""

    home: Path
    landing: Path
    as_of: str
    order: Path


Runner = Callable[[ReplayRun], "subprocess.CompletedProcess[str]"]


def run_again(replay: ReplayRun) -> "subprocess.CompletedProcess[str]":
    """The whole run in a process of its own, over another home."""
    command = [sys.executable, "-m", "orchestration.cli", "run"]
    command += ["--landing", str(replay.landing), "--as-of", replay.as_of]
    command += ["--replay", str(replay.order)]
    environment = os.environ | {
        "BODYWORN_HOME": str(replay.home),
        "BODYWORN_KEYS": str(paths.keys()),
        "DAGSTER_HOME": str(replay.home / "dagster"),
    }
    # A replay is not a nightly run: it reads its own landing folder and alerts no one.
    for name in ("LANDING", status.WEBHOOK):
        environment.pop(name, None)
    return subprocess.run(
        command, env=environment, cwd=paths.ROOT, capture_output=True, text=True, check=False
    )


def _other_code(made: dict[str, Any], root: Path) -> Iterator[str]:
    code = made["code"]
    if code["duckdb"] != engine_version():
        here = engine_version()
        yield f"DuckDB {code['duckdb']} made it and {here} is installed: install that version."
    if code["version"] != manifest.code_version(root):
        commit = made["made_by"]["git_commit"]
        back = f" Check out commit {commit[:12]}." if commit else ""
        yield f"Other code made it (version {code['version'][:12]}).{back}"
    if code["lock"] != manifest.lock_version(root):
        yield "Other packages made it: uv.lock is not the same."


def _by_hash(folder: Path) -> dict[str, Path]:
    return {of_file(path): path for path in sorted(folder.rglob("*")) if path.is_file()}


def _lay_out(made: dict[str, Any], landing: Path, there: Path) -> Iterator[str]:
    """Link the delivered files where they were when loaded; one sentence for each missing file.

    They are found by content, whatever their names and places in `landing` today.
    """
    there.mkdir()
    found = _by_hash(landing)
    for delivered in _of_new_rows(made):
        if delivered.get("counting_status") in NOT_READ:
            continue
        copy = found.get(delivered["file_hash"])
        if copy:
            _link(copy, there / delivered["file_name"])
        else:
            what = f"{delivered['file_name']} (SHA-256 {delivered['file_hash']})"
            yield f"{what} of {delivered['programme_id']} is not in {landing}.{_why(delivered)}"


def _why(delivered: dict[str, Any]) -> str:
    if delivered.get("counting_status") != "stale":
        return ""
    return " Its newer version lies there and was refused; lay the earlier one beside it."


def _of_new_rows(made: dict[str, Any]) -> list[dict[str, Any]]:
    """The inputs of what the release computed itself, without those of copied rows."""
    return [one for one in made["inputs"] if one["programme_id"] not in made.get("carried", {})]


def _gone(made: dict[str, Any], releases: Path) -> Iterator[str]:
    """One sentence for each release that figures were carried from and that is gone."""
    for programme, one in sorted(made.get("carried", {}).items()):
        if not (releases / one["release"]).is_dir():
            yield (
                f"It carries the figures of {programme} from release {one['release']},"
                f" which is not in {releases}: restore that release."
            )


def _link(source: Path, target: Path) -> None:
    """Link a file; if another version of it is in its place, into a folder there."""
    if ".." in target.parts:
        return
    if target.exists():
        if of_file(target) == of_file(source):
            return
        target = target.parent / of_file(source) / target.name
    target.parent.mkdir(parents=True, exist_ok=True)
    durable.link(source, target)


def _differences(made: dict[str, Any], again: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The name of each table and public file that differs, and which of its hashes do."""
    old, new = made["outputs"], again["outputs"]
    for table in sorted(old.keys() | new.keys()):
        before, after = old.get(table, {}), new.get(table, {})
        kinds = [k for k in ("content", "parquet", "csv") if before.get(k) != after.get(k)]
        if kinds:
            yield table, f"{table} differs ({', '.join(kinds)})."
    was, now = made.get("public", {}), again.get("public", {})
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield name, f"{name} differs."


def _compare(made: dict[str, Any], release: Path, again: Path) -> Reproduction:
    """Both releases hash by hash, and row by row where the hashes differ."""
    sentences, tables = [], []
    for name, sentence in _differences(made, read_manifest(again)):
        sentences.append(sentence)
        if name != f"{PUBLIC}/{package.NAME}":
            found = compare_table(release, again, name)
            tables.append(found)
            sentences += describe(found, "the release", "the replay")
    return Reproduction(made["release"], DIFFERS if sentences else SAME, sentences, tables)


def _other_conditions(made: dict[str, Any], again: dict[str, Any]) -> Iterator[str]:
    if made["code"] != again["code"]:
        yield "The code was changed while the release was made again: try once more."
    old, new = made["key_fingerprints"], again["key_fingerprints"]
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            was, now = old.get(name, "none"), new.get(name, "none")
            yield f"The key of {name} has the fingerprint {now}, the release was made with {was}."


def _replay(made: dict[str, Any], release: Path, work: Path, runner: Runner) -> Reproduction:
    order = work / "replay.json"
    replayed = {
        "as_of": made["as_of"],
        "programmes": [name for name in made["programmes"] if name not in made.get("carried", {})],
        "inputs": _of_new_rows(made),
    }
    order.write_text(json.dumps(replayed | {"again": str(release.resolve())}))
    replay = ReplayRun(work / "home", work / "landing", made["as_of"], order)
    done = runner(replay)
    again = current(replay.home / "releases")
    if again is None:
        said = (done.stderr or done.stdout).strip()
        return Reproduction(made["release"], CANNOT, [f"The run made no release: {said}"])
    if conditions := list(_other_conditions(made, read_manifest(again))):
        return Reproduction(made["release"], CANNOT, conditions)
    return _compare(made, release, again)


def reproduce(
    release: Path, landing: Path, *, root: Path, runner: Runner = run_again
) -> Reproduction:
    """Make `release` again from the files in `landing` with the code below `root`.

    Nothing is tried, and every reason is given, when the code, DuckDB or a delivered file differs
    from the one that made it.
    """
    made = read_manifest(release)
    if on := tiers.purged_on(release):
        said = f"A person's records were erased on {on}: {release.name} cannot be made again."
        return Reproduction(made["release"], CANNOT, [said])
    with tempfile.TemporaryDirectory(prefix="bodyworn-") as name:
        work = Path(name)
        problems = [
            *_other_code(made, root),
            *_gone(made, release.resolve().parent),
            *_lay_out(made, landing, work / "landing"),
        ]
        if problems:
            return Reproduction(made["release"], CANNOT, problems)
        (work / "home" / "dagster").mkdir(parents=True)
        return _replay(made, release, work, runner)
