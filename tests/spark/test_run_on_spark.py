"""A small programme from delivered files to a release, once by DuckDB and once by Spark.

Tables have equal hashes, or the same rows with doubles the same to twelve significant digits.
`make spark-proof` does the same with larger programmes, a cluster and a Connect server.
"""

import json
from pathlib import Path

import polars as pl
import pytest

from orchestration.release.tiers import parquet
from orchestration.steps.spark import spark_version
from orchestration.storage.engine import engine_version
from tests.proofs.spark_parity import (
    DIFFERS,
    EQUAL,
    compared,
    copy_of_loaded,
    release_of,
    run,
    write_small,
)

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(900)]

METRICS = 30
"""So many metrics at least have figures, so that tables without rows are not all that is equal."""
# Small tables: what Spark does to be fast on large ones only takes time here.
SETTINGS = {
    "BODYWORN_SPARK_MASTER": "local[1]",
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
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two homes that loaded the same files once: one built by DuckDB, the other by Spark."""
    folder = tmp_path_factory.mktemp("engines")
    write_small(folder / "landing")
    landing = ("--landing", str(folder / "landing"))
    run(folder / "duckdb", *landing)
    copy_of_loaded(folder / "duckdb", folder / "spark")
    run(folder / "spark", *landing, "--engine", "spark", **SETTINGS)
    return folder / "duckdb", folder / "spark"


def test_every_table_released_by_spark_has_the_content_that_duckdb_gives_it(
    homes: tuple[Path, Path],
) -> None:
    judged = compared(*homes)
    assert [table for table, how in judged if how == DIFFERS] == []
    same = [table for table, how in judged if how == EQUAL]
    assert len(same) >= len(judged) * 3 // 4
    metrics = pl.read_parquet(parquet(release_of(homes[1]), "fct_metrics"))
    assert metrics["metric_id"].n_unique() >= METRICS


def test_a_release_says_which_engine_made_it(homes: tuple[Path, Path]) -> None:
    made = [json.loads((release_of(h) / "run.json").read_text("utf-8"))["engine"] for h in homes]
    assert made == [
        {"name": "duckdb", "version": engine_version()},
        {"name": "spark", "version": spark_version()},
    ]


def test_what_java_says_stands_in_a_log(homes: tuple[Path, Path]) -> None:
    assert (homes[1] / "logs" / "spark.log").is_file()
