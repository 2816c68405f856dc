"""Whole runs over invented deliveries of the shared cases: put right again, and published twice."""

import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.conftest import once
from tests.orchestration.public_cases import lay_out, run
from tests.real_data import real_path

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


def _complaints(folder: Path) -> dict[str, float]:
    """Complaints of the area of the cases by month; every month has 25 and the case adds 25."""
    released = folder / "home" / "releases" / "current" / "internal/parquet" / "fct_metrics.parquet"
    with duckdb.connect() as con:
        found = con.execute(
            f"select strftime(period_start, '%Y-%m'), numerator from '{released}'"
            " where metric_id = 'complaints_per_1000_officers' and area_id = 'ok'"
            " and period_grain = 'month' and breakdown = 'all' and numerator > 0"
        ).fetchall()
    return dict(found)


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release over the cases with the right complaints; never to be changed."""

    def deliver(folder: Path) -> None:
        lay_out(folder)
        right = real_path("cases/turn2/undo/1_right/complaints_undo.csv")
        shutil.copy(right, folder / "landing" / "giveford")
        run(folder)

    return once(tmp_path_factory, "turn2_delivered", deliver)


def test_a_month_that_was_published_again_counts_once(delivered: Path) -> None:
    released = delivered / "home" / "releases" / "current" / "internal/parquet"
    shares = pl.read_parquet(released / "fct_metrics.parquet").filter(
        pl.col("area_id") == "beta",
        pl.col("metric_id") == "crime_outcome_share",
        pl.col("period_grain") == "month",
        pl.col("breakdown") == "all",
    )
    assert shares.select("numerator", "denominator").rows() == [(12, 20)]
    ledger = pl.read_parquet(released / "fct_load_ledger.parquet").filter(programme_id="givestreet")
    assert ledger.sort("arrival")["counting_status"].to_list() == ["superseded", "counts"]


def test_right_wrong_and_right_again_gives_the_right_figures(
    delivered: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "again"
    shutil.copytree(delivered, folder, symlinks=True)
    right = _complaints(folder)
    assert (right["2016-03"], right["2016-08"]) == (50, 25)
    for version, at in (("2_wrong", "2016-08"), ("1_right", "2016-03")):
        source = real_path("cases/turn2") / "undo" / version / "complaints_undo.csv"
        shutil.copy(source, folder / "landing" / "giveford")
        assert "Nothing new" not in run(folder)
        assert _complaints(folder)[at] == 50
    assert _complaints(folder) == right
