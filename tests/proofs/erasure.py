"""The proof of erasure: killed at one step after the other, then finished, then searched for.

`python -m tests.proofs.erasure` makes a small programme of invented people, releases it, and erases
an officer while the process is killed (SIGKILL) at one durable step after the other. A last call
finishes; in a copy of the home the run that Dagster's schedule starts does. It prints what was
found and ends with 1 where the officer still stands anywhere but in landing, or a past release no
longer verifies.
"""

import argparse
import csv
import gzip
import os
import signal
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet

from orchestration.ingestion.pseudonyms.keys import keys_known
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.programmes.programme import read_programmes
from orchestration.runner.dagster_run import instance
from orchestration.steps.run_inputs import make_run_inputs
from tests.bodyworn_command import bodyworn
from tests.conftest import AS_OF
from tests.orchestration.conftest import write_small
from tests.orchestration.home_folder import Home

ORDER = ("--by", "A. Clerk", "--why", "Request 17")
# A durable step by what its path holds, and the event of Python that reports it.
STAGES = (
    ("keys/erasures.jsonl", "open"),
    ("audit/events.jsonl", "open"),
    ("ledger/rows/", "os.rename"),
    (".removed-1-before-estimates", "os.rename"),
    ("/raw/", "os.rename"),
    ("derived/ingestion/ledger/ledger.parquet", "os.rename"),
    (".candidate-", "os.rename"),
    ("releases/current", "os.rename"),
    ("releases/purged/", "os.rename"),
    (".removed-internal", "os.rename"),
    (".removed-restricted", "os.rename"),
    ("erasures_finished.json", "os.rename"),
)

# Once the loads are marked, before anything was taken out of them.
SCHEDULED = ("ledger/rows/", "os.rename")


@dataclass(frozen=True)
class Person:
    """An officer of the small programme: what files call them, and the pseudonym under its key."""

    programme: str
    number: str
    name: str
    pseudonym: str

    @property
    def texts(self) -> list[str]:
        """What must stand nowhere."""
        return [self.number, self.name, self.pseudonym]


def person_in(landing: Path) -> Person:
    """The officer of the first recording in landing."""
    file = min(landing.rglob("evidence_com_*.csv"))
    with file.open(encoding="utf-8", newline="") as rows:
        first = next(csv.DictReader(rows))
    [programme] = [one for one in read_programmes() if file.parent.name in one.landing]
    number, name = first["Owner Badge ID"], first["Owner Last Name"]
    made = Pseudonyms(keys_known(programme)[0]).of(pl.Series([number]), "officer")
    return Person(programme.programme, number, name, str(made[0]))


def command(home: Home, person: Person, *words: str) -> list[str]:
    """The words of the erasure; the identifiers stand in a file beside the home."""
    file = home.folder.parent / "person.txt"
    file.write_text(f"{person.number.lower()}\n{person.name}\n", encoding="utf-8")
    who = ["--programme", person.programme, "--kind", "officer", "--identifier-file", str(file)]
    where = ["--landing", str(home.landing), "--as-of", AS_OF]
    return ["erase", *who, *ORDER, *where, *words]


def erase_and_die(stage: str, event: str, *words: str) -> None:
    """The command, dead at the first durable step whose path holds `stage`."""

    def watch(name: str, arguments: tuple[Any, ...]) -> None:
        if name == event and any(stage in str(each) for each in arguments[:2]):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    bodyworn(*words)


def run_as_scheduled(landing: str) -> None:
    """The run that Dagster's schedule asks for, over this landing folder."""
    from orchestration.definitions import definitions
    from orchestration.defs.automation import JOB, chosen

    job = definitions().get_repository_def().get_job(JOB)
    with instance() as dagster:
        done = job.execute_in_process(
            instance=dagster,
            asset_selection=chosen(make_run_inputs(landing)),
            run_config={"resources": {"inputs": {"config": {"landing": landing, "as_of": AS_OF}}}},
            raise_on_error=False,
        )
    sys.exit(0 if done.success else 1)


