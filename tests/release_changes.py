"""Every figure, table, check and public file that differs between two release folders.

`python -m tests.release_changes OLD NEW` ends with 0 where none does and with 3 where some do. The
folders may lie in different homes, which `bodyworn release diff` does not look into.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestration.release import compare
from orchestration.release.current import read_manifest

SAME, CHANGED = 0, 3


def changes(old: Path, new: Path) -> Iterator[str]:
    """A line for every figure that differs, and lines for every other table, check and file."""
    found = compare.diff(old, new)
    for row in found.figures:
        where = " ".join(str(row[name]) for name in compare.FIGURE_KEY)
        yield f"{row['change']} {where}: {', '.join(_values(row))}"
    for table in found.tables:
        yield f"{table['table']} differs"
        one = compare.compare_table(old, new, table["table"])
        yield from compare.describe(one, "the old", "the new")
    for check in found.checks:
        yield f"check {check['check_name']}: {check['old_status']} -> {check['new_status']}"
    was, now = (read_manifest(release).get("public", {}) for release in (old, new))
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield f"{name} differs"


def _values(row: Mapping[str, object]) -> Iterator[str]:
    for name in compare.COMPARED:
        old, new = row[f"old_{name}"], row[f"new_{name}"]
        if old != new:
            yield f"{name} {old} -> {new}"


def main() -> int:
    """Print what changed; SAME or CHANGED."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    asked = parser.parse_args()
    lines = list(changes(asked.old, asked.new))
    sys.stdout.write("\n".join(lines) or "No figure, table, check or public file changed.")
    sys.stdout.write("\n")
    return CHANGED if lines else SAME


if __name__ == "__main__":
    sys.exit(main())
