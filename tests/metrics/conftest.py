"""The invented mini programme, run once a session: its files and every figure made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration import paths
from orchestration.steps import dbt
from tests.conftest import once, run_bodyworn
from tests.metrics import small_programme
from tests.metrics.slow_rows import Figures, Programme, read

NAME = "london_synthetic"
LOADED = ("landing", "raw", "programme", "ingestion", "history")
FIGURES = """
    select metric_id, area_id, period_grain, period_start, breakdown, breakdown_value,
        numerator, denominator
    from {table}
    where programme_id = ? and numerator is not null
"""
RESTATABLE = """
    select metric_id from roll_metric_definitions
    where kind not in ('distinct', 'quantile', 'survey') and highest is null
"""


@dataclass(frozen=True)
class Small:
    """A small programme: its files as delivered, and the figures of every metric before sums."""

    programme: Programme
    figures: Mapping[str, Figures]
    restated: Mapping[str, Figures]
    restatable: frozenset[str]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The mini programme, delivered and computed."""
    home = once(tmp_path_factory, "mini", _delivered_and_run)
    folder = home / "landing" / NAME
    programme = read(folder, paths.ROOT / "data" / "programmes" / NAME / "programme.yml")
    with duckdb.connect(home / "warehouse" / "bodyworn.duckdb", read_only=True) as con:
        additive = frozenset(name for (name,) in con.execute(RESTATABLE).fetchall())
        return Small(
            programme, _figures(con, "roll_figures"), _figures(con, "roll_geographies"), additive
        )


def _delivered_and_run(home: Path) -> None:
    folder = home / "landing" / NAME
    small_programme.write(folder)
    done = run_bodyworn(home, "--landing", str(folder.parent), assets=LOADED)
    assert done.returncode == 0, done.stdout
    # The twins count what files hold, whichever months those cover: that has tests of its own.
    (home / "derived" / "ingestion" / "covered_months" / "covered_months.parquet").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BODYWORN_HOME", str(home))
        made = dbt.build(
            ["--select", "+roll_figures", "+roll_geographies", "--indirect-selection", "cautious"],
            parsed=dbt.prepared(),
            variables={"programmes": [NAME]},
            target=home / "dbt",
        )
    assert [(one.unique_id, one.message) for one in made if not one.passed] == []


def _figures(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for *key, up, down in con.execute(FIGURES.format(table=table), [NAME]).fetchall():
        metric, area, grain, start, breakdown, part = key
        counts = (_exact(up), _exact(down))
        found.setdefault(metric, {})[metric, area, grain, start, breakdown, part] = counts
    return found


def _exact(count: Decimal | None) -> Decimal | None:
    return None if count is None else Decimal(count)
