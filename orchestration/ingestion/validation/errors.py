"""What an error while reading or writing a delivered file means: refuse it, or try again later."""

import errno
from pathlib import Path

import duckdb

from orchestration.ingestion.delivery import NotNow
from orchestration.ingestion.limits import setting
from orchestration.ingestion.validation.result import ValidationResult

# How DuckDB and Polars report a full disk: they pass on no error number.
FULL_MESSAGES = ("No space left on device", "Disk quota exceeded", "File too large")
# A reader that crashes on a file is our fault, but the file has to be refused all the same.
BROKE_DOWN = "The file could not be read"


def refused_by(error: Exception, file: Path) -> ValidationResult:
    """The result for a file on which a reader crashed; it quotes nothing of the file.

    Raises NotNow where the same file may load another time, and OSError where the machine and not
    the file is at fault.
    """
    if isinstance(error, NotNow):
        raise error
    if any(message in str(error) for message in FULL_MESSAGES):
        raise OSError(errno.ENOSPC, "No space left on device") from None
    if isinstance(error, duckdb.OutOfMemoryException):
        return ValidationResult(
            refused="Reading it takes more memory than a file of its size should, on disk too."
            f" Deliver it in parts, or allow more ({setting('memory_mb')}).",
            met_limit=True,
        )
    if isinstance(error, MemoryError):
        raise NotNow("There was not enough memory to read it. The next run tries again.") from None
    if isinstance(error, OSError):
        if error.filename is not None and Path(error.filename) == file:
            raise NotNow(
                f"It cannot be read ({error.strerror}). The next run tries again."
            ) from None
        raise error
    said = f"{BROKE_DOWN} ({type(error).__name__}): please report it."
    return ValidationResult(refused=said)
