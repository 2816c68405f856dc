"""Names of delivered files as they are kept and shown: numbers, and words from a known list.

A file may be called after a person (`complaint_jane_smith_2026.csv`). Anything in a name that is
neither a number nor a known word becomes a short digest; the full name stays in a list in the home,
which only its operator reads.
"""

import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.safe_names import DIGEST
from orchestration.programmes.programme import Programme
from orchestration.storage.durable import write_whole

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


class ShownNames:
    """The form in which a name is kept and shown; the same name always has the same.

    Digests are keyed by a secret of the home, so that nobody can try out names against them.
    """

    def __init__(self, programmes: Sequence[Programme], contracts: Sequence[TableContract]) -> None:
        texts = _known_texts(programmes, contracts)
        self._words = WORDS | {word.casefold() for text in texts for word in LETTERS.findall(text)}
        known = _read()
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
            write_whole(_file(), json.dumps(known, indent=1, ensure_ascii=False).encode())
            _file().chmod(0o600)

    def _digest(self, text: str) -> str:
        key = bytes.fromhex(self._secret)
        return f"hidden{hmac.digest(key, text.encode(), 'sha256').hex()[:8]}"

    def _unknown(self, name: str) -> list[tuple[int, int]]:
        """Where unknown words are; the words and initials of one name are taken together."""
        digests = [found.span() for found in DIGEST.finditer(name)]
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
    known = _read()
    names: dict[str, str] = known.get("names", {})
    kept = {shown: name for shown, name in names.items() if not mentions(name)}
    if len(kept) < len(names):
        write_whole(_file(), json.dumps(known | {"names": kept}, indent=1).encode())
        _file().chmod(0o600)


def full_names() -> dict[str, str]:
    """The full names of files by the name shown, for files where the two differ."""
    names: dict[str, str] = _read().get("names", {})
    return names


def _file() -> Path:
    return paths.ledger() / "full_names.json"


def _read() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(_file().read_text("utf-8")) if _file().exists() else {}
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
