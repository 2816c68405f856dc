"""Marts of the demonstration, computed by Spark on one core, have the hashes of DuckDB's release.

Marts that need few models, so that it takes a minute; `make spark-proof` compares every table.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration import paths
from orchestration.release.current import read_manifest
from orchestration.storage.hashes import of_relation
from orchestration.storage.sql import identifier

# Seeds with apostrophes and blanks, tables that Python wrote, the ledger, and delivered files.
MARTS = (
    *("dim_area", "dim_metric", "dim_programme", "dim_source", "fct_camera_dates"),
    *("fct_load_ledger", "fct_published_effects", "fct_rejects"),
)
# One core and small tables: what Spark does to be fast on large ones only takes time here.
OPTIONS = (
    "'spark.driver.defaultJavaOptions=-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m'"
    " spark.sql.codegen.wholeStage=false spark.sql.adaptive.enabled=false"
    " spark.sql.shuffle.partitions=1"
)
BUILD = """
import sys
from orchestration.steps import dbt, engines
programmes, marts = (words.split(",") for words in sys.argv[1:])
with engines.session("spark"):
    engines.start_anew("spark")
    done = engines.build_models(
        "spark",
        ["--select", *(f"+{name}" for name in marts), "--indirect-selection", "cautious"],
        variables={"programmes": programmes},
        target=dbt.target(dbt.BEFORE),
    )
    sys.exit("\\n".join(f"{one.unique_id}: {one.message}" for one in done if not one.passed))
"""
READ = ("derived", "raw")


@pytest.fixture(scope="module")
def by_spark(demo_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home in which Spark built the marts from what the demonstration's home has loaded."""
    home, loaded = tmp_path_factory.mktemp("spark-home"), demo_release.parents[1]
    for name in READ:
        shutil.copytree(loaded / name, home / name)
    own = {
        "BODYWORN_HOME": str(home),
        "BODYWORN_SPARK_MASTER": "local[1]",
        "BODYWORN_SPARK_MEMORY": "1g",
        "BODYWORN_SPARK_OPTIONS": OPTIONS,
    }
    programmes = read_manifest(demo_release)["programmes"]
    done = subprocess.run(
        [sys.executable, "-c", BUILD, ",".join(programmes), ",".join(MARTS)],
        env=os.environ | own,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return home


@pytest.mark.parametrize("table", MARTS)
def test_a_mart_by_spark_has_the_content_that_duckdb_gives_it(
    demo_release: Path, by_spark: Path, table: str
) -> None:
    with duckdb.connect(by_spark / "warehouse" / "bodyworn.duckdb", read_only=True) as con:
        found = of_relation(con, identifier(table))
    assert found == read_manifest(demo_release)["outputs"][table]["content"]


def test_what_java_says_stands_in_a_log(by_spark: Path) -> None:
    assert (by_spark / "logs" / "spark.log").is_file()
