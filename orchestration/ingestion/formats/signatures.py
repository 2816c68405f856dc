"""Files of another format than their contract states, recognised by their first bytes."""

import codecs
from pathlib import Path

from orchestration.ingestion.contracts.table import Format
from orchestration.ingestion.delivery import Refused

HEAD = 4096
NAMES = {"csv": "CSV", "jsonl": "JSON lines", "parquet": "Parquet", "xlsx": "an XLSX workbook"}
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


def refuse_other_format(path: Path, form: Format) -> None:
    """Raise Refused when a file is plainly of another format than its contract states."""
    with path.open("rb") as content:
        head = content.read(HEAD)
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
    return NAMES["xlsx"] if name == "a ZIP archive" and is_workbook else name


def _sentence(found: str, form: Format) -> str:
    return (
        f"The file is {found}, and the pattern in its contract that claims it wants"
        f" {NAMES[form.type]}. Save it as {NAMES[form.type]}, or under a name of the table it is"
        " meant for."
    )


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
