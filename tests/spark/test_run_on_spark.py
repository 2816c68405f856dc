"""The demonstration computed by Spark, on one core, has the hashes of DuckDB's release."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.release.current import read_manifest

# One core and small tables: what Spark does to be fast on large ones only takes time here.
OPTIONS = " ".join(
    (
        "'spark.driver.defaultJavaOptions=-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m'",
        "spark.sql.codegen.wholeStage=false",
        "spark.sql.adaptive.enabled=false",
        "spark.sql.shuffle.partitions=1",
        "spark.default.parallelism=1",
    )
)
LOADED = ("landing", "ledger", "raw", "quarantine")


@pytest.fixture(scope="module")
def by_spark(demo_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release by Spark of what the demonstration's home has loaded."""
    home, loaded = tmp_path_factory.mktemp("spark-home"), demo_release.parents[1]
    for name in LOADED:
        if (loaded / name).is_dir():
            shutil.copytree(loaded / name, home / name)
    own = {
        "BODYWORN_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "BODYWORN_SPARK_MASTER": "local[1]",
        "BODYWORN_SPARK_MEMORY": "2g",
        "BODYWORN_SPARK_OPTIONS": OPTIONS,
    }
    as_of = read_manifest(demo_release)["as_of"]
    outside = {"LANDING", "BODYWORN_WEBHOOK"}
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "run", "--engine", "spark", "--as-of", as_of],
        env={name: value for name, value in os.environ.items() if name not in outside} | own,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return (home / "releases" / "current").resolve(strict=True)


def test_every_released_table_has_the_content_that_duckdb_gives_it(
    demo_release: Path, by_spark: Path
) -> None:
    by_duckdb, found = (read_manifest(one)["outputs"] for one in (demo_release, by_spark))
    assert found.keys() == by_duckdb.keys()
    assert [name for name in found if found[name]["content"] != by_duckdb[name]["content"]] == []


def test_the_record_of_the_run_says_which_engine_made_it(by_spark: Path) -> None:
    engine = json.loads((by_spark / "run.json").read_text())["engine"]
    assert engine["name"] == "spark"
    assert engine["version"].startswith("4.")


def test_nothing_of_java_is_said_on_the_terminal_but_in_a_log(by_spark: Path) -> None:
    assert (by_spark.parents[1] / "logs" / "spark.log").stat().st_size > 0
