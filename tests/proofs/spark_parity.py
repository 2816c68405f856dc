"""Releases made by DuckDB and by Spark, table by table; `make spark-proof` prints what it found.

The demonstration, and every real programme whose files are there, are loaded once. Two homes then
go on from the same raw files: one is built by DuckDB, the other by Spark. Tables have equal content
hashes, which cover names, types and every value, or else the same rows with doubles the same to
twelve significant digits: libraries of powers and logarithms differ in the last of sixteen. With
`--cluster` Spark is a standalone master with two workers on this machine, one of which is killed
(-9) while the models are built.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import typer

from orchestration import paths
from orchestration.release.current import read_manifest
from orchestration.release.table_differences import compare_table, describe
from orchestration.release.tiers import parquet
from tests.conftest import AS_OF
from tests.real_data import make_landing, shared_folder

LOADED = ("landing", "ledger", "raw", "quarantine")
MEMORY = "512m"
EQUAL, TO_TWELVE_DIGITS, DIFFERS = ORDER = ("equal hash", "to twelve digits", "DIFFERS")
TWELVE_DIGITS = 1e-12
KILL_AFTER = 20
"""Tables that stand when the worker is killed: some are built already, most are not."""


def run(home: Path, *words: str, **settings: str) -> float:
    """`bodyworn run` over a home; returns the seconds. Raises RuntimeError when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "run", "--as-of", AS_OF, *words],
        env=_environment(home) | settings,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 3}:
        raise RuntimeError(f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return time.monotonic() - began


def _environment(home: Path) -> dict[str, str]:
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


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def cluster(workers: int, logs: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A standalone master and workers of one core from PySpark's wheel: address and workers."""
    import pyspark

    program = Path(pyspark.__path__[0]) / "bin" / "spark-class"
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    begun: list[subprocess.Popen[bytes]] = []

    def begin(name: str, *words: str) -> None:
        with (logs / f"{name}.log").open("wb") as log:
            begun.append(
                subprocess.Popen(
                    [program, f"org.apache.spark.deploy.{words[0]}", *words[1:]],
                    stdout=log,
                    stderr=log,
                    env=os.environ | {"SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_IP": "127.0.0.1"},
                    start_new_session=True,
                )
            )

    try:
        ports = ("--host", "127.0.0.1", "--port", str(port), "--webui-port", str(free_port()))
        begin("master", "master.Master", *ports)
        _await(port)
        for each in range(workers):
            folder = ("--work-dir", str(logs / f"work-{each}"))
            size = ("--cores", "1", "--memory", "1g", "--host", "127.0.0.1")
            place = ("--webui-port", str(free_port()))
            begin(f"worker-{each}", "worker.Worker", *size, *folder, *place, address)
        yield address, begun[1:]
    finally:
        for process in begun:
            _end(process)


def _await(port: int) -> None:
    for _ in range(120):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.5)
    raise RuntimeError("the master did not begin to listen")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process with all it started: a worker has executors."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_when_building(home: Path, worker: "subprocess.Popen[bytes]", done: Sequence[int]) -> None:
    """Kill a worker and its executor when some tables of a run over `home` stand."""
    tables = home / "warehouse" / "spark"
    while not done:
        if tables.is_dir() and len(list(tables.iterdir())) >= KILL_AFTER:
            _end(worker)
            typer.echo(f"killed a worker (-9) with {len(list(tables.iterdir()))} tables built")
            return
        time.sleep(0.2)


def on_a_cluster(home: Path, work: Path) -> float:
    """A run by a cluster that loses one of two workers on the way; returns the seconds."""
    from threading import Thread

    logs = work / "cluster"
    logs.mkdir()
    done: list[int] = []
    with cluster(2, logs) as (address, workers):
        killer = Thread(target=kill_when_building, args=(home, workers[0], done))
        killer.start()
        try:
            return run(
                home,
                *("--engine", "spark"),
                BODYWORN_SPARK_MASTER=address,
                BODYWORN_SPARK_OPTIONS=f"spark.executor.memory={MEMORY}",
            )
        finally:
            done.append(1)
            killer.join()
            if workers[0].poll() is None:
                typer.echo("NO WORKER WAS KILLED: the run was over before")


def prove(name: str, landing: Sequence[str], work: Path, *, with_cluster: bool) -> bool:
    """Both engines over the same loaded files; with a cluster, a third run by it."""
    duckdb, spark = work / f"{name}-duckdb", work / f"{name}-spark"
    took = run(duckdb, *landing)
    typer.echo(f"{name}: DuckDB {took:.0f} s with loading")
    copy_of_loaded(duckdb, spark)
    took = run(spark, *landing, "--engine", "spark")
    typer.echo(f"{name}: Spark {took:.0f} s")
    good = report(name, duckdb, spark)
    if with_cluster:
        third = copy_of_loaded(duckdb, work / f"{name}-cluster")
        took = on_a_cluster(third, work)
        typer.echo(f"{name}: Spark on a cluster that lost a worker {took:.0f} s")
        good = report(f"{name} on a cluster", duckdb, third) and good
    return good


def main() -> int:
    """The demonstration and the real programmes; 0 when every table is equal."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--cluster", action="store_true", help="also a cluster that loses a worker")
    asked.add_argument("--without-real", action="store_true", help="the demonstration alone")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bodyworn-spark-") as folder:
        work = Path(folder)
        good = prove("demonstration", ["--demo"], work, with_cluster=chosen.cluster)
        if (shared_folder() / "data").is_dir() and not chosen.without_real:
            make_landing(work / "landing")
            real = ["--landing", str(work / "landing")]
            good = prove("real programmes", real, work, with_cluster=False) and good
    typer.echo("every released table is equal" if good else "SOME TABLES DIFFER")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
