"""Compiled SQL and Spark's parser; needs the `spark` extra, and is not collected without it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from orchestration import paths

collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]

COMPILE = (
    "dbt --quiet compile --target spark --no-introspect --no-populate-cache --no-partial-parse"
)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """SQL of every model by its path under `models`, compiled for Spark without a connection."""
    place = tmp_path_factory.mktemp("spark")
    command = [*COMPILE.split(), "--target-path", str(place), "--log-path", str(place / "logs")]
    surroundings = os.environ | {"BODYWORN_HOME": str(place / "home")}
    done = subprocess.run(
        command, cwd=paths.ROOT, env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    root = place / "compiled" / "bodyworn" / "models"
    return {str(file.relative_to(root)): file.read_text() for file in sorted(root.rglob("*.sql"))}


@pytest.fixture(scope="session")
def parse() -> Iterator[Callable[[str], object]]:
    """The parser of a local Spark session; it raises on what Spark would refuse."""
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    # Java's second compiler pays off in programs that run for longer than this one.
    os.environ["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield spark._jsparkSession.sessionState().sqlParser().parsePlan
    spark.stop()


@pytest.fixture(scope="session")
def model_files() -> set[str]:
    """Every model file by its path under `models`."""
    folder: Path = paths.ROOT / "models"
    found = {str(file.relative_to(folder)) for file in folder.rglob("*.sql")}
    return {name for name in found if not name.startswith("macros/")}
