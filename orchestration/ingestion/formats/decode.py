"""A delivered text file as plain UTF-8 that can be read twice: unpacked and recoded where needed.

Unpacked or recoded text lies in a file without a name, which the system removes with the process
even if that is killed: it may hold names of people. Files of another format than their contract
states are recognised by their first bytes.
"""

import codecs
import gzip
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.ingestion.contracts.table import Format
from orchestration.ingestion.delivery import FileLimits, LimitMet, Refused, limit_setting

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
# Encodings with more than one byte per character: their text looks like UTF-8 only by chance.
WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
READ_AS_THEY_ARE = {"utf-8", "utf-8-sig"}
BOM = codecs.BOM_UTF8
# A byte that no UTF-8 text holds: it makes the reader reject the record, as a bad byte in a UTF-8
# file would.
UNREADABLE = b"\xff"
HEAD_BYTES = 4096
FORMAT_NAMES = {
    "csv": "CSV",
    "jsonl": "JSON lines",
    "parquet": "Parquet",
    "xlsx": "an XLSX workbook",
}
# First bytes, the name of their format, and the contract's formats that may begin like that.
SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive", "xlsx"),
    (b"PAR1", "Parquet", "parquet"),
    (b"\xd0\xcf\x11\xe0", "a workbook of the old kind (XLS), or one with a password", None),
    (b"%PDF", "a PDF", None),
    (b"\x1f\x8b", "packed by gzip", "text"),
)
TEXTS = ("csv", "jsonl")
BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAVE_AS_UTF8 = (
    'Save it as UTF-8 ("CSV UTF-8" in Excel), or state `encoding: utf-16` in the format of its'
    " contract if all files come so."
)


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
        refuse_utf16(raw.read(HEAD_BYTES), encoding)
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
        refuse_utf16(first[:HEAD_BYTES], encoding)
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
        f" times its size. Deliver it in parts or unpacked ({limit_setting('unpacked_mb')} and"
        f" {limit_setting('unpacked_times')} allow more)."
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


def refuse_other_format(path: Path, form: Format) -> None:
    """Raise Refused when a file is plainly of another format than its contract states."""
    with path.open("rb") as content:
        head = content.read(HEAD_BYTES)
    kind = "text" if form.type in TEXTS else form.type
    for begins, name, fits in SIGNATURES:
        if head.startswith(begins) and fits != kind:
            raise Refused(_sentence(_workbook_or(name, head), form))
    is_known = any(head.startswith(begins) for begins, _, _ in SIGNATURES)
    if head and kind != "text" and not is_known and _is_text(head):
        raise Refused(_sentence("text, such as CSV", form))


def refuse_utf16(head: bytes, encoding: str) -> None:
    """Raise Refused when text in another encoding looks like UTF-16, which has wide characters."""
    if codecs.lookup(encoding).name.startswith("utf-16"):
        return
    sample = head[: len(head) // 2 * 2]
    nothing = max(sample[0::2].count(0), sample[1::2].count(0))
    if head.startswith(BOMS) or (sample and 2 * nothing > len(sample) // 2):
        raise Refused(
            f"The file looks like UTF-16, and its contract states {encoding}. {SAVE_AS_UTF8}"
        )


def _workbook_or(name: str, head: bytes) -> str:
    is_workbook = b"[Content_Types].xml" in head or b"xl/" in head
    return FORMAT_NAMES["xlsx"] if name == "a ZIP archive" and is_workbook else name


def _sentence(found: str, form: Format) -> str:
    return (
        f"The file is {found}, and the pattern in its contract that claims it wants"
        f" {FORMAT_NAMES[form.type]}. Save it as {FORMAT_NAMES[form.type]}, or under a name of the"
        " table it is meant for."
    )


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
