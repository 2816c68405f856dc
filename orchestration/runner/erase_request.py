"""Whom an erasure is about and who orders it: which requests are allowed, and why not others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.ingestion.contracts.column import LONGEST_TEXT, NOBODY
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.erasures.suppression_list import Request
from orchestration.ingestion.pseudonyms.pseudonyms import normalised
from orchestration.programmes.programme import Programme
from orchestration.steps.run_inputs import RunInputs
from orchestration.storage.yaml_positions import nearest

MOST = 20
"""The most identifiers of one person: more are a list of several people."""


class CannotErase(ValueError):
    """Nothing was done; the message says why, and quotes nothing from the file of identifiers."""


@dataclass(frozen=True)
class EraseRequest:
    """What the command was asked for."""

    programme: str
    kind: str
    identifier_file: Path
    by: str
    why: str
    landing: Path | None = None
    as_of: date | None = None
    dry_run: bool = False


def read_identifiers(path: Path) -> tuple[str, ...]:
    """The identifiers of one person, one a line, as files name them. Raises CannotErase."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CannotErase(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CannotErase(f"{path} is no text in UTF-8: save it as such") from error
    lines = [(at, line.strip()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise CannotErase(f"{path} is empty: write the person's identifiers into it, one a line")
    if len(lines) > MOST:
        raise CannotErase(f"{path} has over {MOST} lines: it holds the identifiers of one person")
    for at, line in lines:
        if len(line) > LONGEST_TEXT:
            raise CannotErase(f"Line {at} of {path} is longer than any identifier")
        if line.upper() in NOBODY or not any(letter.isalnum() for letter in line):
            raise CannotErase(f"Line {at} of {path} stands for nobody, as `unknown` does")
    found = normalised(pl.Series([line for _, line in lines]))
    return tuple(dict.fromkeys(found.drop_nulls().to_list()))


def refuse_telling(request: EraseRequest, asked: Request) -> None:
    """Raise CannotErase unless somebody orders it with a reason, and neither names the person."""
    if not request.by.strip() or not request.why.strip():
        raise CannotErase("An erasure needs --by, who orders it, and --why, the reason")
    for text in (request.by, request.why):
        said = str(normalised(pl.Series([text]))[0])
        if any(identifier in said for identifier in asked.identifiers):
            raise CannotErase("--by or --why holds the identifier: both are kept on record")


def find_programme(inputs: RunInputs, name: str) -> Programme:
    """The programme of a name, if its folder is in landing. Raises CannotErase."""
    known = {one.programme: one for one in inputs.programmes}
    if name not in known:
        there = ", ".join(known) or "none"
        raise CannotErase(
            f"There is no programme {name!r} in {inputs.landing}{nearest(name, list(known))}; there"
            f" are: {there}. Where its files lie elsewhere, name that folder with --landing"
        )
    return known[name]


def refuse_kind(contracts: Sequence[TableContract], programme: Programme, kind: str) -> None:
    """Raise CannotErase where no file of a programme names people of this kind."""
    kinds = sorted(
        {
            column.meta.kind
            for contract in contracts
            if contract.source in programme.sources
            for column in contract.columns
            if column.meta.kind
        }
    )
    if kind not in kinds:
        there = ", ".join(kinds) or "none: its files name nobody"
        raise CannotErase(
            f"{programme.programme} knows no kind of person {kind!r}{nearest(kind, kinds)}; there"
            f" are: {there}"
        )
