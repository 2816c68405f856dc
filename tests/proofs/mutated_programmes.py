"""Every column of every layout mutated, a programme for each mutation: a release always comes.

`make prove` runs the whole matrix, a few mutations at a time. In each run a release must come, with
every programme in it, and every file must be accounted for: its mutated rows are accepted, rejected
with a reason, or refused with their file, and no row is lost.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import yaml

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.programmes.areas import folded
from tests.proofs.mutated_files import AREAS, DISTRICTS, MUTATIONS, Mutated, mutated_file

AS_OF = "2026-11-21"
AT_ONCE = 4
RELEASED = (0, 3)
"""Exit codes of a run that released; with 3 it says what it left out."""


def programme_text(name: str, source: str) -> str:
    """The settings of an invented programme that delivers one source."""
    part = {"kind": "borough", "parent": "force"}
    areas = [
        {"id": "force", "name": "Force", "kind": "force", "parent": None},
        {"id": "unknown", "name": "Area not known", "kind": "remainder", "parent": "force"},
        *({"id": folded(name).replace(" ", "_"), "name": name} | part for name in AREAS),
        *({"id": f"d{at}", "name": str(at)} | part for at in range(1, DISTRICTS + 1)),
    ]
    return yaml.safe_dump(
        {
            "programme": name,
            "name": f"{name} (synthetic)",
            "country": "England",
            "is_synthetic": True,
            "seed": 7,
            "summary": "Invented.",
            "limits": ["Every figure is invented."],
            "time_zone": "Europe/London",
            "landing": [name],
            "sources": [source],
            "data_from": "2016-01-01",
            "data_to": "2016-06-30",
            "extracted_on": "2016-12-31",
            "areas": areas,
        },
        sort_keys=False,
    )


def lay_out(
    folder: Path, contracts: Sequence[TableContract], mutations: Sequence[str]
) -> Iterator[tuple[str, Mutated]]:
    """A programme per source and mutation below `folder`, with its files in `landing`.

    Yields each file with the name of its programme.
    """
    for contract in contracts:
        for mutation in mutations:
            name = f"{contract.source}_{mutation}"
            own = folder / "programmes" / name
            own.mkdir(parents=True, exist_ok=True)
            (own / "programme.yml").write_text(programme_text(name, contract.source), "utf-8")
            file = mutated_file(contract, mutation)
            (folder / "landing" / name).mkdir(parents=True, exist_ok=True)
            (folder / "landing" / name / file.name).write_text(file.text, "utf-8")
            yield name, file


def run(folder: Path) -> "subprocess.CompletedProcess[str]":
    """`bodyworn run --json` over what was laid out, in a home below `folder`."""
    home = folder / "home"
    own = {
        "BODYWORN_HOME": str(home),
        "BODYWORN_PROGRAMMES": str(folder / "programmes"),
        "DAGSTER_HOME": str(home / "dagster"),
    }
    words = ["run", "--landing", str(folder / "landing"), "--as-of", AS_OF, "--json"]
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *words],
        env=os.environ | own,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def faults(
    folder: Path, delivered: Sequence[tuple[str, Mutated]], done: "subprocess.CompletedProcess[str]"
) -> Iterator[str]:
    """What is wrong with a run over mutated files: no release, or something it does not name."""
    if done.returncode not in RELEASED:
        yield f"exit code {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return
    if "Traceback" in done.stderr:
        yield f"a traceback: {done.stderr[-2000:]}"
    released = folder / "home" / "releases" / "current" / "internal/parquet"
    programmes = pl.read_parquet(released / "dim_programme.parquet")["programme_id"].to_list()
    if missing := sorted({name for name, _ in delivered} - set(programmes)):
        yield f"not released: {', '.join(missing)}"
    ledger = {
        row["file_name"]: row
        for row in pl.read_parquet(released / "fct_load_ledger.parquet").to_dicts()
    }
    rejects = json.loads(done.stdout)
    for name, file in delivered:
        yield from _unaccounted(f"{name}/{file.name}", file, ledger, str(rejects))


def _unaccounted(
    name: str, file: Mutated, ledger: dict[str, dict[str, object]], said: str
) -> Iterator[str]:
    row = ledger.get(name)
    if row is None:
        yield f"{name} is not in the ledger"
        return
    if row["load_status"] == "refused":
        if not row["reason"]:
            yield f"{name} is refused without a reason"
        return
    counts = ("accepted", "rejected", "blank", "duplicates")
    accounted = sum(int(str(row[count])) for count in counts)
    if not file.rows == row["records"] == accounted:
        yield f"{name}: {file.rows} rows, {row['records']} records, {accounted} accounted for"
    if row["rejected"] and name not in said:
        yield f"{name}: the run does not name its rejected rows"


def main() -> int:
    """Run the matrix; 0 when nothing was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mutations", nargs="+", default=list(MUTATIONS), choices=MUTATIONS)
    asked, found = parser.parse_args(), 0
    contracts = read_contracts()
    for start in range(0, len(asked.mutations), AT_ONCE):
        some = asked.mutations[start : start + AT_ONCE]
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            delivered = list(lay_out(folder, contracts, some))
            wrong = list(faults(folder, delivered, run(folder)))
        found += len(wrong)
        values = sum(file.mutated for _, file in delivered)
        print(f"{', '.join(some)}: {len(delivered)} files, {values} mutated rows,", end=" ")  # noqa: T201
        print("released" if not wrong else "\n".join(["WRONG:", *wrong]), flush=True)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
