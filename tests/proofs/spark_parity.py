"""Releases made by DuckDB and by Spark, table by table; `make spark-proof` prints what it found.

Every data set is loaded once. Two homes or more then go on from the same raw files: one is built by
DuckDB, the others by Spark. Tables have equal content hashes, which cover names, types and every
value, or else the same rows with doubles the same to twelve significant digits: libraries of powers
and logarithms differ in the last of sixteen. `--data` and `--on` choose what is compared, so that a
part can be run by itself. A cluster is a standalone master with two workers on this machine, one of
which is killed (-9) while the models are built; workers and the Connect server stand in other time
zones.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import polars as pl
import typer

from orchestration import paths
from orchestration.release.compare import compare_table, describe
from orchestration.release.current import read_manifest
from orchestration.release.tiers import parquet
from orchestration.synthetic_data.presets import find_setting
from orchestration.synthetic_data.synthesise import write_setting
from tests.conftest import AS_OF
from tests.proofs.spark_servers import Server, cluster, connect_server, end
from tests.real_data import make_landing

LOADED = ("landing", "ledger", "raw", "quarantine")
MEMORY = "512m"
EQUAL, TO_TWELVE_DIGITS, DIFFERS = ORDER = ("equal hash", "to twelve digits", "DIFFERS")
TWELVE_DIGITS = 1e-12
PRESET, RECORDINGS, SEED, ROWS = "west_mercia", 2_000, 7, 1_000
FAULTS = ["stale_ids", "duplicates", "clock_drift"]
KILL_AFTER = 20
"""Tables that stand when the worker is killed: some are built already, most are not."""


def run(home: Path, *words: str, **settings: str) -> float:
    """`bodyworn run` over a home; returns the seconds. Raises RuntimeError when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "run", "--as-of", AS_OF, *words],
        env=environment(home) | settings,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 3}:
        raise RuntimeError(f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return time.monotonic() - began


def environment(home: Path) -> dict[str, str]:
    """The surroundings of a command that works in a home and nowhere else."""
    outside = {"LANDING", "DAGSTER_HOME", "BODYWORN_WEBHOOK", "BODYWORN_ENGINE"}
    kept = {name: value for name, value in os.environ.items() if name not in outside}
    return kept | {"BODYWORN_HOME": str(home)}


def copy_of_loaded(home: Path, to: Path) -> Path:
    """A home that has loaded the same files and built nothing."""
    to.mkdir()
    for name in LOADED:
        if (home / name).is_dir():
            shutil.copytree(home / name, to / name)
    return to


def compared(one: Path, other: Path) -> list[tuple[str, str]]:
    """Every released table of two homes, and whether its content is the same."""
    old, new = (read_manifest(release_of(home))["outputs"] for home in (one, other))
    return [(table, _judged(one, other, table, old, new)) for table in sorted(old | new)]


def _judged(one: Path, other: Path, table: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    if table not in old or table not in new:
        return DIFFERS
    if old[table]["content"] == new[table]["content"]:
        return EQUAL
    rows = [pl.read_parquet(parquet(release_of(home), table)) for home in (one, other)]
    return TO_TWELVE_DIGITS if is_same(*rows) else DIFFERS


def is_same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether two tables hold the same rows: doubles to twelve digits, everything else exactly."""
    if one.schema != other.schema or one.height != other.height:
        return False
    doubles = [name for name, kind in one.schema.items() if kind == pl.Float64]
    exact = [name for name in one.columns if name not in doubles]
    one, other = (table.sort([*exact, *doubles], nulls_last=True) for table in (one, other))
    return one.select(exact).equals(other.select(exact)) and all(
        _is_close(one[name], other[name]) for name in doubles
    )


def _is_close(one: pl.Series, other: pl.Series) -> bool:
    if not one.is_null().equals(other.is_null()):
        return False
    found, expected = one.drop_nulls().to_numpy(), other.drop_nulls().to_numpy()
    return bool(np.allclose(found, expected, rtol=TWELVE_DIGITS, atol=0, equal_nan=True))


def release_of(home: Path) -> Path:
    """The release that a home serves."""
    return (home / "releases" / "current").resolve(strict=True)


def report(what: str, one: Path, other: Path) -> bool:
    """Print a line a table, and what differs; returns whether all are the same."""
    found = compared(one, other)
    counts = {judged: sum(how == judged for _, how in found) for judged in ORDER}
    made = json.loads((release_of(other) / "run.json").read_text("utf-8"))["engine"]
    typer.echo(f"{what}: {len(found)} released tables, {_said(made)}: {counts}")
    for table, how in found:
        typer.echo(f"  {how:<16} {table}")
        if how == DIFFERS:
            difference = compare_table(release_of(one), release_of(other), table)
            for line in describe(difference, "DuckDB", "Spark"):
                typer.echo(f"          {line}")
    return not counts[DIFFERS]


def _said(engine: dict[str, Any]) -> str:
    return f"{engine['name']} {engine['version']}"


def kill_when_building(home: Path, worker: Server, done: Sequence[int]) -> None:
    """Kill a worker and its executor when some tables of a run over `home` stand."""
    tables = home / "warehouse" / "spark"
    while not done:
        if tables.is_dir() and len(list(tables.iterdir())) >= KILL_AFTER:
            end(worker)
            typer.echo(f"killed a worker (-9) with {len(list(tables.iterdir()))} tables built")
            return
        time.sleep(0.2)


def on_this_machine(home: Path, logs: Path, *words: str) -> float:
    """A run inside this machine's Java, on all cores; returns the seconds."""
    del logs
    return run(home, *words, "--engine", "spark")


def on_a_cluster(home: Path, logs: Path, *words: str) -> float:
    """A run by a cluster that loses one of two workers on the way; returns the seconds."""
    done: list[int] = []
    with cluster(2, logs) as (address, workers):
        killer = Thread(target=kill_when_building, args=(home, workers[0], done))
        killer.start()
        try:
            return run(
                home,
                *(*words, "--engine", "spark"),
                BODYWORN_SPARK_MASTER=address,
                BODYWORN_SPARK_OPTIONS=f"spark.executor.memory={MEMORY}",
            )
        finally:
            done.append(1)
            killer.join()
            if workers[0].poll() is None:
                raise RuntimeError("no worker was killed: the run was over before")


def on_a_connect_server(home: Path, logs: Path, *words: str) -> float:
    """A run whose models a Connect server computes; returns the seconds."""
    with connect_server(logs) as address:
        return run(home, *words, "--engine", "spark", BODYWORN_SPARK_MASTER=address)


def write_small(landing: Path) -> None:
    """The first rows of the files of a small synthetic programme, with faults that loading sees."""
    setting = find_setting(PRESET)
    place = landing / setting.programme.landing[0]
    place.mkdir(parents=True)
    for file in write_setting(setting, RECORDINGS, SEED, place, FAULTS, with_truth=False):
        with file.open(encoding="utf-8") as lines:
            kept = list(islice(lines, ROWS))
        file.write_text("".join(kept), encoding="utf-8")


DATA: dict[str, Callable[[Path], None] | None] = {
    "small": write_small,
    "demonstration": None,
    "real": make_landing,
}
"""What is loaded, and what writes its landing; the demonstration writes its own."""
PLACES = {"local": on_this_machine, "cluster": on_a_cluster, "connect": on_a_connect_server}
"""Where Spark computes."""


def prove(name: str, places: Sequence[str], work: Path) -> bool:
    """DuckDB, and Spark at each of the places, over the same loaded files; True when all equal.

    A home that DuckDB built in an earlier call is used again.
    """
    write, duckdb = DATA[name], work / f"{name}-duckdb"
    words = ["--landing", str(work / name)] if write else ["--demo"]
    if not duckdb.exists():
        if write:
            write(work / name)
        typer.echo(f"{name}: DuckDB {run(duckdb, *words):.0f} s with loading")
    good = True
    for place in places:
        shutil.rmtree(work / f"{name}-{place}", ignore_errors=True)
        home = copy_of_loaded(duckdb, work / f"{name}-{place}")
        (logs := work / f"{name}-{place}-logs").mkdir(exist_ok=True)
        typer.echo(f"{name}, {place}: Spark {PLACES[place](home, logs, *words):.0f} s")
        good = report(f"{name}, {place}", duckdb, home) and good
    return good


def main() -> int:
    """What was asked for; 0 when every table is equal."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--data", nargs="+", choices=list(DATA), default=["demonstration", "real"])
    asked.add_argument("--on", nargs="+", choices=list(PLACES), default=["local"])
    asked.add_argument("--folder", type=Path, help="keep the homes here, and use them again")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bodyworn-spark-") as passing:
        work = (chosen.folder or Path(passing)).resolve()
        work.mkdir(exist_ok=True)
        judged = [prove(name, chosen.on, work) for name in chosen.data]
    typer.echo("every released table is equal" if all(judged) else "SOME TABLES DIFFER")
    return 0 if all(judged) else 1


if __name__ == "__main__":
    sys.exit(main())
