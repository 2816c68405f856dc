"""What an error while reading or writing a delivered file means: refuse it, or try again later."""

import errno
from pathlib import Path

import duckdb

# How DuckDB and Polars say that a disk is full; they pass no error number on.
FULL_MESSAGES = ("No space left on device", "Disk quota exceeded", "File too large")


class NotNow(Exception):
    """The file cannot be loaded in this run; the message says why, the next run tries again."""


def refusal_of(error: Exception, file: Path) -> str:
    """The sentence that refuses a file after a reader failed on it; it quotes nothing of the file.

    Raises NotNow where the same file may load another time, and OSError where the machine and not
    the file is at fault.
    """
    if isinstance(error, NotNow):
        raise error
    if any(message in str(error) for message in FULL_MESSAGES):
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
