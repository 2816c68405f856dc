"""Removes the rows of erased people from a file as it is read, before anything is counted.

People are recognised by keyed digests, never by a name or a number. A digest is an HMAC-SHA-256
with a secret of the home that is not a programme's key. Without that secret, a reader of the list
cannot test collar numbers against it. The list stays valid when a key is replaced, because files
name people as their sender does.

A row is removed where a column of identifiers names an erased person of its kind. A column that is
dropped identifies a person by its whole value, and only where no identifier of that kind says whom
the row is about: two people may share a name. A kept text that mentions an erased person is
emptied; where the text is needed to identify the row, the row is removed.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import duckdb
import polars as pl

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.pseudonyms.pseudonyms import normalised
from orchestration.ingestion.validation.column_checks import nobody
from orchestration.ingestion.validation.typed_table import TypedColumn, TypedTable

WORD = re.compile(r"\w+")
PSEUDONYM = r"^k[0-9a-f]{8}_[a-z2-7]{26}$"
"""The form of every pseudonym, in whichever column it is."""
SHORTEST_WORDS, SHORTEST_NUMBER = 4, 6
"""Shorter identifiers, or shorter ones of digits alone, too often mean something else in a text."""
READ = "delivered_rows"
"""The name of the table of all rows, once `typed` is a view of those that stay."""


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


class Erased(NamedTuple):
    """How many rows were removed from a file, and how many texts of other rows were emptied."""

    rows: int = 0
    texts: int = 0


def may_hold_words(column: ColumnContract) -> bool:
    """Whether a kept column may mention a person in the sender's own words."""
    meta = column.meta
    is_free = column.family == "string" and not meta.allowed and not meta.area
    return column.is_kept and column.privacy in ("none", "quasi") and is_free


def is_needed(column: ColumnContract, contract: TableContract) -> bool:
    """Whether a row cannot be kept without the column's value."""
    return column.meta.required or column.name in contract.key


def erase_rows(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract, people: ErasedPeople
) -> Erased:
    """Remove the rows of erased people from `typed`, and texts that mention them from other rows.

    Rows keep their `rowid`, so that records keep their numbers. Where nobody is named, the table
    stays as it is.
    """
    if not people:
        return Erased()
    goes = [f"({condition})" for condition in _conditions(con, table, contract, people)]
    emptied = _emptied(con, table, contract, people)
    if not goes and not emptied:
        return Erased()
    stays = f"not coalesce({' or '.join(goes)}, false)" if goes else "true"
    replaced = [
        f"case when {mentioned} then null else {value} end as {value}"
        for value, mentioned in emptied.items()
    ]
    texts = f" replace ({', '.join(replaced)})" if emptied else ""
    con.execute(f"alter table typed rename to {READ}")
    con.execute(f"create table erased_rows as select rowid as row from {READ} where not ({stays})")
    con.execute(
        f"create view typed as select rowid as rowid, *{texts} from {READ}"
        " where rowid not in (select row from erased_rows)"
    )
    mentions = " + ".join(f"count(*) filter (where {each})" for each in emptied.values()) or "0"
    counts = f"(select count(*) from erased_rows), {mentions}"
    rest = f"{READ} where rowid not in (select row from erased_rows)"
    return Erased(*con.sql(f"select {counts} from {rest}").fetchall()[0])


def _conditions(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract, people: ErasedPeople
) -> list[str]:
    found = []
    for column in table.columns:
        hits, of_whom = [], ""
        if column.contract.privacy == "identifier":
            hits = people.named_in(_distinct(con, column.value), [column.contract.meta.kind or ""])
            value = column.value
        elif column.dropped is not None:
            kinds = [column.contract.meta.kind] if column.contract.meta.kind else people.kinds
            value = column.dropped
            hits = people.named_in(_distinct(con, value), [kind for kind in kinds if kind])
            of_whom = _names_nobody(table, column)
        elif may_hold_words(column.contract) and is_needed(column.contract, contract):
            hits, value = people.held_in(_distinct(con, column.value)), column.value
        if hits:
            name = f"erased{column.at}"
            _register(con, name, hits)
            found.append(f"{value}::varchar in (select value from {name}){of_whom}")
    return found


def _names_nobody(table: TypedTable, dropped: TypedColumn) -> str:
    """The condition that no identifier of the dropped column's kind says whom a row is about."""
    kind = dropped.contract.meta.kind
    others = [
        column
        for column in table.columns
        if column.contract.privacy == "identifier" and kind in (None, column.contract.meta.kind)
    ]
    return "".join(
        f" and ({column.value} is null or {nobody(column.contract, f'{column.value}::varchar')})"
        for column in others
    )


def _emptied(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract, people: ErasedPeople
) -> dict[str, str]:
    """Text columns that mention an erased person, each with the condition for such rows."""
    found: dict[str, str] = {}
    for column in table.columns:
        if column.is_wide or not may_hold_words(column.contract):
            continue
        if is_needed(column.contract, contract):
            continue
        if hits := people.held_in(_distinct(con, column.value)):
            name = f"mentions{column.at}"
            _register(con, name, hits)
            condition = f"{column.value}::varchar in (select value from {name})"
            found[column.value] = f"coalesce({condition}, false)"
    return found


def _distinct(con: duckdb.DuckDBPyConnection, value: str) -> pl.Series:
    query = f"select distinct {value}::varchar as value from typed where {value} is not null"
    found: pl.Series = con.sql(query).pl()["value"].cast(pl.String)
    return found


def _register(con: duckdb.DuckDBPyConnection, name: str, values: list[str]) -> None:
    con.execute(f"create table {name} (value varchar)")
    con.executemany(f"insert into {name} values (?)", [[value] for value in values])
