"""`make bench`: every benchmark of this folder, one after another, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    """Benchmarks by module name, in order; a module with a leading underscore is not one."""
    return sorted(path.stem for path in HERE.glob("[!_]*.py"))


def main() -> int:
    """Run all, and fail when one of them fails: ratios bind, seconds are printed."""
    failed = [
        name
        for name in names()
        if subprocess.run(
            [sys.executable, "-m", f"tests.benchmarks.{name}"], check=False
        ).returncode
    ]
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else "all benchmarks kept\n")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
