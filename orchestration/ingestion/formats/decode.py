"""A delivered text file as plain UTF-8 that can be read twice: unpacked and recoded where needed.

What is unpacked or recoded lies in a file without a name, which the system removes with the process
even if that is killed: it may hold names of people.
"""

import codecs
import gzip
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.ingestion.delivery import Refused

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
# A small file that unpacks to fill the disk is an attack or an accident; real exports shrink 5 to
# 20 times, and one day's export of a large force stays far below 2 GiB.
LARGEST_UNPACKED = 2 << 30
MOST_TIMES = 200
READ_AS_THEY_ARE = {"utf-8", "utf-8-sig"}
BOM = codecs.BOM_UTF8
# A byte no UTF-8 text holds: it makes the reader reject the record, as a bad byte of its own would.
UNREADABLE = b"\xff"


def _mark_unread(error: UnicodeError) -> tuple[str, int]:
    return "\udcff", cast(UnicodeDecodeError, error).end


def _write_mark(error: UnicodeError) -> tuple[bytes, int]:
    wrong = cast(UnicodeEncodeError, error)
    return UNREADABLE * (wrong.end - wrong.start), wrong.end


codecs.register_error("mark_unread", _mark_unread)
codecs.register_error("write_mark", _write_mark)


def open_decoded(path: Path, encoding: str) -> BinaryIO:
    """The text of a file as UTF-8 bytes, open for reading from the start.

    Raises Refused when it is empty, a truncated or damaged gzip, or unpacks beyond the limits.
    """
    raw = path.open("rb")
    name = codecs.lookup(encoding).name
    packed = raw.read(2) == GZIP
    raw.seek(0)
    if path.stat().st_size == 0:
        raw.close()
        raise Refused("The file is empty: not even a header.")
    if not packed and name in READ_AS_THEY_ARE:
        return raw
    with raw:
        chunks = (
            _unpacked(raw, path.stat().st_size) if packed else iter(lambda: raw.read(CHUNK), b"")
        )
        if name not in READ_AS_THEY_ARE:
            chunks = _recoded(chunks, name)
        return store(chunks)


def store(chunks: Iterator[bytes]) -> BinaryIO:
    """Write chunks to a file without a name and open it from the start."""
    copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    for chunk in chunks:
        copy.write(chunk)
    if copy.tell() == 0:
        raise Refused("The file is empty: not even a header.")
    copy.flush()
    copy.seek(0)
    return copy


def _unpacked(raw: BinaryIO, size: int) -> Iterator[bytes]:
    total = 0
    try:
        with gzip.GzipFile(fileobj=raw) as unpacking:
            while chunk := unpacking.read(CHUNK):
                total += len(chunk)
                if total > min(LARGEST_UNPACKED, MOST_TIMES * size):
                    raise Refused(
                        f"The gzip unpacks to more than {LARGEST_UNPACKED >> 30} GiB or"
                        f" {MOST_TIMES} times its size. Deliver it in parts or unpacked."
                    )
                yield chunk
    except EOFError as error:
        raise Refused("The gzip is truncated: deliver the whole file again.") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Refused("The gzip is damaged: deliver the file again.") from error


def _recoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="mark_unread")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", errors="write_mark")
    yield decoder.decode(b"", final=True).encode("utf-8", errors="write_mark")
