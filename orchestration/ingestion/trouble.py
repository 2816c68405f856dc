"""What went wrong while a file was read: its own fault, not the time for it, or a full disk."""

import errno
from pathlib import Path

import duckdb

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# How DuckDB and Polars say the same; they pass no error number on.
FULL_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")


class DiskFull(OSError):
    """No room to write; nothing half-written is left and the next run loads the file."""


class NotNow(Exception):
    """The file cannot be loaded in this run; the message says why, the next run tries again."""


def is_disk_full(error: OSError) -> bool:
    """Whether an error says that nothing more can be written."""
    return error.errno in FULL


def trouble(error: Exception, file: Path) -> str:
    """A sentence for a file that a reader broke down on; it quotes nothing of the file.

    Raises NotNow where the same file may load another time, and OSError where the machine and not
    the file is at fault.
    """
    if any(words in str(error) for words in FULL_WORDS):
        raise OSError(errno.ENOSPC, "No space left on device") from None
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        raise NotNow("There was not enough memory to read it. The next run tries again.") from None
    if isinstance(error, OSError):
        if error.filename is not None and Path(error.filename) == file:
            raise NotNow(
                f"It cannot be read ({error.strerror}). The next run tries again."
            ) from None
        raise error
    return f"The file could not be read ({type(error).__name__}): please report it."
