"""A small programme from delivered files to a release, once by DuckDB and once by Spark.

Tables have equal hashes, or the same rows with doubles the same to twelve significant digits.
`make spark-proof` does the same with larger programmes and with a cluster.
"""

import json
import os
from itertools import islice
from pathlib import Path
from unittest import mock

import polars as pl
import pytest

from orchestration.release.tiers import parquet
from orchestration.storage.engine import engine_version
from orchestration.synthetic_data.presets import find_setting
from orchestration.synthetic_data.synthesise import write_setting
from tests.conftest import run_bodyworn
from tests.proofs.spark_parity import DIFFERS, EQUAL, compared

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(900)]

PRESET, RECORDINGS, SEED = "west_mercia", 2_000, 7
ROWS = 1_000
METRICS = 30
"""So many metrics at least have figures, so that tables without rows are not all that is equal."""
FAULTS = ["stale_ids", "duplicates", "clock_drift"]
# Small tables: what Spark does to be fast on large ones only takes time here.
SETTINGS = {
    "BODYWORN_SPARK_MASTER": "local[2]",
    "BODYWORN_SPARK_MEMORY": "1g",
    "BODYWORN_SPARK_OPTIONS": (
        "'spark.driver.defaultJavaOptions=-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"
        " -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote'"
        " spark.sql.codegen.wholeStage=false spark.sql.codegen.factoryMode=NO_CODEGEN"
        " spark.sql.adaptive.enabled=false spark.sql.shuffle.partitions=1"
        " spark.sql.parquet.compression.codec=uncompressed"
    ),
}


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first rows of the files of a small synthetic programme, with faults that loading sees."""
    folder = tmp_path_factory.mktemp("landing")
    setting = find_setting(PRESET)
    place = folder / setting.programme.landing[0]
    place.mkdir()
    for file in write_setting(setting, RECORDINGS, SEED, place, FAULTS, with_truth=False):
        with file.open(encoding="utf-8") as lines:
            kept = list(islice(lines, ROWS))
        file.write_text("".join(kept), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def by_duckdb(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release that DuckDB computed."""
    return released(tmp_path_factory.mktemp("duckdb"), landing)


@pytest.fixture(scope="module")
def by_spark(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release that Spark computed, from the same files, in a home of its own."""
    with mock.patch.dict(os.environ, SETTINGS):
        return released(tmp_path_factory.mktemp("spark"), landing, "--engine", "spark")


def released(home: Path, landing: Path, *words: str) -> Path:
    """The release of a run over the landing."""
    run_bodyworn(home, "--landing", str(landing), *words)
    return (home / "releases" / "current").resolve(strict=True)


def test_every_table_released_by_spark_has_the_content_that_duckdb_gives_it(
    by_duckdb: Path, by_spark: Path
) -> None:
    judged = compared(by_duckdb.parents[1], by_spark.parents[1])
    assert [table for table, how in judged if how == DIFFERS] == []
    same = [table for table, how in judged if how == EQUAL]
    assert len(same) >= len(judged) * 3 // 4
    metrics = pl.read_parquet(parquet(by_spark, "fct_metrics"))
    assert metrics["metric_id"].n_unique() >= METRICS


def test_a_release_says_which_engine_made_it(by_duckdb: Path, by_spark: Path) -> None:
    from orchestration.steps.spark import spark_version

    made = [
        json.loads((r / "run.json").read_text("utf-8"))["engine"] for r in (by_duckdb, by_spark)
    ]
    assert made == [
        {"name": "duckdb", "version": engine_version()},
        {"name": "spark", "version": spark_version()},
    ]


def test_what_java_says_stands_in_a_log(by_spark: Path) -> None:
    assert (by_spark.parents[1] / "logs" / "spark.log").is_file()
