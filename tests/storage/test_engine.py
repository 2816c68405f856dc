"""Nothing starts with a version of DuckDB that is known to write wrong files."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from orchestration import definitions, paths
from orchestration.cli import app
from orchestration.storage import engine

# DuckDB 2.0.0 lists every object that is still held when a process ends, page after page: `make
# test` ended with them, since frames and caches of test tools outlive the interpreter.
HOLDING = """
import ctypes, duckdb
held = duckdb.connect()
held.execute("create table t as select 1 as a")
ctypes.pythonapi.Py_IncRef(ctypes.py_object(held))
"""


def test_a_process_that_ends_while_it_holds_a_connection_says_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOLDING],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_installed_engine_is_not_one_known_to_be_at_fault() -> None:
    engine.refuse_engine_at_fault()
    assert engine.engine_version() not in engine.AT_FAULT


@pytest.mark.parametrize("version", sorted(engine.AT_FAULT))
def test_a_command_is_refused_with_the_version_to_install(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "engine_version", lambda: version)
    done = CliRunner().invoke(app, ["status"])
    assert done.exit_code == 2
    assert f"DuckDB {version} is installed" in done.stderr
    assert f"duckdb>={engine.FIRST_SOUND}" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("version", sorted(engine.AT_FAULT))
def test_dagster_does_not_load_over_an_engine_at_fault(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "engine_version", lambda: version)
    with pytest.raises(engine.EngineAtFault, match=engine.FIRST_SOUND):
        definitions.definitions()
