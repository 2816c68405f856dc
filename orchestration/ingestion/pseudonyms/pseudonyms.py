"""Keyed pseudonyms: the same person is the same everywhere in a programme, and nowhere else."""

import hmac

import numpy as np
import polars as pl

from orchestration.ingestion.pseudonyms.keys import Key

ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
DIGEST_BYTES = 16
LETTERS = 26
BITS = 5


class Pseudonyms:
    """Turns identifiers of one programme into `k<fingerprint of the key>_<26 letters>`.

    The letters are the first 16 bytes of HMAC-SHA-256 in base32. Each kind of person has a key of
    its own, derived from the programme's, so that an officer's number and a defendant's number
    that happen to be equal give different pseudonyms. A plain hash would not do: collar numbers
    are few enough to try them all.
    """

    def __init__(self, key: Key) -> None:
        self._key = key

    def __repr__(self) -> str:
        return f"Pseudonyms({self._key.programme}, {self.fingerprint})"

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the programme's key, as every pseudonym carries it."""
        return self._key.fingerprint

    def of(self, values: pl.Series, kind: str) -> pl.Series:
        """Pseudonyms of text identifiers, as long as `values`; nulls and blanks stay null.

        Identifiers are first trimmed and put into upper case (after Unicode NFKC), because systems
        differ in both for the same person. One HMAC is computed per distinct identifier.
        """
        identifiers = normalised(values)
        known = identifiers.drop_nulls().unique()
        made = pl.Series(self._digests(known.to_list(), kind), dtype=pl.String)
        return identifiers.replace_strict(known, made, default=None, return_dtype=pl.String)

    def _digests(self, identifiers: list[str], kind: str) -> list[str]:
        secret = hmac.digest(self._key.secret, f"{self._key.programme}/{kind}".encode(), "sha256")
        prefix = f"k{self.fingerprint}_"
        digests = [
            hmac.digest(secret, each.encode(), "sha256")[:DIGEST_BYTES] for each in identifiers
        ]
        text = base32(b"".join(digests))
        return [prefix + text[at : at + LETTERS] for at in range(0, len(text), LETTERS)]


def normalised(values: pl.Series) -> pl.Series:
    """Identifiers as they are compared: NFKC, trimmed, upper case; blank is null."""
    text = values.cast(pl.String).str.normalize("NFKC").str.strip_chars().str.to_uppercase()
    return text.set(text == "", None)


def base32(digests: bytes) -> str:
    """RFC 4648 base32 in lower case without padding, of many 16-byte digests at once.

    `base64.b32encode` works byte by byte in Python; this takes 26 letters per digest from numpy.
    """
    rows = np.frombuffer(digests, dtype=np.uint8).reshape(-1, DIGEST_BYTES)
    bits = np.zeros((len(rows), LETTERS * BITS), dtype=np.uint8)
    bits[:, : DIGEST_BYTES * 8] = np.unpackbits(rows, axis=1)
    weights = np.array([16, 8, 4, 2, 1], dtype=np.uint8)
    places = bits.reshape(-1, LETTERS, BITS) @ weights
    letters: bytes = ALPHABET[places].tobytes()
    return letters.decode("ascii")