def traces(folder: Path, texts: Sequence[str]) -> list[tuple[str, str]]:
    """File and text of each that stands below a folder: in bytes, unpacked, or decoded.

    Written apart from the product's own search, and stricter: any place in any value counts.
    """
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        if path.is_symlink():
            continue
        pieces = [piece.casefold() for piece in _pieces(path)]
        name = str(path.relative_to(folder))
        found += [(name, text) for text in texts if any(text.casefold() in one for one in pieces)]
    return found


def _pieces(path: Path) -> Iterator[str]:
    """A file as text in every way that it can be read."""
    content = path.read_bytes()
    yield path.name
    yield content.decode("latin-1")
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content).decode("latin-1")
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("latin-1")
    if content[:4] == content[-4:] == b"PAR1":
        yield from _texts(pyarrow.parquet.read_table(path))
    if content[8:12] == b"DUCK":
        with duckdb.connect(str(path), read_only=True) as con:
            query = "select schema_name, table_name from duckdb_tables()"
            for schema, table in con.sql(query).fetchall():
                yield from _texts(con.table(f'"{schema}"."{table}"').to_arrow_table())


def _texts(table: pa.Table) -> Iterator[str]:
    """The different values of each column that is no number, time or truth value."""
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            yield "\n".join(value for value in column.unique().to_pylist() if value)
        elif pa.types.is_nested(column.type) or pa.types.is_dictionary(column.type):
            yield "\n".join(map(str, column.to_pylist()))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tables_read(folder: Path) -> int:
    """How many Parquet and DuckDB files there are to decode, so that none is found in nothing."""
    return sum(path.suffix in (".parquet", ".duckdb") for path in folder.rglob("*"))


def looked_at(home: Home, person: Person, before: str) -> int:
    """Print what is left of the officer in a home, and what verifies; how much is wrong."""
    left = traces(home.folder, person.texts)
    _say(f"{tables_read(home.folder)} tables decoded, every file searched: {len(left)} traces")
    for name, text in left:
        _say(f"    {name}: {'pseudonym' if text == person.pseudonym else 'identifier'}")
    wrong = len(left)
    for name, words in (
        ("past release", ("release", "verify", before)),
        ("release being served", ("release", "verify", "current")),
        ("audit log", ("audit", "verify")),
    ):
        code = home.bodyworn(*words).returncode
        _say(f"{name} verifies with exit code {code}")
        wrong += code != 0
    return wrong


def killed(home: Home, stage: tuple[str, str], words: Sequence[str]) -> bool:
    """Erase until the process is killed at a step; whether it was, which is printed too."""
    done = home.in_child(erase_and_die, *stage, *words)
    was = done.returncode == -signal.SIGKILL
    _say(f"{'killed' if was else f'NOT KILLED, ended {done.returncode},'} at {stage[0]}")
    return was


def prove(folder: Path, stages: Sequence[tuple[str, str]]) -> int:
    """Print what became of the officer; 1 where anything is left."""
    home = Home(folder / "home", folder / "landing")
    write_small(folder)
    done = home.run()
    assert done.returncode == 0, done.stderr
    os.environ["BODYWORN_HOME"] = str(home.folder)
    person, before = person_in(home.landing), home.serving
    held = {name for name, _ in traces(home.folder, person.texts)}
    _say(f"{len(held)} files of the home hold the officer before")
    other = home.copy(folder / "other")
    words = command(home, person)
    wrong = 0
    for stage in stages:
        wrong += not killed(home, stage, words)
        serves = "the old" if home.serving == before else "a new"
        _say(f"    {serves} release serves")
    done = home.bodyworn(*words)
    _say(f"finished by the command with exit code {done.returncode}")
    wrong += looked_at(home, person, before) + done.returncode
    os.environ["BODYWORN_HOME"] = str(other.folder)
    _say("in a copy of the home:")
    wrong += not killed(other, SCHEDULED, command(other, person))
    done = other.in_child(run_as_scheduled, str(other.landing))
    _say(f"finished by the scheduled run with exit code {done.returncode}")
    wrong += looked_at(other, person, before) + done.returncode
    return 1 if wrong or not held else 0


def main() -> int:
    """Run the proof in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stages", type=int, default=len(STAGES), help="how many kills")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bodyworn-") as name:
        return prove(Path(name), STAGES[: chosen.stages])


if __name__ == "__main__":
    sys.exit(main())
