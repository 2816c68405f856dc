"""Today's code gives the estimates from which the report of the simulations was made."""

import polars as pl
import pytest

from orchestration import paths
from tests.simulations.__main__ import PLOTS
from tests.simulations.report import FIRST_TABLES
from tests.simulations.run_scenarios import FAMILIES, family

KEPT = pl.read_csv(paths.ROOT / "docs" / PLOTS / FIRST_TABLES)
#: Roll-outs take seconds each: one where nothing happens and one where every method has its truth.
TRIED = [
    (name, scenario)
    for name in FAMILIES
    for scenario in (family(name).scenarios if name != "rollouts" else "AK")
]


@pytest.mark.parametrize(("name", "scenario"), TRIED)
def test_the_first_table_of_a_scenario_gives_the_estimates_of_the_report(
    name: str, scenario: str
) -> None:
    kept = {row["method"]: row for row in KEPT.rows(named=True) if _is_of(row, name, scenario)}
    found = dict(family(name).estimates(scenario, 0))
    assert found.keys() == kept.keys()
    for method, estimate in found.items():
        for figure in ("estimate", "truth", "error", "low", "high", "p_value"):
            was = kept[method][figure]
            now = getattr(estimate, figure)
            assert now == (None if was is None else pytest.approx(was, rel=1e-6, abs=1e-9)), method


def test_every_scenario_of_the_report_is_kept() -> None:
    scenarios = {(name, each) for name in FAMILIES for each in family(name).scenarios}
    assert set(KEPT.select("family", "scenario").unique().rows()) == scenarios


def _is_of(row: dict[str, object], name: str, scenario: str) -> bool:
    return row["family"] == name and row["scenario"] == scenario
