"""The engine that examines a file, and the promise that the file stays the same meanwhile."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.ingestion.outcome import Refused

# Twenty million recordings stay in memory for the most part; what does not goes to an encrypted
# temporary file.
MEMORY = "2600MB"


def unchanged(path: Path) -> Callable[[], None]:
    """A check that the file is the one it was when this was called."""

    def look() -> tuple[int, int, int]:
        now = path.stat()
        return now.st_size, now.st_mtime_ns, now.st_ino

    before = look()

    def still() -> None:
        if look() != before:
            raise Refused(
                "The file changed while it was read: deliver it under its name when whole."
            )

    return still


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine in memory that downloads nothing and encrypts what it must put on disk."""
    with tempfile.TemporaryDirectory(prefix="bodyworn-") as spill, duckdb.connect() as con:
        for setting in (
            f"memory_limit = '{MEMORY}'",
            # The wheel's own cipher is the only one there is without a download. Its random numbers
            # are not of the best, which would matter for a file that is kept; this one lives as
            # long as the process, in a folder of its owner, and its key is never written.
            "force_mbedtls_unsafe = true",
            "temp_file_encryption = true",
            f"temp_directory = '{spill}'",
            "autoinstall_known_extensions = false",
            "TimeZone = 'UTC'",
        ):
            con.execute(f"set {setting}")
        yield con
