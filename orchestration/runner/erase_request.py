"""Whom an erasure is about, who orders it, and where the person appears in delivered files.

The request says which erasures are allowed and why not others; the survey covers files in landing
and loads whose files are gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.ingestion.contracts.column import LONGEST_TEXT, NOBODY
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Delivery, FileLimits, Identity, NotNow
from orchestration.ingestion.erasures.purge_raw import find
from orchestration.ingestion.erasures.suppression_list import Request
from orchestration.ingestion.ledger import read_ledger
from orchestration.ingestion.pseudonyms.pseudonyms import normalised
from orchestration.ingestion.reading_process import READING
from orchestration.ingestion.reading_task import Task
from orchestration.ingestion.validation.erased_rows import ErasedPeople
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


@dataclass(frozen=True)
class HeldFile:
    """A delivered file that names the person: in how many rows, and texts of other rows.

    `is_in_landing` says that the sender's file is still there, which is the force's to clean, and
    `is_named_after` that its name holds the identifier.
    """

    name: str
    rows: int
    texts: int
    is_in_landing: bool
    is_named_after: bool = False


@dataclass
class Survey:
    """What was found: files that name the person, those not read, and loads kept under such names.

    `files` are by their content; `not_read` are sentences.
    """

    files: dict[Identity, HeldFile] = field(default_factory=dict)
    not_read: list[str] = field(default_factory=list)
    renamed: set[Identity] = field(default_factory=set)

    def to_do(self, entry: int) -> set[Identity]:
        """The loads from which the person of an entry of the list has still to be taken."""
        done = {row.identity for row in read_ledger() if row.erasures >= entry}
        return self.renamed | {
            identity
            for identity, file in self.files.items()
            if identity not in done or not file.is_in_landing or file.is_named_after
        }


def look(inputs: RunInputs, programme: Programme, people: ErasedPeople) -> Survey:
    """Search every file in landing, and every load whose file is gone, for some people."""
    name, scan = programme.programme, inputs.scan
    there = [one for one in [*scan.known, *scan.deliveries] if one.programme == name]
    refused = {one.name: one.sentence for one in scan.refused}
    refused |= dict.fromkeys(scan.unclaimed, "no contract names it")
    found = Survey(
        not_read=[
            f"{file}: {sentence}"
            for file, sentence in refused.items()
            if file.split("/", 1)[0] in programme.landing
        ]
    )
    for delivery in there:
        _look_into(delivery, inputs, programme, people, found)
    here = {delivery.identity for delivery in there}
    contracts = {(one.source, one.name): one for one in inputs.contracts}
    for row in read_ledger():
        if row.programme_id != name:
            continue
        if row.identity in here:
            if is_named(people, row.file_name):
                found.renamed.add(row.identity)
            continue
        held = find(row, people, contracts)
        if held.rows + held.cells:
            found.files[row.identity] = HeldFile(
                row.file_name, held.rows, held.cells, is_in_landing=False
            )
    return found


def _look_into(
    delivery: Delivery,
    inputs: RunInputs,
    programme: Programme,
    people: ErasedPeople,
    found: Survey,
) -> None:
    """One file in landing, read as a load would read it; nothing of it is stored."""
    contracts = {(one.source, one.name): one for one in inputs.contracts}
    task = Task(
        delivery.path,
        contracts[delivery.source, delivery.table],
        delivery.as_of or inputs.as_of,
        programme.time_zone,
        None,
        FileLimits.from_environment(),
        areas=programme.spellings,
        erased=people,
    )
    try:
        result = READING.read(task).result
    except NotNow as problem:
        found.not_read.append(f"{delivery.name}: {problem}")
        return
    is_after = is_named(people, str(delivery.path.relative_to(inputs.landing)))
    if result.erased or result.erased_texts or is_after:
        found.files[delivery.identity] = HeldFile(
            delivery.name,
            result.erased,
            result.erased_texts,
            is_in_landing=True,
            is_named_after=is_after,
        )


def is_named(people: ErasedPeople, name: str) -> bool:
    """Whether a file is named after one of some people; underscores separate words in its name."""
    return bool(people.held_in(pl.Series([name.replace("_", " ")])))
