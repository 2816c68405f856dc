"""A release made by an engine at fault: the next run withdraws it, and pages say so."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from orchestration import paths
from orchestration.release import manifest
from orchestration.release.withdraw import ROW_GROUP
from orchestration.storage.engine import AT_FAULT
from orchestration.storage.hashes import of_file
from tests.orchestration.home_folder import Home

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(900)]
FAULTY = next(iter(AT_FAULT))
COUNTED = ("records", "accepted")


def _as_if_made_by(version: str, release: Path) -> Path:
    """The release under the name it would have had, with one large file of recordings in it."""
    ledger = release / "internal/parquet" / "fct_load_ledger.parquet"
    large = pl.col("table_name") == "recordings"
    counts = {name: pl.when(large).then(ROW_GROUP + 1).otherwise(name) for name in COUNTED}
    pl.read_parquet(ledger).with_columns(**counts).write_parquet(ledger)
    made = json.loads((release / manifest.NAME).read_text())
    made["code"]["duckdb"] = version
    made["outputs"]["fct_load_ledger"]["parquet"] = of_file(ledger)
    made["content_hash"] = manifest.content_hash(made)
    made["release"] = f"{made['as_of']}-{made['content_hash'][:12]}"
    (release / manifest.NAME).write_text(json.dumps(made))
    renamed = release.rename(release.with_name(made["release"]))
    (renamed.parent / "current").unlink()
    (renamed.parent / "current").symlink_to(renamed.name)
    return renamed


def _error_of(page: str, home: Home, monkeypatch: pytest.MonkeyPatch, **query: str) -> list[str]:
    monkeypatch.setenv("BODYWORN_HOME", str(home.folder))
    # A page is left behind as `__main__`, which processes of later tests would import.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    st.cache_data.clear()
    st.cache_resource.clear()
    config.set_option("server.address", "127.0.0.1")
    app = AppTest.from_file(str(paths.ROOT / "dashboards" / "streamlit_app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception
    st.cache_resource.clear()
    return [each.value for each in app.error]


def test_the_next_run_withdraws_it_releases_anew_and_a_page_says_why(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = _as_if_made_by(FAULTY, home.releases / home.serving)
    done = home.run("--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert [one["release"] for one in report["withdrawn"]] == [faulty.name]
    sound = home.serving
    assert sound != faulty.name

    mark = json.loads((home.releases / "withdrawn" / f"{faulty.name}.json").read_text())
    assert (mark["rule"], mark["replaced_by"]) == ("engine_at_fault", sound)
    line = pl.read_parquet(home.releases / sound / "internal/parquet" / "dim_release.parquet")
    assert dict(line.select("release_id", "withdrawn_why").iter_rows()) == {
        faulty.name: mark["why"],
        None: None,
    }
    package = json.loads((home.releases / sound / "public" / "datapackage.json").read_text())
    assert [one["release"] for one in package["withdrawn"]] == [faulty.name]

    again = home.run("--json")
    assert json.loads(again.stdout)["withdrawn"] == []

    [words] = _error_of("complaints", home, monkeypatch, release=faulty.name)
    assert f"Release {faulty.name} was withdrawn" in words
    assert f"DuckDB {FAULTY} made it, and {AT_FAULT[FAULTY]}." in words
    assert f"Use release {sound} instead." in words
    assert _error_of("complaints", home, monkeypatch) == []
