"""Spark as the engine of a run: what it needs, its settings, its session that stays open, errors.

Files are loaded, studies run and releases built as on one machine. Only dbt's models are computed
by Spark: it reads the Parquet files of the home, and the tables that the rest of the run reads are
copied into the warehouse, so that every step after dbt is the same whatever computed them. Errors
are sentences, without Java's stack trace.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self

from orchestration import paths
from orchestration.storage.engine import EngineProblem

if TYPE_CHECKING:
    from orchestration.steps.dbt import NodeResult


MASTER, MEMORY, OPTIONS = (
    "BODYWORN_SPARK_MASTER",
    "BODYWORN_SPARK_MEMORY",
    "BODYWORN_SPARK_OPTIONS",
)
SCHEMA = "BODYWORN_SPARK_SCHEMA"
OLDEST_JAVA = 17
SECONDS_TO_ANSWER = 5
SECONDS_FOR_AN_EXECUTOR = 60
SECONDS_BETWEEN_LOOKS = 5
LOG = "spark.log"
ANSI = "spark.sql.ansi.enabled"
_open: list[Any] = []
# Set where Spark was stopped because nobody computes for it: what fails then fails for that, in
# whatever words Java has for it.
_stopped = Event()
# What makes Spark read times, days and numbers as DuckDB does, whatever the clocks of its machines.
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.timeType.enabled": "true",
    "spark.sql.sources.default": "parquet",
    "spark.sql.legacy.createHiveTableByDefault": "false",
}


@dataclass(frozen=True)
class SparkSettings:
    """Where Spark runs: this machine, a cluster (`spark://`) or a Connect server (`sc://`).

    `memory` is the driver's. `options` are further settings of Spark.
    """

    master: str = "local[*]"
    memory: str = "2g"
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> Self:
        """What the environment says. Raises EngineProblem for options that are no `name=value`."""
        options = {}
        for each in shlex.split(os.environ.get(OPTIONS, "")):
            name, equals, value = each.partition("=")
            if not equals or not name.startswith("spark."):
                raise EngineProblem(
                    f"{OPTIONS} holds {each!r}: write options as spark.name=value, with spaces"
                    " between them"
                )
            options[name] = value
        return cls(os.environ.get(MASTER, cls.master), os.environ.get(MEMORY, cls.memory), options)

    @property
    def is_connect(self) -> bool:
        """Whether a Connect server is asked for, which needs no Java here."""
        return self.master.startswith("sc://")

    @property
    def is_local(self) -> bool:
        """Whether all of Spark runs inside this process's Java machine."""
        return self.master.startswith("local")


def schema() -> str:
    """The schema of the models: `BODYWORN_SPARK_SCHEMA`, which dbt's profile reads too."""
    return os.environ.get(SCHEMA, "bodyworn")


def spark_version() -> str:
    """The installed version of PySpark. Raises EngineProblem, which says how to install it."""
    try:
        return version("pyspark")
    except PackageNotFoundError as error:
        raise EngineProblem(_not_installed()) from error


def _not_installed() -> str:
    return (
        "Spark's packages are not installed: `uv sync --extra spark`, or"
        " `pip install 'bodyworn[spark]'`"
    )


def refuse_unusable(settings: SparkSettings) -> None:
    """Raise EngineProblem when packages, Java or the cluster are missing."""
    if find_spec("pyspark") is None or find_spec("dbt.adapters.spark") is None:
        raise EngineProblem(_not_installed())
    if not settings.is_connect:
        _refuse_java()
    if not settings.is_local:
        _refuse_silent(settings.master)


