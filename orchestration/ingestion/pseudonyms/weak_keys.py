"""What makes a key weak: patterns, typical passwords, hashes of them, keys of other programmes.

A key of a real programme is 32 or more random bytes. Whoever can guess it can try every collar
number and learn whose pseudonym is whose.
"""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

KEY_BYTES = 32
COMMON = Path(__file__).with_name("common_passwords.txt")
ENDINGS = ("", "!", "1", "12", "123", "1234", "2024", "2025", "2026", "\n", "\r\n")
WORD_BYTES = (2, 4, 8)
DEMONSTRATION_SEEDS = range(10_000)
ALGORITHMS = ("md5", "sha1", "sha256")


def demonstration_secret(seed: int) -> bytes:
    """The secret of a synthetic programme, derived from its seed: there is nobody to protect."""
    return hashlib.sha256(f"bodyworn demonstration {seed}".encode()).digest()


def weakness(secret: bytes, programme: str, seeds: Iterable[int] = ()) -> str | None:
    """Why a key of a real programme could be guessed, in words; None where it could not.

    `seeds` are those of the synthetic programmes, whose keys everybody can work out.
    """
    own_name = frozenset(_hashes_of([programme]))
    demonstrations = _demonstration_secrets() | {demonstration_secret(seed) for seed in seeds}
    is_weak = {
        "it repeats itself": _repeats(secret),
        "it is a sequence": _counts(secret),
        "it is plain text": secret.isascii(),
        "it has too few different bytes": len(set(secret)) < KEY_BYTES // 2,
        "it is the hash of a common password": _holds(secret, _digests() | own_name),
        "it is the key of the demonstration, which everybody has": secret in demonstrations,
    }
    return next((why for why, is_so in is_weak.items() if is_so), None)


def _repeats(secret: bytes) -> bool:
    """Whether a key repeats one piece again and again, the last time perhaps cut off."""
    return any(
        secret == (secret[:size] * len(secret))[: len(secret)]
        for size in range(1, len(secret) // 2 + 1)
    )


def _counts(secret: bytes) -> bool:
    """Whether bytes, or words of several bytes in either order, mostly increase by even steps."""
    steps = {(after - before) % 256 for before, after in itertools.pairwise(secret)}
    return len(steps) < KEY_BYTES // 4 or any(
        len({(b - a) % (1 << 8 * size) for a, b in itertools.pairwise(_words(secret, size, order))})
        == 1
        for size in WORD_BYTES
        for order in ("big", "little")
    )


def _words(secret: bytes, size: int, order: str) -> list[int]:
    cut = range(0, len(secret) - size + 1, size)
    is_big = order == "big"
    return [int.from_bytes(secret[at : at + size], "big" if is_big else "little") for at in cut]


def _holds(secret: bytes, digests: frozenset[bytes]) -> bool:
    sizes = {hashlib.new(name, usedforsecurity=False).digest_size for name in ALGORITHMS}
    places = ((at, size) for size in sizes for at in range(len(secret) - size + 1))
    return any(secret[at : at + size] in digests for at, size in places)


def _hashes_of(words: Iterable[str]) -> Iterator[bytes]:
    for word, ending in itertools.product(words, ENDINGS):
        for text in {word, word.capitalize(), word.upper()}:
            for algorithm in ALGORITHMS:
                yield hashlib.new(
                    algorithm, (text + ending).encode(), usedforsecurity=False
                ).digest()


@cache
def _digests() -> frozenset[bytes]:
    words = ["", *COMMON.read_text(encoding="utf-8").split()]
    return frozenset(_hashes_of(words))


@cache
def _demonstration_secrets() -> frozenset[bytes]:
    return frozenset(demonstration_secret(seed) for seed in DEMONSTRATION_SEEDS)
