"""A late file after a release: what it revised is reported, and the new release is complete."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.orchestration.home_folder import Home

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


def test_a_late_file_revises_figures_and_the_second_release_tells_which(
    released: Home, followed: Home
) -> None:
    tables = followed.releases / followed.serving / "internal/parquet"
    line = pl.read_parquet(tables / "dim_release.parquet")
    assert set(line["release_id"].to_list()) == {released.serving, None}
    revised = pl.read_parquet(tables / "fct_revisions.parquet").filter(pl.col("revision_count") > 0)
    assert set(revised["last_change_number"].to_list()) == {2}
    assert not revised.filter(metric_id="activation_rate").is_empty()


def test_a_release_finished_after_kills_is_made_again_undisturbed_and_without_its_predecessor(
    released: Home, followed: Home, tmp_path: Path
) -> None:
    home = followed.copy(tmp_path)
    shutil.rmtree(home.releases / released.serving)
    again = home.bodyworn("reproduce", "current", "--landing", str(home.landing))
    assert again.returncode == 0, again.stdout + again.stderr
