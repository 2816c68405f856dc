"""The files of a landing folder: which may be read, how names are shown, which fit no contract.

A file may be called after a person (`complaint_jane_smith_2026.csv`). Anything in a name that is
neither a number nor a known word becomes a short digest; the full name stays in a list in the home,
which only its operator reads. Of a file that no contract claims, the folder or the pattern that
came nearest is named.
"""

import errno
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import signal
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import NAME_DIGEST, FileState, RefusedFile, printable
from orchestration.programmes.programme import Programme
from orchestration.storage.durable import write_whole
from orchestration.storage.yaml_positions import nearest

# Names that transfer tools give to a file until it is complete.
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".unfinished")
# Endings of data files: a folder with one of them is a mistake, or a file in several parts.
DATA = (".csv", ".gz", ".parquet", ".json", ".jsonl", ".ndjson", ".txt", ".xlsx")
# A file written to within this many seconds is checked again a little later.
FRESH_SECONDS = 1.0
WAIT_SECONDS = 0.2
HIDDEN = "hidden: its name begins with a dot, so it was not looked at"
LINK_OUT = "It is a link that points outside landing. Deliver the file itself."
LINK_AWAY = "It is a link into another folder of landing. Deliver the file itself."
GROWING = (
    "It is still being written. It is read in the next run;"
    " write under another name (.part) and rename when done."
)
# A file changed this shortly before it was read may change again within the same clock tick.
UNSURE_SECONDS = 2.0
LETTERS = re.compile(r"[^\W\d_]+")
# Between two words of one person's name, such as first and last.
WITHIN_A_NAME = re.compile(r"[ _.,'\u2019-]+")
# One or two letters are nobody's name: v2, q3, fy.
SHORT = 2
WORDS = frozenset(
    LETTERS.findall(
        """
        january february march april may june july august september october november december
        jan feb mar apr jun jul aug sep sept oct nov dec year month week day half quarter
        annual quarterly monthly weekly daily since from until for the and with all full
        date far ytd mtd qtd
        csv gz zip parquet json jsonl ndjson txt xlsx xls tsv part partial incomplete filepart tmp
        export exports data report reports extract list table sheet file files sample test
        metadata late early revised resupplied final draft corrected correction corrections
        update updated new old copy
        version archive landing delivery download police force department city county district
        borough region area street crime crimes case cases outcome outcomes officer officers
        staff recording recordings video camera cameras body worn footage clip clips shift
        shifts use stop search complaint complaints allegation allegations arrest arrests
        charge charges encounter encounters request requests spend population workforce survey
        confidence assault assaults device devices
        """
    )
)
# A hidden file comes with its reason.
HIDDEN_TOO = f"({HIDDEN})"


@dataclass(frozen=True)
class Hidden:
    """A file or folder whose name begins with a dot; what a hidden folder holds is not listed."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} ({HIDDEN})"


@dataclass(frozen=True)
class LandingFile:
    """A regular file below landing; `name` is its path below it, safe to print."""

    path: Path
    name: str
    state: FileState

    @property
    def age(self) -> float:
        """Seconds since the file was last written, by clocks that may disagree."""
        return abs(time.time() - self.state.modified_ns / 1e9)


def list_files(landing: Path) -> tuple[list[LandingFile], list[RefusedFile], list[Hidden]]:
    """Files below `landing` in order of name, refused files, and hidden ones; nothing is read.

    A file written to just now is checked twice, and refused if it goes on changing.
    """
    seen = list(_walk(landing))
    found = [each for each in seen if isinstance(each, LandingFile)]
    refused = [each for each in seen if isinstance(each, RefusedFile)]
    hidden = [each for each in seen if isinstance(each, Hidden)]
    fresh = [entry for entry in found if entry.age < FRESH_SECONDS]
    if fresh:
        time.sleep(WAIT_SECONDS)
    moving = {entry for entry in fresh if state_of(entry.path) != entry.state}
    refused += [RefusedFile(entry.name, GROWING) for entry in moving]
    still = sorted((e for e in found if e not in moving), key=lambda entry: entry.name)
    return still, refused, hidden


def state_of(path: Path) -> FileState | None:
    """The state of a file now; None when it is gone."""
    try:
        return _state(path.stat())
    except OSError:
        return None


def _state(now: os.stat_result) -> FileState:
    return FileState(now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino)


def _walk(landing: Path) -> Iterator[LandingFile | RefusedFile | Hidden]:
    inside = landing.resolve()
    closed: list[RefusedFile] = []

    def note(error: OSError) -> None:
        name = printable(str(Path(error.filename).relative_to(landing)))
        closed.append(RefusedFile(name, f"The folder cannot be opened ({error.strerror})."))

    for folder, folders, files in os.walk(landing, onerror=note):
        here = Path(folder)
        for name in sorted([*folders, *files]):
            path = here / name
            shown = printable(str(path.relative_to(landing)))
            if name.startswith("."):
                yield Hidden(shown)
            elif name in files or path.is_symlink() or _is_data(name):
                yield _look(path, shown, inside)
        folders[:] = sorted(n for n in folders if not n.startswith(".") and not _is_data(n))
    yield from closed


def _is_data(folder: str) -> bool:
    return folder.lower().endswith(DATA)


def _look(path: Path, name: str, inside: Path) -> LandingFile | RefusedFile:
    if path.is_symlink() and (sentence := _away(path, name, inside)):
        return RefusedFile(name, sentence)
    try:
        now = path.stat()
    except OSError as error:
        return RefusedFile(name, f"It cannot be opened ({error.strerror}).")
    if stat.S_ISDIR(now.st_mode):
        return RefusedFile(name, "It is a folder where a file should be. Deliver the file itself.")
    if not stat.S_ISREG(now.st_mode):
        return RefusedFile(name, "It is not a file (a pipe, socket or device).")
    if path.name.lower().endswith(UNFINISHED):
        return RefusedFile(name, GROWING)
    return LandingFile(path, name, _state(now))


def _away(link: Path, name: str, inside: Path) -> str | None:
    """Why a link is not followed: a sender must not reach other people's files."""
    target = link.resolve()
    if not target.is_relative_to(inside):
        return LINK_OUT
    if target.relative_to(inside).parts[:1] != Path(name).parts[:1]:
        return LINK_AWAY
    return None


