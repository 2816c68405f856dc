"""A run on a disk that fills at one place after the other: a sentence every time, and no traceback.

A home of the shared cases is laid out on a small file system in memory (it takes the right to mount
one), whose room is cut so that the run stops while it starts, loads, computes or publishes. Each
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

ROOM = "200m"
LEFT_KB = (0, 64, 512, 2_000, 5_000, 8_000, 11_000, 14_000)
SENTENCE = "No room left"


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system in memory with little room; taken away at the end."""
    with tempfile.TemporaryDirectory(prefix="bodyworn-disk-") as folder:
        mount = ("mount", "-t", "tmpfs", "-o", f"size={ROOM}", "bodyworn", folder)
        subprocess.run(mount, check=True)
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


def main() -> int:
    """Run with ever more room, then with enough; a line each. Returns 1 at a broken promise."""
    wrong = 0
    try:
        with small_disk() as folder:
            public_cases.lay_out(folder)
            for left in LEFT_KB:
                said, is_right = attempt(folder, left)
                wrong += not is_right
                print(f"{left:>8,} KB left  {'as promised' if is_right else 'WRONG'}: {said}")  # noqa: T201
            print(f"  enough room  {public_cases.run(folder).splitlines()[0]}")  # noqa: T201
    except subprocess.CalledProcessError:
        print("A file system cannot be mounted here: this proof needs the right to mount one.")  # noqa: T201
        return 0
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
