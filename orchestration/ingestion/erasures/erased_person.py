"""How a person who was erased is recognised: by keyed digests, never by a name or a number.

A digest is an HMAC-SHA-256 with a secret of the home that is no programme's key. Whoever reads the
list without that secret can try no collar number against it, and the list holds on when a key is
replaced: files name people as their sender does, whatever the key.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from orchestration.ingestion.pseudonyms.pseudonyms import normalised

WORD = re.compile(r"\w+")
PSEUDONYM = r"^k[0-9a-f]{8}_[a-z2-7]{26}$"
"""What every pseudonym looks like, in whichever column it stands."""
SHORTEST_WORDS, SHORTEST_NUMBER = 4, 6
"""Fewer characters, or digits where all are, stand in texts for something else too often."""


def is_distinctive(identifier: str) -> bool:
    """Whether an identifier inside a longer text can be taken for the person it names."""
    bare = "".join(WORD.findall(identifier))
    return len(bare) >= (SHORTEST_NUMBER if bare.isdigit() else SHORTEST_WORDS)


def words_of(text: str) -> list[str]:
    """The words of a normalised text, between which signs and blanks make no difference."""
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
        """The digest of a pseudonym, by which rows are found that were loaded before."""
        return self._of("pseudonym", pseudonym)

    def of_words(self, words: Sequence[str]) -> str:
        """The digest of an identifier as it stands inside a text."""
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
        """Those of the delivered values that are an identifier of an erased person of these kinds.

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
        """Those of some texts that are the pseudonym of an erased person."""
        alike = values.filter(values.str.contains(PSEUDONYM)).to_list()
        return [text for text in alike if self.digests.of_pseudonym(text) in self.pseudonyms]

    def held_in(self, values: pl.Series) -> list[str]:
        """Those of some texts in which an erased person's identifier stands as words."""
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
