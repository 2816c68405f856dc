"""`make upgrade`: the newest packages that are allowed, the tests, and every figure they change.

The lock file is renewed within the limits of pyproject.toml. The demonstration and, where the
shared folder is there, the real programmes are released with the packages of before and with the
new ones, and both releases are compared. When a step fails, lock file and packages are put back.

This process uses nothing but the standard library after it has begun, because the packages change
under it: what reads a release runs in a process of its own.
"""

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.real_data import shared_folder

ROOT = Path(__file__).resolve().parents[1]
SAME, FAILED, CANNOT_START, CHANGED = 0, 1, 2, 3
"""Exit codes: nothing newer, or no figure changed; put back; not begun; figures changed."""

# `bodyworn run` ends with 3 where it released although files in landing are refused.
RELEASED = (0, 3)
# As `tests.release_changes` ends.
COMPARED_SAME, COMPARED_CHANGED = 0, 3
Versions = Mapping[str, frozenset[str]]


class StepFailed(RuntimeError):
    """A step of the upgrade ended with an error; the message says which."""


@dataclass(frozen=True)
class Commands:
    """What the upgrade runs, as argument lists; all of them start in the root of the project.

    `run` is `bodyworn run` without its options; `compare` gets the folders of two releases and ends
    with 3 when they differ.
    """

    lock: Sequence[str]
    sync: Sequence[str]
    tests: Sequence[str]
    run: Sequence[str]
    compare: Sequence[str]


def versions(lock: bytes) -> Versions:
    """The versions of every package in a `uv.lock`; a package may have several."""
    found: dict[str, set[str]] = {}
    for package in tomllib.loads(lock.decode()).get("package", []):
        found.setdefault(package["name"], set()).add(package.get("version", "local"))
    return {name: frozenset(numbers) for name, numbers in found.items()}


