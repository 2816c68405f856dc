"""Which code made a release: one hash over the sources that decide what comes out."""

import platform
import subprocess
from collections.abc import Iterator
from pathlib import Path

from orchestration.release.hashes import canonical, of_file, of_text

FOLDERS = ("orchestration", "models", "data/programmes", "data/seeds", "data/studies")
FILES = ("dbt_project.yml",)


def _sources(root: Path) -> Iterator[Path]:
    yield from (root / name for name in FILES if (root / name).is_file())
    for folder in FOLDERS:
        yield from (path for path in (root / folder).rglob("*") if path.is_file())


def _counts(path: Path) -> bool:
    return not any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def code_version(root: Path) -> str:
    """SHA-256 over name and bytes of every source file below `root`; hidden files do not count."""
    named = {path.relative_to(root).as_posix(): path for path in _sources(root)}
    hashes = {name: of_file(path) for name, path in named.items() if _counts(Path(name))}
    return of_text(canonical(hashes))


def lock_version(root: Path) -> str | None:
    """SHA-256 of `uv.lock`, or None where the project was installed without it."""
    lock = root / "uv.lock"
    return of_file(lock) if lock.is_file() else None


def code(root: Path) -> dict[str, str | None]:
    """Both versions, as a replication bundle names them."""
    return {"version": code_version(root), "lock": lock_version(root)}


def commit(root: Path) -> str | None:
    """The git commit the sources stand on, or None outside a repository."""
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def python_version() -> str:
    """The version of the running Python."""
    return platform.python_version()
