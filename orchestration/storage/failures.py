"""What an error means to whoever started the command: one sentence, and a way out."""

import errno
from collections.abc import Iterator
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# How libraries report a full disk: most pass on no error number.
FULL_MESSAGES = (
    *("No space left on device", "Disk quota exceeded", "File too large"),
    *("database or disk is full", "There is no space left"),
)
OURS = ("orchestration.", "dashboards.")


def is_disk_full(error: BaseException | str) -> bool:
    """Whether an error, its cause or its text says that nothing more can be written."""
    if isinstance(error, str):
        return any(message in error for message in FULL_MESSAGES)
    return any(
        (isinstance(each, OSError) and each.errno in FULL) or is_disk_full(str(each))
        for each in _causes(error)
    )


def no_room(home: Path) -> str:
    """The sentence for a full disk, whichever part of a run found it."""
    return (
        f"No room left in {home}. Free space there, or remove old releases with `bodyworn release"
        " prune`; nothing half-written counts, and the next run finishes the job."
    )


def sentence_of(error: BaseException, home: Path) -> str | None:
    """A sentence to show instead of an error's traceback; None for a fault of the software.

    Errors of our own classes are sentences already. Those of the system name the file.
    """
    if type(error).__module__.startswith(OURS):
        return str(error)
    if is_disk_full(error):
        return no_room(home)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        is_ours = error.filename and Path(str(error.filename)).is_relative_to(home)
        look = " `bodyworn doctor` looks at the home folder." if is_ours else ""
        return f"{where}{error.strerror or error}.{look}"
    if type(error).__module__ in {"duckdb", "_duckdb"}:
        first = str(error).splitlines()[0]
        return f"A table cannot be read: {first} `bodyworn doctor` says which file is damaged."
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
