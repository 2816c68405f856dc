"""How an erased person is recognised: by keyed digests, never by a name or a number.

A digest is an HMAC-SHA-256 with a secret of the home that is not a programme's key. Without that
secret, a reader of the list cannot test collar numbers against it. The list stays valid when a key
is replaced, because files name people as their sender does.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from orchestration.ingestion.pseudonyms.pseudonyms import normalised

WORD = re.compile(r"\w+")
PSEUDONYM = r"^k[0-9a-f]{8}_[a-z2-7]{26}$"
"""The form of every pseudonym, in whichever column it is."""
SHORTEST_WORDS, SHORTEST_NUMBER = 4, 6
"""Shorter identifiers, or shorter ones of digits alone, too often mean something else in a text."""


def is_distinctive(identifier: str) -> bool:
    """Whether an identifier found inside a longer text can be taken for its person."""
    bare = "".join(WORD.findall(identifier))
    return len(bare) >= (SHORTEST_NUMBER if bare.isdigit() else SHORTEST_WORDS)


def words_of(text: str) -> list[str]:
    """The words of a normalised text; punctuation and blanks between them make no difference."""
    return WORD.findall(text)


@dataclass(frozen=True)
class Digests:
    """Makes the digests of one programme."""

    programme: str
    secret: bytes = field(repr=False)

    def of_identifier(self, normal: str, kind: str) -> str:
        """The digest of a normalised identifier of a kind of person."""
        return self._of("identifier", f"{kind}/{normal}")

    def of_pseudonym(self, pseudonym: str) -> str:
        """The digest of a pseudonym, which finds rows that were loaded before."""
        return self._of("pseudonym", pseudonym)

    def of_words(self, words: Sequence[str]) -> str:
        """The digest of an identifier as it appears inside a text."""
        return self._of("words", " ".join(words))

    def _of(self, what: str, text: str) -> str:
        message = f"{what}/{self.programme}/{text}".encode()
        return hmac.digest(self.secret, message, "sha256").hex()


@dataclass(frozen=True)
class ErasedPeople:
    """The people of a programme who were erased; `count` is the number of entries on its list.

    `words` are digests of identifiers inside texts, `lengths` how many words those have.
    """

    digests: Digests
    count: int = 0
    kinds: frozenset[str] = frozenset()
    identifiers: frozenset[str] = field(default=frozenset(), repr=False)
    pseudonyms: frozenset[str] = field(default=frozenset(), repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)
    lengths: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return self.count > 0

    def named_in(self, values: pl.Series, kinds: Iterable[str]) -> list[str]:
        """The delivered values that identify an erased person of these kinds.

        They are compared as pseudonyms are: trimmed, in upper case, after Unicode NFKC.
        """
        known = [kind for kind in kinds if kind in self.kinds]
        pairs = zip(values.to_list(), normalised(values).to_list(), strict=True)
        return [
            value
            for value, normal in pairs
            if normal is not None
            and any(self.digests.of_identifier(normal, kind) in self.identifiers for kind in known)
        ]

    def pseudonyms_in(self, values: pl.Series) -> list[str]:
        """The texts that are the pseudonym of an erased person."""
        alike = values.filter(values.str.contains(PSEUDONYM)).to_list()
        return [text for text in alike if self.digests.of_pseudonym(text) in self.pseudonyms]

    def held_in(self, values: pl.Series) -> list[str]:
        """The texts that contain an erased person's identifier as words."""
        if not self.words:
            return []
        pairs = zip(values.to_list(), normalised(values).to_list(), strict=True)
        return [value for value, normal in pairs if normal is not None and self._holds(normal)]

    def _holds(self, normal: str) -> bool:
        found = words_of(normal)
        return any(
            self.digests.of_words(found[at : at + length]) in self.words
            for length in self.lengths
            for at in range(len(found) - length + 1)
        )
