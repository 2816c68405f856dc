"""A thousand mutated files of every layout: no row is lost, nothing breaks down, little is needed.

`make prove` runs it: each mutation takes a sound file of a contract and spoils its text, as tools,
transfers and people do. A file is read in a process of its own, and its rows must be accounted for:
accepted, rejected, blank or repeated, or the file refused with a sentence. Each takes at most 60
seconds and 3 GB.
"""

import argparse
import csv
import gzip
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.ingestion.delivery import MB
from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.reading_process import ReadingProcess
from orchestration.ingestion.reading_task import Outcome, Task
from orchestration.ingestion.validation.validate_file import BROKE_DOWN
from tests.proofs.mutated_files import (
    AREAS,
    MUTATIONS,
    file_name,
    mutate,
    sound_rows,
    text_of,
)

AS_OF = date(2026, 11, 21)
ROWS = 60
MOST_SECONDS = 60.0
MOST_MEMORY = 3000 * MB
Lines = list[str]


@dataclass(frozen=True)
class Spoilt:
    """What is delivered: its bytes, its rows, and how many of them nobody touched.

    Untouched rows must be accepted where the file is not refused; a file that was sound in other
    words, such as with other line ends, has all of them untouched.
    """

    data: bytes
    rows: int
    untouched: int


Spoil = Callable[[Lines, random.Random], Spoilt]


def _plain(lines: Lines, rows: int, untouched: int) -> Spoilt:
    return Spoilt(("\n".join(lines) + "\n").encode(), rows, untouched)


def _each(change: Callable[[str], str]) -> Spoil:
    """A change of three rows."""

    def spoil(lines: Lines, chance: random.Random) -> Spoilt:
        hit = chance.sample(range(1, len(lines)), 3)
        for at in hit:
            lines[at] = change(lines[at])
        return _plain(lines, len(lines) - 1, len(lines) - 1 - len(hit))

    return spoil


def _added(line: Callable[[str], str] | str) -> Spoil:
    """A line that is no row of the table, or made of the header, somewhere in the file."""

    def spoil(lines: Lines, chance: random.Random) -> Spoilt:
        added = line if isinstance(line, str) else line(lines[0])
        lines.insert(chance.randrange(1, len(lines)), added)
        return _plain(lines, len(lines) - 1, len(lines) - 2)

    return spoil


def _whole(change: Callable[[str], bytes]) -> Spoil:
    """A change of the whole text that touches no value."""

    def spoil(lines: Lines, _: random.Random) -> Spoilt:
        rows = len(lines) - 1
        return Spoilt(change("\n".join(lines) + "\n"), rows, rows)

    return spoil


def _header(change: Callable[[list[str], random.Random], None]) -> Spoil:
    """A change of the header."""

    def spoil(lines: Lines, chance: random.Random) -> Spoilt:
        names = lines[0].split(",")
        change(names, chance)
        lines[0] = ",".join(names)
        return _plain(lines, len(lines) - 1, 0)

    return spoil


def _nothing(data: Callable[[str], bytes]) -> Spoil:
    """Something else in place of the file, made of its header."""

    def spoil(lines: Lines, _: random.Random) -> Spoilt:
        return Spoilt(data(lines[0]), 0, 0)

    return spoil


def _stray_quotes(lines: Lines, chance: random.Random) -> Spoilt:
    hit = chance.sample(range(1, len(lines)), chance.randrange(1, 4))
    for at in hit:
        fields = lines[at].split(",")
        place = chance.randrange(len(fields))
        fields[place] = chance.choice(['"{}', '{}"', '{}""', '"{}"x']).format(fields[place])
        lines[at] = ",".join(fields)
    return _plain(lines, len(lines) - 1, len(lines) - 1 - len(hit))


def _cut_short(lines: Lines, chance: random.Random) -> Spoilt:
    text = "\n".join(lines)
    end = chance.randrange(len(lines[0]) + 1, len(text))
    rows = text[:end].count("\n")
    return Spoilt(text[:end].encode(), rows if text[end - 1] != "\n" else rows - 1, rows - 1)