def moves(before: Versions, after: Versions) -> list[str]:
    """A line for each package that came, went or has another version, by name."""
    return [
        f"  {name} {_numbers(before, name)} -> {_numbers(after, name)}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _numbers(known: Versions, name: str) -> str:
    return ", ".join(sorted(known.get(name, ()))) or "none"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _step(
    root: Path,
    what: str,
    command: Sequence[str],
    home: Path | None = None,
    good: Sequence[int] = (0,),
) -> int:
    """Run a command, over a home of its own if one is named; raise StepFailed by its exit code."""
    _say(f"==> {what}")
    environment = dict(os.environ)
    if home:
        environment |= {"BODYWORN_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
        # It is nobody's nightly run: it reads the landing that is named, and alerts no one.
        for name in ("LANDING", "BODYWORN_WEBHOOK"):
            environment.pop(name, None)
    code = subprocess.run(command, cwd=root, env=environment, check=False).returncode
    if code not in good:
        message = f"{what}: `{shlex.join(command)}` ended with {code}"
        raise StepFailed(message)
    return code


@contextmanager
def _stopped_like_a_person() -> Iterator[None]:
    """A signal to end is a KeyboardInterrupt meanwhile, so that the lock file is put back."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(frozen=True)
class Upgrade:
    """One upgrade of the project in `root`; `landings` are options of `bodyworn run`, by name.

    Releases are made in `work`, as of one day.
    """

    root: Path
    commands: Commands
    landings: Mapping[str, Sequence[str]]
    work: Path

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.root / "uv.lock"

    def run(self) -> int:
        """The whole upgrade; returns SAME, FAILED, CANNOT_START or CHANGED."""
        with _stopped_like_a_person():
            return self._run()

    def _run(self) -> int:
        old = self.lock.read_bytes()
        try:
            new = self._newest(old)
            if new is None:
                _say("Nothing newer is allowed: pyproject.toml says which versions are.")
                return SAME
            before = self._releases("before")
        except (StepFailed, KeyboardInterrupt) as problem:
            self.lock.write_bytes(old)
            _say(f"Not begun, the lock file is as it was. {str(problem) or 'It was stopped.'}")
            return CANNOT_START
        try:
            return self._renew(new, before)
        except (StepFailed, KeyboardInterrupt) as problem:
            self._put_back(old)
            _say(f"Failed, and the lock file is as it was. {str(problem) or 'It was stopped.'}")
            return FAILED

    def _newest(self, old: bytes) -> bytes | None:
        """The renewed lock file; None when no version moved. `old` is left in its place."""
        _step(self.root, "Looking for newer versions", self.commands.lock)
        new = self.lock.read_bytes()
        self.lock.write_bytes(old)
        moved = moves(versions(old), versions(new))
        if not moved:
            return None
        _say("\n".join([f"{len(moved)} packages move:", *moved]))
        return new

    def _releases(self, when: str) -> dict[str, Path]:
        """A release of every landing with the packages installed now."""
        made = {}
        for name, options in self.landings.items():
            home = self.work / when / name
            (home / "dagster").mkdir(parents=True)
            command = [*self.commands.run, *options]
            _step(self.root, f"Releasing {name} ({when})", command, home, RELEASED)
            made[name] = (home / "releases" / "current").resolve(strict=True)
        return made

    def _renew(self, new: bytes, before: Mapping[str, Path]) -> int:
        self.lock.write_bytes(new)
        _step(self.root, "Installing", self.commands.sync)
        _step(self.root, "Testing", self.commands.tests)
        after = self._releases("after")
        codes = [
            _step(
                self.root,
                f"What changed in {name}",
                [*self.commands.compare, str(before[name]), str(after[name])],
                good=(COMPARED_SAME, COMPARED_CHANGED),
            )
            for name in self.landings
        ]
        if COMPARED_CHANGED in codes:
            _say(
                "Upgraded, and what is released changed. Explain every figure above in CHANGELOG.md"
                " before you commit uv.lock, or put it back: git checkout uv.lock && uv sync"
                f"\nThe releases are in {self.work}"
            )
            return CHANGED
        _say("Upgraded, and no figure changed. Commit uv.lock and say in CHANGELOG.md what moved.")
        return SAME

    def _put_back(self, old: bytes) -> None:
        self.lock.write_bytes(old)
        try:
            _step(self.root, "Putting the former packages back", self.commands.sync)
        except StepFailed as problem:
            _say(f"The former packages are not installed yet: {problem}")


def landings(as_of: str) -> dict[str, list[str]]:
    """What is released: the demonstration, and the real files where the shared folder is there."""
    found = {"demonstration": ["--demo", "--as-of", as_of]}
    data = shared_folder() / "data"
    if data.is_dir():
        found["real-programmes"] = ["--landing", str(data), "--as-of", as_of]
    return found


def _commands(uv: str, tests: str) -> Commands:
    python = sys.executable
    some = [python, "-m", "pytest", "-q", *shlex.split(tests)]
    return Commands(
        lock=[uv, "lock", "--upgrade"],
        sync=[uv, "sync", "--locked", "--inexact"],
        tests=some if tests else ["make", "test"],
        run=[python, "-m", "orchestration.cli", "run"],
        compare=[python, "-m", "tests.release_changes"],
    )


def main() -> int:
    """Upgrade the project that this file is in."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--uv", default="uv", help="the uv to use")
    parser.add_argument("--tests", default="", help="arguments of pytest; without them `make test`")
    asked = parser.parse_args()
    named = [word.split("::")[0] for word in shlex.split(asked.tests) if word[0] != "-"]
    if missing := [path for path in named if "/" in path and not (ROOT / path).exists()]:
        parser.error(f"no such tests: {', '.join(missing)}")
    work = Path(tempfile.mkdtemp(prefix="bodyworn-upgrade-"))
    as_of = datetime.now(UTC).date().isoformat()
    chosen = Upgrade(ROOT, _commands(asked.uv, asked.tests), landings(as_of), work)
    code = chosen.run()
    if code != CHANGED:
        shutil.rmtree(work, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
