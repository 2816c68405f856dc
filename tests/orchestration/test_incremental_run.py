"""A run builds only what changed, and its tables are those of a run that builds everything."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.orchestration.home_folder import Home
from tests.proofs.incremental import built, contents

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]

DELIVERS = "west_mercia_synthetic"


def test_after_a_late_file_and_a_withdrawn_one_all_tables_are_as_if_built_from_nothing(
    home: Home, deliver: Callable[[Home], None], tmp_path: Path
) -> None:
    deliver(home)
    assert home.run("--incremental").returncode == 0
    assert built(home)["programmes"] == [DELIVERS]
    min(home.landing.rglob("shifts_*.csv")).unlink()
    shutil.copytree(home.folder, tmp_path / "whole", symlinks=True)
    whole = Home(tmp_path / "whole", home.landing)
    done = home.run("--incremental", "--json")
    assert done.returncode in {0, 3}, done.stderr
    plan = json.loads(done.stdout)["built"]
    assert plan["programmes"] == [DELIVERS]
    assert plan["kept"]
    assert whole.run("--full").returncode == done.returncode
    assert built(whole)["kept"] == []
    assert contents(home) == contents(whole)
    made = json.loads((home.releases / "current" / "run.json").read_text())["built"]
    assert made == json.loads((home.releases / "status.json").read_text())["last_run"]["built"]
    assert made == plan
    _every_row_has_its_programme(home, {*plan["programmes"], *plan["kept"]})


def _every_row_has_its_programme(home: Home, scope: set[str]) -> None:
    """Rows of no programme would belong to no rebuilding."""
    with duckdb.connect(home.folder / "warehouse" / "bodyworn.duckdb", read_only=True) as con:
        names = con.sql(
            "select table_name from duckdb_tables() where table_name similar to '(int|met)_.*'"
        ).fetchall()
        assert len(names) > 100
        for (name,) in names:
            found = con.sql(f"select distinct programme_id from {name}").fetchall()
            assert {programme for (programme,) in found} <= scope, name
