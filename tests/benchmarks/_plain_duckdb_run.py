"""What a run does, as one plain DuckDB script over the same files: no orchestration, no audit.

It reads every file with a typed `read_csv`, replaces people by the same pseudonyms, rejects, drops
duplicates, keeps a ledger and a quarantine, runs the SQL of the models as dbt compiled it for the
run that it is measured against, and writes the same tables as Parquet, CSV and a database. What it
leaves out is what the platform adds: Dagster and dbt, tests of rows, the independent count of
records, the audit, hashes of outputs, the public extract.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration import paths
from orchestration.ingestion.contracts.table import read_contracts
from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.programmes.programme import read_programmes
from orchestration.release.dbt_artifacts import read_artifacts, released_tables
from tests.benchmarks._plain_duckdb_load import Connection, load

NAME = "london_synthetic"
MEMORY = "6GB"
PASSES = ("1-before-estimates", "2-after-estimates")
LEDGER = Path("derived", "ingestion", "ledger", "ledger.parquet")
REJECTS = Path("derived", "ingestion", "rejects", "rejects.parquet")


def _models(run: Path) -> Iterator[tuple[str, str, str]]:
    """Name, materialisation and compiled SQL of a run's models, those read by others first."""
    done: set[str] = set()
    nodes: dict[str, Any] = {}
    for step in PASSES:
        nodes |= json.loads((run / "dbt" / step / "manifest.json").read_text())["nodes"]
        built = run / "dbt" / step / "compiled" / "bodyworn"
        left = [
            key
            for key, node in nodes.items()
            if node["resource_type"] == "model"
            and key not in done
            and (built / node["original_file_path"]).is_file()
        ]
        while left:
            ready = [k for k in left if not set(nodes[k]["depends_on"]["nodes"]) & set(left)]
            for key in ready:
                sql = (built / nodes[key]["original_file_path"]).read_text()
                yield nodes[key]["name"], nodes[key]["config"]["materialized"], sql
            done.update(ready)
            left = [key for key in left if key not in done]


def transform(con: Connection, run: Path, home: Path) -> None:
    """Every model, reading what was loaded into `home` where the run read its own."""
    for name, kind, sql in _models(run):
        here = sql.replace(str(run.resolve()), str(home))
        con.execute(f"create {kind} {name} as {here}")


def export(con: Connection, tables: dict[str, list[str]], folder: Path) -> None:
    """Every released table, ordered by its key, as Parquet and CSV and in a database."""
    folder.mkdir()
    con.execute(f"attach '{folder / 'marts.duckdb'}' as released")
    for name, key in tables.items():
        ordered = f"select * from {name} order by {', '.join(key)}"
        con.execute(f"copy ({ordered}) to '{folder / name}.parquet' (compression zstd)")
        con.execute(f"copy ({ordered}) to '{folder / name}.csv' (header)")
        con.execute(f"create table released.{name} as from '{folder / name}.parquet'")
    con.execute("detach released")


def _prepare(run: Path, home: Path) -> None:
    """What people write by hand and no file delivers: the programme and its seeds."""
    shutil.copytree(run / "derived", home / "derived")
    for written in (LEDGER, REJECTS):
        (home / written).unlink()


def by_hand(landing: Path, run: Path, home: Path) -> None:
    """The whole script, using the compiled models of the run that it is compared with."""
    _prepare(run, home)
    [programme] = [one for one in read_programmes() if one.programme == NAME]
    people = Pseudonyms(demonstration_key(NAME, programme.seed or 0))
    as_of = json.loads((run / "releases" / "current" / "manifest.json").read_text())["as_of"]
    with duckdb.connect(home / "bodyworn.duckdb") as con:
        con.execute(f"set memory_limit = '{MEMORY}'; set threads = 2")
        rows = list(_load_all(con, landing, home, people, as_of))
        _write_ledger(con, run, home, rows)
        con.execute(f"attach '{run / 'warehouse' / 'bodyworn.duckdb'}' as other (read_only)")
        for seed in sorted(paths.SEEDS.glob("*.csv")):
            con.execute(f"create table {seed.stem} as from other.main.{seed.stem}")
        con.execute("detach other")
        transform(con, run, home)
        artifacts = read_artifacts([run / "dbt" / step for step in PASSES])
        tables = {table.name: list(table.key) for table in released_tables(artifacts)}
        export(con, tables, home / "release")


def _load_all(
    con: Connection, landing: Path, home: Path, people: Pseudonyms, as_of: str
) -> Iterator[dict[str, Any]]:
    arrival = 0
    for contract in [one for one in read_contracts() if one.source == "bodyworn"]:
        for pattern in contract.meta.files:
            for file in sorted((landing / NAME).glob(pattern)):
                arrival += 1
                stamp = {
                    "programme_id": NAME,
                    "file_name": f"{NAME}/{file.name}",
                    "arrival": arrival,
                    "as_of": as_of,
                    "contract_version": contract.meta.version,
                    "load_status": "accepted",
                    "reconciled": True,
                }
                yield load(con, file, contract, home, people, stamp)


def _write_ledger(con: Connection, run: Path, home: Path, rows: list[dict[str, Any]]) -> None:
    for place in (LEDGER, REJECTS):
        con.execute(f"create table written as from '{run / place}' limit 0")
        if place == LEDGER:
            for row in rows:
                names = ", ".join(row)
                marks = ", ".join("?" * len(row))
                con.execute(f"insert into written ({names}) values ({marks})", list(row.values()))
        con.execute(f"copy written to '{home / place}' (format parquet); drop table written")


if __name__ == "__main__":
    here = Path(sys.argv[1])
    by_hand(here / "landing", here / "run", here / "hand")
