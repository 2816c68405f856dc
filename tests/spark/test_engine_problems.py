"""What Spark lacks is said in a sentence before anything is read."""

import os
import stat
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any

import duckdb
import pytest
from dbt.adapters.spark.connections import SparkConnectionMethod, SparkCredentials

from orchestration.runner.run import CANNOT_START, RunRequest, run
from orchestration.steps import dbt, spark, spark_tables
from orchestration.steps.dbt import NodeResult
from orchestration.steps.engines import build_models, refuse_unusable
from orchestration.steps.spark import SparkSettings
from orchestration.storage.engine import EngineProblem


def a_java(folder: Path, says: str) -> None:
    """A program called java that gives a version and does nothing else."""
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A PATH that holds nothing, and a home of its own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "home"))
    return folder


def test_a_machine_without_java_is_told_which_package_to_install(bare: Path) -> None:
    report = run(RunRequest(engine="spark"))
    assert report.status.code == CANNOT_START
    assert report.status.sentence.startswith("Not started: There is no Java on PATH.")
    assert "`apt-get install default-jre-headless`" in report.status.sentence


@pytest.mark.parametrize(
    ("says", "named"),
    [('java version "1.8.0_392"', "Java 8"), ('openjdk version "11.0.2" 2019-01-15', "Java 11")],
)
def test_a_java_too_old_is_named_by_its_version(bare: Path, says: str, named: str) -> None:
    a_java(bare, says)
    with pytest.raises(EngineProblem, match=f"java is {named}. Spark runs on Java 17 or later"):
        spark.refuse_unusable(SparkSettings())


def test_a_java_new_enough_is_taken(bare: Path) -> None:
    a_java(bare, 'openjdk version "21" 2023-09-19')
    spark.refuse_unusable(SparkSettings())


def test_without_its_packages_the_command_that_installs_them_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _name: None)
    with pytest.raises(EngineProblem, match="uv sync --extra spark"):
        spark.refuse_unusable(SparkSettings())


def test_a_master_at_which_nothing_answers_is_named(bare: Path) -> None:
    a_java(bare, 'openjdk version "17.0.1"')
    with pytest.raises(EngineProblem, match=r"Nothing answers at spark://127\.0\.0\.1:9"):
        spark.refuse_unusable(SparkSettings("spark://127.0.0.1:9"))


def test_a_master_that_is_no_address_is_told_how_one_looks(bare: Path) -> None:
    a_java(bare, 'openjdk version "17.0.1"')
    with pytest.raises(EngineProblem, match="it has to be local"):
        spark.refuse_unusable(SparkSettings("yarn"))


def test_an_option_without_a_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BODYWORN_SPARK_OPTIONS", "spark.cores.max")
    with pytest.raises(EngineProblem, match=r"spark\.name=value"):
        SparkSettings.from_environment()


def test_an_engine_that_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(EngineProblem, match="there is no engine flink: it is one of duckdb, spark"):
        refuse_unusable("flink")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "[FAILED_READ_FILE.FILE_NOT_EXIST] error while reading file:///data/raw/a/b/1.parquet.",
            "file:///data/raw/a/b/1.parquet vanished while Spark read it.",
        ),
        ("Py4JError: Answer from Java side is empty", "Spark was lost on the way"),
        ("[CAST_INVALID_INPUT] no date: x\n\nJVM stacktrace:\nx.Y", "[CAST_INVALID_INPUT] no date"),
    ],
)
def test_what_spark_says_becomes_a_sentence_without_its_trace(message: str, said: str) -> None:
    result = spark.in_a_sentence(NodeResult("model.bodyworn.fct", "error", message, 0, 0.1))
    assert said in result.message
    assert "JVM" not in result.message


def test_a_cluster_of_another_version_is_refused_with_both_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Other:
        """A session at a cluster of an earlier Spark, which gives whatever it is asked for."""

        version = "3.5.1"
        stopped = 0

        def __getattr__(self, _name: str) -> Callable[..., Any]:
            return lambda *_words: self

        def stop(self) -> None:
            Other.stopped += 1

    monkeypatch.setattr("pyspark.sql.SparkSession.builder", Other())
    with pytest.raises(EngineProblem, match=f"runs Spark 3.5.1, and PySpark {version('pyspark')}"):
        spark._start(SparkSettings("spark://cluster:7077"))
    assert Other.stopped == 1


