"""A delivered text file as plain UTF-8 that can be read twice: unpacked and recoded where needed.

Unpacked or recoded text lies in a file without a name, which the system removes with the process
even if that is killed: it may hold names of people.
"""

import codecs
import gzip
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.ingestion.delivery import LimitMet, Refused
from orchestration.ingestion.formats.signatures import HEAD, refuse_utf16
from orchestration.ingestion.limits import FileLimits, setting

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
# Encodings with more than one byte per character: their text looks like UTF-8 only by chance.
WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
READ_AS_THEY_ARE = {"utf-8", "utf-8-sig"}
BOM = codecs.BOM_UTF8
# A byte that no UTF-8 text holds: it makes the reader reject the record, as a bad byte in a UTF-8
# file would.
UNREADABLE = b"\xff"


def _mark_unread(error: UnicodeError) -> tuple[str, int]:
    return "\udcff", cast(UnicodeDecodeError, error).end


def _write_mark(error: UnicodeError) -> tuple[bytes, int]:
    wrong = cast(UnicodeEncodeError, error)
    return UNREADABLE * (wrong.end - wrong.start), wrong.end


codecs.register_error("mark_unread", _mark_unread)
codecs.register_error("write_mark", _write_mark)


def is_packed(path: Path) -> bool:
    """Whether a file is packed by gzip, whatever its name says."""
    with path.open("rb") as raw:
        return raw.read(len(GZIP)) == GZIP


def open_decoded(path: Path, encoding: str, limits: FileLimits) -> BinaryIO:
    """The text of a file as UTF-8 bytes, open for reading from the start.

    Raises Refused when it is empty, a truncated or damaged gzip, or exceeds the limits when
    unpacked.
    """
    name, size = codecs.lookup(encoding).name, path.stat().st_size
    packed = is_packed(path)
    if size == 0:
        raise Refused("The file is empty: not even a header.")
    raw = path.open("rb")
    if not packed:
        refuse_utf16(raw.read(HEAD), encoding)
        raw.seek(0)
    if not packed and name in READ_AS_THEY_ARE:
        return raw
    with raw:
        chunks = _unpacked(raw, size, limits) if packed else iter(lambda: raw.read(CHUNK), b"")
        chunks = _looked_at(chunks, encoding)
        if name not in READ_AS_THEY_ARE:
            chunks = _recoded(chunks, name)
        return store(chunks)


def _looked_at(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The chunks; the first is checked for UTF-16."""
    for first in chunks:
        refuse_utf16(first[:HEAD], encoding)
        yield first
        break
    yield from chunks


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


def _unpacked(raw: BinaryIO, size: int, limits: FileLimits) -> Iterator[bytes]:
    total, most = 0, limits.unpacked(size)
    try:
        with gzip.GzipFile(fileobj=raw) as unpacking:
            while chunk := unpacking.read(CHUNK):
                total += len(chunk)
                if total > most:
                    raise LimitMet(too_large_unpacked("gzip", limits))
                yield chunk
    except EOFError as error:
        raise Refused("The gzip is truncated: deliver the whole file again.") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Refused("The gzip is damaged: deliver the file again.") from error


def too_large_unpacked(what: str, limits: FileLimits) -> str:
    """The sentence that refuses a packed file whose unpacked size exceeds the limit."""
    return (
        f"The {what} unpacks to more than {limits.unpacked_mb:,} MB or {limits.unpacked_times}"
        f" times its size. Deliver it in parts or unpacked ({setting('unpacked_mb')} and"
        f" {setting('unpacked_times')} allow more)."
    )


def _recoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="mark_unread")
    as_utf8 = _SeemsUtf8()
    try:
        for chunk in chunks:
            as_utf8.look(chunk)
            yield decoder.decode(chunk).encode("utf-8", errors="write_mark")
        yield decoder.decode(b"", final=True).encode("utf-8", errors="write_mark")
    except UnicodeError as error:
        raise Refused(
            f"The file is not in {encoding}, the encoding that its contract states: save it so, or"
            " state the encoding it is in."
        ) from error
    if as_utf8.is_so and encoding not in WIDE:
        raise Refused(
            f"The file looks like UTF-8, and its contract states {encoding}, in which every accent"
            " would become two other letters: save it so, or state `encoding: utf-8`."
        )


class _SeemsUtf8:
    """Whether a text has letters beyond ASCII, and all of them are those of UTF-8."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_valid, self._is_ascii = True, True

    def look(self, chunk: bytes) -> None:
        """Look at the next part of the text."""
        self._is_ascii &= chunk.isascii()
        if self._is_valid:
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self._is_valid = False

    @property
    def is_so(self) -> bool:
        """The verdict on the parts that were looked at."""
        return self._is_valid and not self._is_ascii