def _cut_archive(lines: Lines, chance: random.Random) -> Spoilt:
    data = gzip.compress("\n".join(lines).encode(), mtime=0)
    return Spoilt(data[: chance.randrange(1, len(data))], 0, 0)


def _flipped_bits(lines: Lines, chance: random.Random) -> Spoilt:
    data = bytearray(("\n".join(lines) + "\n").encode())
    start = len(lines[0]) + 1
    for _ in range(3):
        at = chance.randrange(start, len(data))
        if data[at] != ord("\n"):
            data[at] = chance.choice([0, 7, 0x80, 0xFF, 0x1B])
    return Spoilt(bytes(data), len(lines) - 1, len(lines) - 4)


def _repeated(lines: Lines, chance: random.Random) -> Spoilt:
    lines += chance.sample(lines[1:], 5)
    return _plain(lines, len(lines) - 1, len(lines) - 6)


def _shuffled(lines: Lines, chance: random.Random) -> Spoilt:
    rows = lines[1:]
    chance.shuffle(rows)
    return _plain([lines[0], *rows], len(rows), len(rows))


def _swap(names: list[str], chance: random.Random) -> None:
    names[0], names[-1] = names[-1], names[0]


def _misspell(names: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(names))
    names[at] = names[at][1:] + "x"


def _twice(names: list[str], chance: random.Random) -> None:
    names[-1] = names[0]


def _empty(names: list[str], chance: random.Random) -> None:
    names[chance.randrange(len(names))] = ""


SPOILT: dict[str, Spoil] = {
    "stray quotes": _stray_quotes,
    "cut short": _cut_short,
    "flipped bits": _flipped_bits,
    "rows repeated": _repeated,
    "rows shuffled": _shuffled,
    "a field too many": _each(lambda line: line + ",x"),
    "a field too few": _each(lambda line: line.rpartition(",")[0]),
    "shifted by a field": _each(lambda line: "x," + line.rpartition(",")[0]),
    "other separator in a row": _each(lambda line: line.replace(",", ";")),
    "a return inside a row": _each(lambda line: line[:3] + "\r" + line[3:]),
    "a row in quotes": _each(lambda line: '"' + line.replace('"', '""') + '"'),
    "a row of a megabyte": _each(lambda line: line + "y" * MB),
    "nul bytes": _each(lambda line: line + "\x00"),
    "a marker of order": _each(lambda line: "\u202e" + line),
    "header again": _added(str),
    "a line of totals": _added(lambda header: "Total" + "," * header.count(",")),
    "a remark": _added("# exported on 2026-11-21"),
    "a blank line": _added(""),
    "a line of commas": _added(lambda header: "," * header.count(",")),
    "header misspelt": _header(_misspell),
    "header swapped": _header(_swap),
    "header twice": _header(_twice),
    "header empty": _header(_empty),
    "header in capitals": _header(lambda names, _: names.__setitem__(0, names[0].upper() + " ")),
    "line ends of Windows": _whole(lambda text: text.replace("\n", "\r\n").encode()),
    "line ends of old": _whole(lambda text: text.replace("\n", "\r").encode()),
    "byte-order mark": _whole(lambda text: b"\xef\xbb\xbf" + text.encode()),
    "UTF-16": _whole(lambda text: text.encode("utf-16")),
    "no last line end": _whole(lambda text: text.rstrip("\n").encode()),
    "blank lines at the end": _whole(lambda text: (text + "\n" * 50).encode()),
    "semicolons": _whole(lambda text: text.replace(",", ";").encode()),
    "tabs": _whole(lambda text: text.replace(",", "\t").encode()),
    "a title above": _whole(lambda text: ("Export of everything\n\n" + text).encode()),
    "sep= above": _whole(lambda text: ("sep=,\n" + text).encode()),
    "packed": _whole(lambda text: gzip.compress(text.encode(), mtime=0)),
    "an archive cut short": _cut_archive,
    "nothing": _nothing(lambda _: b""),
    "a header alone": _nothing(lambda header: header.encode() + b"\n"),
    "another file": _nothing(lambda _: b"%PDF-1.7\n" + bytes(range(256)) * 40),
}


