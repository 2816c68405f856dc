"""A run on a disk that fills at one place after the other: a sentence every time, and no traceback.

A home of the shared cases is laid out on a small file system in memory, whose room is cut so that
the run stops while it starts, loads, computes or publishes. It is mounted in name spaces of its
own, for which no right is needed on most machines; else root can mount it, and nobody else. Each
time the exit code is 1 (2 where the run cannot even begin), the sentence of the docs is said, what
was served is served, and once there is room again the next run finishes.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.orchestration import public_cases
from tests.real_data import shared_folder

ROOM = "200m"
LEFT_KB = (0, 64, 512, 2_000, 5_000, 8_000, 11_000, 14_000)
SENTENCE = "No room left"
APART = ("unshare", "--user", "--map-root-user", "--mount")
INSIDE = "--inside"


class NotMounted(Exception):
    """The machine lets nobody here mount a file system."""


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system in memory with little room, taken away at the end; raises NotMounted."""
    with tempfile.TemporaryDirectory(prefix="bodyworn-disk-") as folder:
        mount = ("mount", "-t", "tmpfs", "-o", f"size={ROOM}", "bodyworn", folder)
        if subprocess.run(mount, check=False).returncode:
            raise NotMounted
        try:
            yield Path(folder)
        finally:
            subprocess.run(("umount", folder), check=True)


def fill(folder: Path, left_kb: int) -> Path:
    """A file that leaves so many kilobytes."""
    filler = folder / "filler"
    filler.unlink(missing_ok=True)
    free = shutil.disk_usage(folder).free - left_kb * 1024
    filler.write_bytes(b"\0" * max(free, 0))
    return filler


def attempt(folder: Path, left_kb: int) -> tuple[str, bool]:
    """What a run on so much room says last, and whether that is as promised."""
    before = _served(folder)
    filler = fill(folder, left_kb)
    words = ("run", "--landing", str(folder / "landing"), "--as-of", public_cases.AS_OF)
    done = public_cases.bodyworn(folder, *words)
    filler.unlink()
    said = f"{done.stdout}\n{done.stderr}"
    if done.returncode in {0, 3}:
        return f"released with exit code {done.returncode}", True
    lines = [line for line in said.splitlines() if SENTENCE in line]
    is_right = done.returncode in {1, 2} and bool(lines) and "Traceback" not in said
    is_right = is_right and _served(folder) == before
    last = lines[-1] if lines else said.strip().splitlines()[-1]
    return last.replace(str(folder), "HOME"), is_right


def _served(folder: Path) -> str:
    current = folder / "home" / "releases" / "current"
    return current.resolve().name if current.exists() else ""


def can_be_apart() -> bool:
    """Whether this machine lets anybody mount what only they see."""
    if shutil.which(APART[0]) is None:
        return False
    return subprocess.run([*APART, "true"], capture_output=True, check=False).returncode == 0


def main() -> int:
    """Run with ever more room, then with enough; a line each. Returns 1 at a broken promise."""
    if INSIDE not in sys.argv and can_be_apart():
        again = (sys.executable, "-m", "tests.proofs.full_disk", INSIDE)
        return subprocess.run([*APART, *again], check=False).returncode
    if not (shared_folder() / public_cases.CASES).exists():
        print("Not run: the shared cases are not here (docs/real_data.md says how to get them).")  # noqa: T201
        return 0
    wrong = 0
    try:
        with small_disk() as folder:
            public_cases.lay_out(folder)
            for left in LEFT_KB:
                said, is_right = attempt(folder, left)
                wrong += not is_right
                verdict = "as promised" if is_right else "WRONG"
                print(f"{left:>8,} KB left  {verdict}: {said}", flush=True)  # noqa: T201
            print(f"  enough room  {public_cases.run(folder).splitlines()[0]}")  # noqa: T201
    except NotMounted:
        print("Not run: this machine lets neither anybody nor this user mount a file system.")  # noqa: T201
        return 0
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
