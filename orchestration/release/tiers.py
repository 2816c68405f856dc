"""The tiers of a release: who may have which part of it, and where that part lies.

`public/` is for everyone, `internal/` holds every table with its small counts, `restricted/` what
must stay with the people who make releases: true counts of hidden figures and earlier releases.
Files are for their owner and group alone, so that a tier is opened to readers by giving them its
group, and never by accident.
"""

import json
import os
from pathlib import Path

from orchestration.storage import durable
from orchestration.storage.hashes import of_file

PUBLIC, INTERNAL, RESTRICTED = "public", "internal", "restricted"
PURGED = "purged"
TIERS = (PUBLIC, INTERNAL, RESTRICTED)
README = "README.md"
FILE_MODE, FOLDER_MODE = 0o640, 0o750
SAYS = {
    INTERNAL: """For analysts of the force and those with an agreement: not for publication.

Every released table, with small counts that could point to a person: `marts.duckdb`, and the same
tables in `parquet/` and `csv/`. Give it to nobody who may not see small counts.
""",
    RESTRICTED: """For those who make releases, and nobody else: it undoes what protects people.

`disclosure/` is the memory of what was published and hidden, with true counts; `history/` is what
earlier releases said. The next release needs them; nothing that is shown to anyone does.
""",
}
_EARLIER = {
    INTERNAL: ("marts.duckdb", "parquet", "csv"),
    RESTRICTED: ("disclosure", "history"),
}
"""Where the parts of a release were before there were tiers: at the top of the folder."""


def internal(release: Path) -> Path:
    """The folder with every table of a release."""
    return release / INTERNAL


def restricted(release: Path) -> Path:
    """The folder with what only the next release may read."""
    return release / RESTRICTED


def parquet(release: Path, table: str) -> Path:
    """The Parquet file of a released table."""
    return release / INTERNAL / "parquet" / f"{table}.parquet"


def csv(release: Path, table: str) -> Path:
    """The CSV file of a released table."""
    return release / INTERNAL / "csv" / f"{table}.csv"


def begin(folder: Path) -> None:
    """Make the tiers of a candidate, each but the public one with its README."""
    for tier in (INTERNAL, RESTRICTED):
        (folder / tier).mkdir(parents=True)
        _say(folder, tier)
    for kind in ("parquet", "csv"):
        (folder / INTERNAL / kind).mkdir()


def _say(folder: Path, tier: str) -> None:
    (folder / tier / README).write_text(SAYS[tier], encoding="utf-8")


def close(folder: Path) -> None:
    """Set the modes of every file and folder of a release so that others cannot read them."""
    for inside, _, files in os.walk(folder):
        Path(inside).chmod(FOLDER_MODE)
        for name in files:
            (Path(inside) / name).chmod(FILE_MODE)


def hashes_of_restricted(release: Path) -> dict[str, str]:
    """SHA-256 of every file below `restricted/`, by its path within the release."""
    files = sorted(path for path in restricted(release).rglob("*") if path.is_file())
    return {path.relative_to(release).as_posix(): of_file(path) for path in files}


def purge_file(release: Path) -> Path:
    """Where it is recorded that a release was purged: beside the release, never in it."""
    folder = release.resolve()
    return folder.parent / PURGED / f"{folder.name}.json"


def purged_on(release: Path) -> str | None:
    """The day on which a release was purged; None where it was not."""
    path = purge_file(release)
    if not path.is_file():
        return None
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["on"])
    except (ValueError, KeyError, TypeError):
        return "a day that its record no longer says"


def is_earlier(release: Path) -> bool:
    """Whether a release was made before releases were laid out by tier."""
    parts = (release / "marts.duckdb", release / f".{INTERNAL}")
    return not (release / INTERNAL).is_dir() and any(part.exists() for part in parts)


def lay_out(release: Path) -> None:
    """Move the parts of a release made before there were tiers to where they belong.

    A release that was interrupted on the way is finished the next time. Its public files stay as
    they are: their hashes are in its manifest.
    """
    making = release / f".{INTERNAL}"
    for tier, names in _EARLIER.items():
        target = making if tier == INTERNAL else release / tier
        target.mkdir(exist_ok=True)
        for name in names:
            if (release / name).exists():
                (release / name).rename(target / name)
    _say(release, RESTRICTED)
    (making / README).write_text(SAYS[INTERNAL], encoding="utf-8")
    making.rename(release / INTERNAL)
    close(release)
    durable.sync(release)
