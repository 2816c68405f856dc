"""The proof of loading: one file, loaded again and again on several threads, gives one content.

`python -m tests.proofs.repeated_loads --loads 1000` loads a generated file of more than three row
groups so often on two and again on four threads, prints how many contents came out of it, and ends
with 1 if there was more than one or a load was refused. What is lost by chance on the way into
Parquet shows in no single load: DuckDB 2.0.0 lost values in one load of five. The file is narrow
(an encounter and an officer, replaced by a pseudonym), so that threads meet often.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

from orchestration.ingestion.contracts.table import find_contract
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.validation.validate_file import validated
from orchestration.ingestion.write_raw import write_raw

THREADS = (2, 4)
ROWS = 380_000
ROW_GROUPS = 3
OFFICERS = 30_000


@contextmanager
def on_threads(threads: int) -> Iterator[None]:
    """Every connection that is opened meanwhile computes on so many threads."""
    connect = duckdb.connect

    def connected(*given: object, **named: object) -> duckdb.DuckDBPyConnection:
        con = connect(*given, **named)  # type: ignore[arg-type]
        con.execute(f"set threads = {threads}")
        return con

    duckdb.connect = connected
    try:
        yield
    finally:
        duckdb.connect = connect


def content(raw: Path) -> str:
    """SHA-256 over the hashes of all rows in the order of their records, read by Polars.

    A raw file has no order of its own: threads that join write their rows as they come.
    """
    rows = pl.read_parquet(raw).sort("record_number")
    return sha256(rows.hash_rows(seed=1).to_numpy().tobytes()).hexdigest()


def generate(path: Path, rows: int) -> None:
    """Who attended which encounter: officers in no order, each about four times a row group."""
    with duckdb.connect() as con:
        con.execute(
            "copy (select 'E' || i as encounter_id,"
            f" 'P' || (100000 + hash(i) % {OFFICERS}) as officer_number"
            f" from range({rows}) encounters(i)) to '{path}' (header)"
        )


def load(file: Path, raw: Path) -> None:
    """Load the file as a run does; SystemExit when it is refused."""
    programme, contract = "london_synthetic", find_contract("bodyworn", "encounter_officers")
    with validated(
        file,
        contract,
        as_of=date(2026, 11, 21),
        time_zone="Europe/London",
        pseudonyms=Pseudonyms(demonstration_key(programme, 1)),
    ) as found:
        if found.rows is None:
            raise SystemExit(found.refused)
        identity = (programme, contract.source, contract.name)
        write_raw(found.rows, Delivery(*identity, file, file.name, "0" * 64, 1), raw)


def contents(file: Path, raw: Path, times: int) -> Counter[str]:
    """How often each content came out of so many loads of `file` into `raw`."""
    found: Counter[str] = Counter()
    for _ in range(times):
        load(file, raw)
        found[content(raw)] += 1
    groups = pq.ParquetFile(raw).num_row_groups
    assert groups > ROW_GROUPS, f"{groups} row groups are too few to be written side by side"
    return found


def main() -> int:
    """Run the proof; 0 when every load gave the same content, whatever the threads."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--loads", type=int, default=1000, help="on each number of threads")
    parser.add_argument("--rows", type=int, default=ROWS)
    asked = parser.parse_args()
    everything: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        file, raw = Path(folder) / "encounter_officers.csv", Path(folder) / "raw.parquet"
        generate(file, asked.rows)
        for threads in THREADS:
            begun = time.monotonic()
            with on_threads(threads):
                found = contents(file, raw, asked.loads)
            everything += found
            sys.stdout.write(
                f"DuckDB {duckdb.__version__}, {threads} threads: {asked.loads} loads of"
                f" {asked.rows:,} rows gave {len(found)} contents"
                f" ({time.monotonic() - begun:.0f} s)\n"
            )
            sys.stdout.flush()
    usual = everything.most_common(1)[0][1]
    other = everything.total() - usual
    sys.stdout.write(f"{len(everything)} contents in all; {other} loads gave another one\n")
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main())