def _refuse_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    install = (
        f"Spark runs on Java {OLDEST_JAVA} or later. On Debian or Ubuntu, as root:"
        " `apt-get install default-jre-headless`; elsewhere a JRE 17 from adoptium.net"
    )
    if java is None:
        where = f"in JAVA_HOME ({home})" if home else "on PATH"
        raise EngineProblem(f"There is no Java {where}. {install}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found.group(1)) < OLDEST_JAVA:
        what = f"Java {found.group(1)}" if found else "a Java that does not say its version"
        raise EngineProblem(f"{java} is {what}. {install}")


def _refuse_silent(master: str) -> None:
    """Refuse a cluster whose first master address accepts no connection."""
    found = re.match(r"(?:spark|sc)://([^:/,;]+)(?::(\d+))?", master)
    if found is None:
        raise EngineProblem(
            f"{MASTER} is {master!r}: it has to be local[*], local[2], spark://host:7077 or"
            " sc://host:15002"
        )
    port = int(found.group(2) or (15002 if master.startswith("sc:") else 7077))
    try:
        socket.create_connection((found.group(1), port), timeout=SECONDS_TO_ANSWER).close()
    except OSError as error:
        raise EngineProblem(
            f"Nothing answers at {master} ({error.strerror or error}): start the cluster, or set"
            f" {MASTER} to where it is"
        ) from error


@contextmanager
def session(settings: SparkSettings) -> Iterator[None]:
    """One Spark session for the whole run, closed at its end.

    Raises EngineProblem when none can be opened: an unknown version, no executor.
    """
    paths.warehouse().parent.mkdir(parents=True, exist_ok=True)
    logs = paths.home() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    before = os.environ.get("SPARK_REMOTE")
    if settings.is_connect:
        # dbt's adapter asks for a session by this name.
        os.environ["SPARK_REMOTE"] = settings.master
    try:
        with _errors_into(logs / LOG):
            spark = _start(settings)
        _open.append(spark)
        _stopped.clear()
        try:
            with _watched(spark, settings):
                yield
        finally:
            _open.remove(spark)
            # A driver that is gone cannot be stopped, and what was lost with it was reported
            # already.
            with suppress(OSError):
                spark.stop()
    finally:
        if before is None:
            os.environ.pop("SPARK_REMOTE", None)


@contextmanager
def _errors_into(log: Path) -> Iterator[None]:
    """Give Java, which is started meanwhile, a log file in place of the terminal."""
    kept = os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _start(settings: SparkSettings) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("bodyworn")
    for name, value in _options(settings).items():
        builder = builder.config(name, value)
    if not settings.is_connect:
        builder = builder.master(settings.master)
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        raise EngineProblem(
            f"Spark could not be started at {settings.master}: {first_line(error)}. PySpark"
            f" {spark_version()} needs a cluster of the same version; what Java said is in"
            f" {paths.home() / 'logs' / LOG}"
        ) from error
    if spark.version != spark_version():
        spark.stop()
        raise EngineProblem(
            f"{settings.master} runs Spark {spark.version}, and PySpark {spark_version()} is"
            f" installed here: give both the same version"
        )
    if not settings.is_local and not settings.is_connect:
        _await_executor(spark, settings)
    return spark


def _options(settings: SparkSettings) -> dict[str, str]:
    if settings.is_connect:
        return {**MEANING, **settings.options}
    places = {}
    if settings.is_local or "://127.0.0.1" in settings.master:
        places = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return {
        **MEANING,
        **places,
        "spark.driver.memory": settings.memory,
        "spark.driver.extraJavaOptions": "-Duser.timezone=UTC",
        "spark.executor.extraJavaOptions": "-Duser.timezone=UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # Nobody reads plans: writing them out in full took a sixth of a small run.
        "spark.sql.ui.explainMode": "simple",
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        "spark.sql.catalogImplementation": "in-memory",
        # Spark would make a folder for its default schema wherever the command was called.
        "spark.sql.warehouse.dir": f"file:{paths.warehouse().parent / 'spark_default'}",
        **settings.options,
    }


def _await_executor(spark: Any, settings: SparkSettings) -> None:
    """Wait until a worker provides an executor; Spark itself would wait for ever."""
    until = time.monotonic() + SECONDS_FOR_AN_EXECUTOR
    while not _has_executor(spark):
        if time.monotonic() > until:
            raise EngineProblem(
                f"{settings.master} gave no executor within {SECONDS_FOR_AN_EXECUTOR} seconds: no"
                " worker is alive, none has room (spark.executor.memory, spark.cores.max in"
                f" {OPTIONS}), or they run another version than {spark_version()}"
            )
        time.sleep(0.5)


def _has_executor(spark: Any) -> bool:
    return bool(
        spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() > 1
    )  # the driver is one


@contextmanager
def _watched(spark: Any, settings: SparkSettings) -> Iterator[None]:
    """Stop Spark meanwhile where its last executor is gone and none takes its place.

    What is being built then fails; Spark itself would wait for ever.
    """
    if settings.is_local or settings.is_connect:
        yield
        return
    over = Event()
    watcher = Thread(target=_stop_without_executor, args=(spark, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _stop_without_executor(spark: Any, over: Event) -> None:
    from py4j.protocol import Py4JError

    seen = time.monotonic()
    # Where Java itself is gone nothing is left to stop, and what is being built fails by itself.
    with suppress(Py4JError, OSError):
        while not over.wait(SECONDS_BETWEEN_LOOKS):
            if _has_executor(spark):
                seen = time.monotonic()
            elif time.monotonic() - seen > SECONDS_FOR_AN_EXECUTOR:
                _stopped.set()
                # By way of Java: PySpark would open another session for the next statement.
                spark.sparkContext._jsc.sc().stop()
                return


def opened() -> Any:
    """The session of this run. Raises EngineProblem outside of one."""
    if not _open:
        raise EngineProblem("Spark's session is not open: models are built inside a run")
    return _open[-1]


@contextmanager
def ansi_mode() -> Iterator[None]:
    """Leave Spark's ANSI mode on while dbt builds, though dbt's adapter switches it off.

    In it a text that is no number, or a sum too large, stops a model as it does in DuckDB; without
    it the first becomes a null and the second wraps around.
    """
    from dbt.adapters.spark.connections import SparkCredentials

    adapters_own = SparkCredentials.__post_init__

    def with_ansi(credentials: SparkCredentials) -> None:
        adapters_own(credentials)
        credentials.server_side_parameters[ANSI] = "true"

    SparkCredentials.__post_init__ = with_ansi
    try:
        yield
    finally:
        SparkCredentials.__post_init__ = adapters_own


LINES_OF_AN_ERROR = 12
LOST = "Spark was lost on the way: its driver or the last of its workers ended. Run again."
SIGNS_OF_LOSS = (
    *("SparkContext was shut down", "stopped SparkContext", "Connection refused"),
    *("Answer from Java side is empty", "An error occurred while trying to connect to the Java"),
    *("Python side: Connection reset", "StatusCode.UNAVAILABLE"),
)


def first_line(error: BaseException | str) -> str:
    """The first line of Spark's message, without the trace of its own calls."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:400] if lines else type(error).__name__


def in_a_sentence(result: "NodeResult") -> "NodeResult":
    """The result of a model with its error as a sentence, without Java's stack trace."""
    return result if result.passed else replace(result, message=_words(result.message))


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Turn what Spark raises meanwhile into an EngineProblem with a sentence."""
    try:
        yield
    except Exception as error:
        package = type(error).__module__.split(".")[0]
        if package in {"py4j", "pyspark", "grpc"} or isinstance(error, ConnectionError):
            raise EngineProblem(_words(str(error))) from error
        raise


def vanished(name: str) -> str:
    """The sentence about a Parquet file that went away during a run."""
    return f"{name} vanished while Spark read it. Put it back, or deliver its file again."


def _words(message: str) -> str:
    if "FILE_NOT_EXIST" in message or "FileNotFoundException" in message:
        found = re.search(r"(file:\S+?\.parquet)", message)
        return vanished(found.group(1) if found else "a Parquet file")
    if _stopped.is_set() or any(sign in message for sign in SIGNS_OF_LOSS):
        return LOST
    said = re.split(r"\n\s*(?:JVM stacktrace|at (?:org|java|scala)\.|\tat )", message)[0]
    return "\n".join(said.strip().splitlines()[:LINES_OF_AN_ERROR])