def test_a_table_that_lost_a_file_is_not_taken_into_the_warehouse(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    folder = spark_tables.tables_folder() / "fct"
    folder.mkdir(parents=True)
    node = {"columns": {"number": {"data_type": "bigint"}}}
    with duckdb.connect() as con:
        con.execute(f"copy (select 1 as number) to '{folder}/part-1.parquet' (format parquet)")
        spark_tables._load(con, "fct", node, 1)
        with pytest.raises(EngineProblem, match=r"fct has 2 rows in Spark and 1 in .* Run again"):
            spark_tables._load(con, "fct", node, 2)
        (folder / "part-1.parquet").unlink()
        with pytest.raises(EngineProblem, match="fct has 1 rows in Spark and no file in"):
            spark_tables._load(con, "fct", node, 1)


def test_a_raw_file_that_went_before_spark_looked_for_it_is_missed(tmp_path: Path) -> None:
    kept, gone = tmp_path / "1.parquet", tmp_path / "2.parquet"
    kept.touch()
    spark_tables.refuse_vanished([kept])
    with pytest.raises(EngineProblem, match=r"2\.parquet vanished while Spark read it"):
        spark_tables.refuse_vanished([kept, gone])


def test_a_driver_that_is_gone_does_not_hide_what_was_said_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Gone:
        """A session whose Java ended."""

        def stop(self) -> None:
            raise ConnectionRefusedError

    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    monkeypatch.setattr(spark, "_start", lambda _settings: Gone())
    with spark.session(SparkSettings()):
        pass


def test_a_cluster_that_lost_its_last_worker_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Cluster:
        """A session whose executors end one by one; every name leads back to it."""

        executors, stopped = 2, 0

        def __getattr__(self, name: str) -> Any:
            return self if name in {"sparkContext", "_jsc"} else lambda: self

        def size(self) -> int:
            self.executors -= 1
            return 1 + max(self.executors, 0)

        def stop(self) -> None:
            self.stopped += 1

    monkeypatch.setattr(spark, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(spark, "SECONDS_FOR_AN_EXECUTOR", 0.1)
    monkeypatch.setattr(spark, "_stopped", Event())
    failed = NodeResult("model.bodyworn.fct", "error", "[INTERNAL_ERROR] You hit a bug", 0, 0.1)
    assert spark.in_a_sentence(failed).message == failed.message
    lost = Cluster()
    spark._stop_without_executor(lost, Event())
    assert lost.stopped == 1
    # Java has other words for it each time.
    assert spark.in_a_sentence(failed).message == spark.LOST
    over = Event()
    over.set()
    finished = Cluster()
    spark._stop_without_executor(finished, over)
    assert finished.stopped == 0


def test_no_programme_is_tried_by_itself_on_an_engine_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = NodeResult("model.bodyworn.fct", "error", "Answer from Java side is empty", 0, 0.1)
    monkeypatch.setattr(dbt, "prepared", lambda **_: tmp_path)
    monkeypatch.setattr(dbt, "build", lambda *_, **__: [gone])
    monkeypatch.setattr(spark_tables, "read_manifest", lambda _: {})
    monkeypatch.setattr(spark_tables, "register_sources", lambda _: [])
    with pytest.raises(EngineProblem, match="Spark was lost on the way"):
        build_models("spark", [], variables={}, target=tmp_path)


def test_a_text_that_is_no_number_stops_a_model_as_it_does_in_duckdb() -> None:
    def is_ansi() -> str:
        made = SparkCredentials(method=SparkConnectionMethod.SESSION, host="NA", schema="bodyworn")
        return str(made.server_side_parameters[spark.ANSI])

    assert is_ansi() == "false", "the adapter leaves ANSI mode on by itself: ansi_mode can go"
    with spark.ansi_mode():
        assert is_ansi() == "true"
    assert is_ansi() == "false"


def test_clocks_of_workers_decide_nothing() -> None:
    options = spark._options(SparkSettings("spark://cluster:7077"))
    assert options["spark.sql.session.timeZone"] == "UTC"
    assert options["spark.sql.timestampType"] == "TIMESTAMP_NTZ"
    assert "-Duser.timezone=UTC" in options["spark.executor.extraJavaOptions"]
    assert os.environ.get("SPARK_REMOTE") is None