def _value(mutation: str) -> Spoil:
    """A value in each of three rows mutated as in the matrix of values; see `mutated_files`."""

    def spoil(lines: Lines, chance: random.Random) -> Spoilt:
        rows = list(csv.DictReader(lines))
        for row in chance.sample(rows, 3):
            header = chance.choice(list(row))
            row[header] = mutate(mutation, row, header)
        return Spoilt(text_of(rows).encode(), len(rows), len(rows) - 3)

    return spoil


KINDS = SPOILT | {f"{name} values": _value(name) for name in MUTATIONS}


@dataclass(frozen=True)
class Case:
    """A mutation of a layout: the contract, the kind, and the seed of its chance."""

    contract: TableContract
    kind: str
    seed: int

    def write(self, folder: Path) -> tuple[Path, Spoilt]:
        """The file, and what is to be expected of it."""
        lines = text_of(sound_rows(self.contract, ROWS)).splitlines()
        spoilt = KINDS[self.kind](lines, random.Random(self.seed))
        is_packed = self.kind in ("packed", "an archive cut short")
        path = folder / (file_name(self.contract) + (".gz" if is_packed else ""))
        path.write_bytes(spoilt.data)
        return path, spoilt

    def task(self, path: Path) -> Task:
        """What the reading process is to do with it."""
        key = demonstration_key("mutated", 1)
        return Task(path, self.contract, AS_OF, "Europe/London", key, areas=AREAS)


def cases(count: int) -> Iterator[Case]:
    """So many mutations: every layout and every kind in turn."""
    contracts, kinds = read_contracts(), list(KINDS)
    for seed in range(count):
        yield Case(contracts[seed % len(contracts)], kinds[seed % len(kinds)], seed)


def fault(outcome: Outcome, spoilt: Spoilt) -> str | None:
    """What is wrong with how a file was read; None where every row is accounted for."""
    found = outcome.result
    if found.refused is not None:
        return f"broke down: {found.refused}" if BROKE_DOWN in found.refused else None
    if not found.reconciled:
        return f"{found.records} records, {found.accounted} accounted for"
    if found.records < spoilt.rows:
        return f"{spoilt.rows} rows delivered, {found.records} seen"
    if found.accepted + found.duplicates < spoilt.untouched:
        return f"{spoilt.untouched} rows untouched, {found.accepted} accepted"
    return None


def prove(chosen: Sequence[Case], reading: ReadingProcess) -> Iterator[tuple[Case, str, float]]:
    """Each case with what became of it and its seconds; a fault begins with WRONG."""
    with tempfile.TemporaryDirectory() as folder:
        for case in chosen:
            path, spoilt = case.write(Path(folder))
            begun = time.monotonic()
            outcome = reading.read(case.task(path))
            seconds = time.monotonic() - begun
            path.unlink()
            wrong = fault(outcome, spoilt)
            if wrong is None and seconds > MOST_SECONDS:
                wrong = f"took {seconds:.0f} s"
            said = "refused" if outcome.result.refused else "read"
            yield case, f"WRONG: {wrong}" if wrong else said, seconds


def main() -> int:
    """Run the proof; 0 when nothing was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mutations", type=int, default=1000)
    asked = parser.parse_args()
    reading, tally, slowest = ReadingProcess(), Counter[str](), 0.0
    for case, said, seconds in prove(list(cases(asked.mutations)), reading):
        tally[said.partition(":")[0]] += 1
        slowest = max(slowest, seconds)
        if said.startswith("WRONG"):
            print(f"{case.contract.label}, {case.kind}, seed {case.seed}: {said}")  # noqa: T201
    reading.close()
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(  # noqa: T201
        f"{tally.total()} mutations of {len(read_contracts())} layouts, {len(KINDS)} kinds:"
        f" {tally['read']} read with every row accounted for, {tally['refused']} refused,"
        f" {tally['WRONG']} wrong; slowest {slowest:.1f} s, at most {memory / MB:,.0f} MB"
    )
    return 1 if tally["WRONG"] or memory > MOST_MEMORY else 0


if __name__ == "__main__":
    sys.exit(main())
