"""Spark's own servers on this machine, from PySpark's wheel: a standalone cluster, Connect."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HERE = "127.0.0.1"
ELSEWHERE = ("Pacific/Auckland", "America/St_Johns")
"""Zones of the servers' machines: a release has to be the same whatever their clocks show."""
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
Server = subprocess.Popen[bytes]


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as tried:
        tried.bind((HERE, 0))
        return int(tried.getsockname()[1])


@contextmanager
def cluster(workers: int, logs: Path, *, memory: str = "1g") -> Iterator[tuple[str, list[Server]]]:
    """A standalone master and workers of one core, each in a zone of its own.

    Gives the address and the workers. `logs` is a folder that is there.
    """
    port = free_port()
    address = f"spark://{HERE}:{port}"
    begun: list[Server] = []
    try:
        ports = ("--host", HERE, "--port", str(port), "--webui-port", str(free_port()))
        master = ("org.apache.spark.deploy.master.Master", *ports)
        begun.append(_begin(logs / "master.log", "spark-class", *master))
        _await(port, begun[0])
        for number in range(workers):
            words = (
                *("org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", memory),
                *("--host", HERE, "--work-dir", str(logs / f"work-{number}")),
                *("--webui-port", str(free_port()), address),
            )
            zone = ELSEWHERE[number % len(ELSEWHERE)]
            begun.append(_begin(logs / f"worker-{number}.log", "spark-class", *words, zone=zone))
        yield address, begun[1:]
    finally:
        for process in begun:
            end(process)


@contextmanager
def connect_server(logs: Path, *, memory: str = "2g") -> Iterator[str]:
    """A Connect server that computes on this machine's cores, in another zone; its address."""
    port = free_port()
    settings = {
        "spark.connect.grpc.binding.address": HERE,
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": HERE,
        "spark.driver.bindAddress": HERE,
        "spark.ui.enabled": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(logs / "warehouse"),
    }
    given = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    words = ("--class", CONNECT, "--master", "local[2]", *given, "spark-internal")
    log = logs / "connect.log"
    server = _begin(log, "spark-submit", *words, zone=ELSEWHERE[0], memory=memory)
    try:
        _await(port, server)
        yield f"sc://{HERE}:{port}"
    finally:
        end(server)


def _begin(log: Path, program: str, *words: str, zone: str = "UTC", memory: str = "256m") -> Server:
    import pyspark

    own = {"SPARK_DAEMON_MEMORY": memory, "SPARK_LOCAL_IP": HERE, "TZ": zone}
    with log.open("wb") as said:
        return subprocess.Popen(
            [Path(pyspark.__path__[0]) / "bin" / program, *words],
            stdout=said,
            stderr=said,
            cwd=log.parent,
            env=os.environ | own,
            start_new_session=True,
        )


def _await(port: int, server: Server) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        with suppress(OSError):
            socket.create_connection((HERE, port), timeout=1).close()
            return
        time.sleep(0.5)
    raise RuntimeError("Spark's server did not begin to listen")


def end(process: Server) -> None:
    """End a server with all it started (-9): a worker has executors."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