def is_written_to(path: Path) -> bool:
    """True when the system knows of a writer; False also where it cannot know.

    Linux gives a read lease on a file only while nobody has it open for writing. Other systems,
    network disks and files of other owners do not report writers; there, a change during the read
    is noticed.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        # The kernel announces a new writer by a signal; this one is ignored by default.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False


class Unready(Exception):
    """The file cannot be read now; the message says why."""


class Hashes:
    """A store of hashes by path, size, time of change and inode, kept in the home folder."""

    def __init__(self) -> None:
        self._file = paths.ledger() / "hashes.json"
        self._known = _read(self._file)
        self._is_changed = False

    def of(self, entry: LandingFile) -> str:
        """The hash of a file's content.

        Raises Unready while somebody writes to the file, and when it changed during the read.
        """
        path = str(entry.path)
        if (known := self._known.get(path)) and known[:-1] == list(entry.state):
            return str(known[-1])
        digest = _digest(entry)
        if entry.age > UNSURE_SECONDS:
            self._known[path] = [*entry.state, digest]
            self._is_changed = True
        return digest

    def keep(self) -> None:
        """Save the hashes that were computed."""
        if self._is_changed:
            write_whole(self._file, json.dumps(self._known, sort_keys=True).encode())


def _digest(entry: LandingFile) -> str:
    try:
        if is_written_to(entry.path):
            raise Unready(GROWING)
        with entry.path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise Unready(f"It cannot be read ({error.strerror}).") from error
    if state_of(entry.path) != entry.state:
        raise Unready(GROWING)
    return digest


def _read(path: Path) -> dict[str, list[int | str]]:
    try:
        known: dict[str, list[int | str]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known


class ShownNames:
    """The form in which a name is kept and shown; the same name always has the same.

    Digests are keyed by a secret of the home, so that nobody can try out names against them.
    """

    def __init__(self, programmes: Sequence[Programme], contracts: Sequence[TableContract]) -> None:
        texts = _known_texts(programmes, contracts)
        self._words = WORDS | {word.casefold() for text in texts for word in LETTERS.findall(text)}
        known = _read_full_names()
        self._secret: str = known.get("secret") or secrets.token_hex(32)
        self._full: dict[str, str] = known.get("names", {})
        self._is_changed = False

    def of(self, name: str) -> str:
        """The form in which a path below landing is shown; the path itself must be printable."""
        shown, done = "", 0
        for start, end in self._unknown(name):
            shown += name[done:start] + self._digest(name[start:end])
            done = end
        shown += name[done:]
        if shown != name and self._full.get(shown) != name:
            self._full[shown] = name
            self._is_changed = True
        return shown

    def keep(self) -> None:
        """Write the list of full names, for the operator alone."""
        if self._is_changed:
            known = {"secret": self._secret, "names": self._full}
            write_whole(
                _full_names_file(), json.dumps(known, indent=1, ensure_ascii=False).encode()
            )
            _full_names_file().chmod(0o600)

    def _digest(self, text: str) -> str:
        key = bytes.fromhex(self._secret)
        return f"hidden{hmac.digest(key, text.encode(), 'sha256').hex()[:8]}"

    def _unknown(self, name: str) -> list[tuple[int, int]]:
        """Where unknown words are; the words and initials of one name are taken together."""
        digests = [found.span() for found in NAME_DIGEST.finditer(name)]
        groups: list[tuple[int, int, bool]] = []
        for found in LETTERS.finditer(name):
            start, end = found.span()
            is_digest = any(first <= start and end <= last for first, last in digests)
            if is_digest or found.group().casefold() in self._words:
                continue
            long = end - start > SHORT
            if groups and WITHIN_A_NAME.fullmatch(name[groups[-1][1] : start]):
                first, _, is_long = groups.pop()
                groups.append((first, end, is_long or long))
            else:
                groups.append((start, end, long))
        return [(start, end) for start, end, long in groups if long]


def forget_names(mentions: Callable[[str], bool]) -> None:
    """Remove full names that mention somebody; a scan restores those still in landing."""
    known = _read_full_names()
    names: dict[str, str] = known.get("names", {})
    kept = {shown: name for shown, name in names.items() if not mentions(name)}
    if len(kept) < len(names):
        write_whole(_full_names_file(), json.dumps(known | {"names": kept}, indent=1).encode())
        _full_names_file().chmod(0o600)


def full_names() -> dict[str, str]:
    """The full names of files by the name shown, for files where the two differ."""
    names: dict[str, str] = _read_full_names().get("names", {})
    return names


def _full_names_file() -> Path:
    return paths.ledger() / "full_names.json"


def _read_full_names() -> dict[str, Any]:
    known: dict[str, Any] = (
        json.loads(_full_names_file().read_text("utf-8")) if _full_names_file().exists() else {}
    )
    return known


def _known_texts(
    programmes: Sequence[Programme], contracts: Sequence[TableContract]
) -> Iterator[str]:
    """Texts whose words may be shown: names of contracts, programmes and areas."""
    for contract in contracts:
        yield from (contract.source, contract.name, contract.feed, *contract.meta.files)
    for programme in programmes:
        yield from (programme.programme, programme.name, programme.country, *programme.landing)
        for area in programme.areas:
            yield from (area.id, area.name, *area.aliases)


def explain_unclaimed(
    names: Iterable[str], programmes: Sequence[Programme], contracts: Sequence[TableContract]
) -> list[str]:
    """Each file below landing that no contract claims, with the reason in brackets."""
    return [
        name
        if name.endswith(HIDDEN_TOO)
        else f"{name} ({reason_unclaimed(name, programmes, contracts)})"
        for name in names
    ]


def reason_unclaimed(
    name: str, programmes: Sequence[Programme], contracts: Sequence[TableContract]
) -> str:
    """Why a file, by its path below landing, belongs to no table of these programmes."""
    owners = [
        (programme, name.removeprefix(f"{folder}/"))
        for programme in programmes
        for folder in programme.landing
        if name.startswith(f"{folder}/")
    ]
    if not owners:
        folder = name.split("/", 1)[0]
        known = [each for programme in programmes for each in programme.landing]
        return f"no programme of this run has the folder {folder}{nearest(folder, known)}"
    programme, own = owners[0]
    found = max(_patterns(programme, own, contracts), default=None)
    if found is None:
        return f"the sources of {programme.programme} name no files"
    _, pattern, label = found
    if fnmatchcase(own.casefold(), pattern.casefold()):
        return f"only upper and lower case differ from `{pattern}` of {label}"
    return f"the nearest pattern is `{pattern}` of {label}"


def _patterns(
    programme: Programme, name: str, contracts: Sequence[TableContract]
) -> Iterator[tuple[float, str, str]]:
    """Every pattern that might have claimed the file: how similar it is, the pattern, its table."""
    last = name.rsplit("/", 1)[-1]
    for contract in contracts:
        if contract.source not in programme.sources:
            continue
        for pattern in contract.meta.files:
            text = name if "/" in pattern else last
            yield _likeness(text.casefold(), pattern.casefold()), pattern, contract.label


def _likeness(name: str, pattern: str) -> float:
    """The share of the pattern's letters that a name has, in order, from 0 to 1."""
    letters = pattern.replace("*", "")
    if not letters:
        return 0.0
    blocks = SequenceMatcher(None, name, letters, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(letters)
