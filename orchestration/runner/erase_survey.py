"""Where a person appears in delivered files: those in landing, and loads whose files are gone."""

from dataclasses import dataclass, field

import polars as pl

from orchestration.ingestion.delivery import Delivery, Identity, NotNow
from orchestration.ingestion.erasures.erased_person import ErasedPeople
from orchestration.ingestion.ledger import read_ledger
from orchestration.ingestion.limits import FileLimits
from orchestration.ingestion.purge_raw import find
from orchestration.ingestion.reading_process import READING
from orchestration.ingestion.reading_task import Task
from orchestration.programmes.programme import Programme
from orchestration.steps.run_inputs import RunInputs


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
