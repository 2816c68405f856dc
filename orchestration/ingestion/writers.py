"""Whether somebody still has a file open for writing."""

import errno
import fcntl
import os
import signal
from pathlib import Path


def is_written_to(path: Path) -> bool:
    """True when the system knows of a writer; False also where it cannot tell.

    Linux gives a read lease on a file only while nobody has it open for writing. Other systems,
    network disks and files of other owners do not tell; there, changes while reading are noticed.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        # A writer who comes meanwhile is announced by a signal; this one is ignored by default.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False
