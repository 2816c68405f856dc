"""Areas among their declared peers, as the rows that are released (items 15 and 16)."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from orchestration import paths
from orchestration.programmes.programme import ProgrammeProblem, read_programme
from orchestration.studies.results import COMPARISONS, compare_areas

AREAS = [f"area_{place}" for place in range(12)]
METRICS = pl.DataFrame(
    {
        "metric_id": ["complaints", "answered", "days"],
        "kind": ["rate", "share", "quantile"],
        "per_count": [1000, 100, 1],
    }
)
PEERS = pl.DataFrame(
    {
        "programme_id": ["p"] * 12,
        "peer_set": ["all"] * 12,
        "peer_set_name": ["All areas"] * 12,
        "peer_reason": ["One force."] * 12,
        "area_id": AREAS,
    }
)
PROVISIONAL: dict[str, Any] = {"period_start": date(2019, 1, 1), "is_provisional": True}


def figure(
    metric: str, area: str, top: float, base: float, per: float, **more: Any
) -> dict[str, Any]:
    return {
        "programme_id": "p",
        "metric_id": metric,
        "area_id": area,
        "period_grain": "year",
        "period_start": date(2018, 1, 1),
        "breakdown": "all",
        "numerator": top,
        "denominator": base,
        "value": per * top / base,
        "is_provisional": False,
        **more,
    }


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """A rate in which one area has far more than its peers, a share, and a median."""
    source = np.random.default_rng(6)
    figures = []
    for place, area in enumerate(AREAS):
        base = 400.0 + 20 * place
        far = 4 if area == "area_3" else 1
        figures += [
            figure("complaints", area, float(source.poisson(0.1 * base * far)), base, 1000),
            figure("answered", area, float(source.binomial(200, 0.6)), 200, 100),
            figure("days", area, 30.0 + place, 1, 1),
            figure("complaints", area, 5, base, 1000, period_grain="month"),
            figure("complaints", area, 50, base, 1000, **PROVISIONAL),
        ]
    return compare_areas(pl.DataFrame(figures), METRICS, PEERS)


def of(rows: pl.DataFrame, metric: str) -> pl.DataFrame:
    return rows.filter(metric_id=metric)


def test_settled_years_alone_are_compared_and_once_each(rows: pl.DataFrame) -> None:
    assert list(rows.columns) == list(COMPARISONS)
    assert rows["period_grain"].unique().to_list() == ["year"]
    assert rows["period_start"].unique().to_list() == [date(2018, 1, 1)]
    assert rows.height == 3 * len(AREAS)


def test_median_and_deciles_are_those_of_the_peers(rows: pl.DataFrame) -> None:
    values = of(rows, "days")["value"].to_numpy()
    row = of(rows, "days").row(0, named=True)
    expected = np.quantile(values, (0.1, 0.5, 0.9))
    found = (row["peer_decile_low"], row["peer_median"], row["peer_decile_high"])
    assert found == pytest.approx(tuple(expected))
    assert row["limit_95_low"] is None
    assert "no funnel" in row["comparison_words"]


def test_limits_are_in_the_unit_of_the_figure_and_one_area_stands_out(rows: pl.DataFrame) -> None:
    found = of(rows, "complaints")
    far = found.filter(pl.col("place_in_funnel") != "within")
    assert far["area_id"].to_list() == ["area_3"]
    row = far.row(0, named=True)
    assert row["place_in_funnel"] == "above_998"
    assert row["is_beyond_luck"]
    assert row["value"] > row["limit_998_high"] > row["limit_95_high"] > row["common_level"]
    officers = {area: 400 + 20 * place for place, area in enumerate(AREAS)}
    events = sum(one["value"] / 1000 * officers[one["area_id"]] for one in found.to_dicts())
    assert row["common_level"] == pytest.approx(1000 * events / sum(officers.values()))


def test_a_page_of_areas_says_how_many_would_stand_out_by_luck(rows: pl.DataFrame) -> None:
    row = of(rows, "complaints").row(0, named=True)
    assert row["expected_by_luck"] == pytest.approx(0.6)
    assert "Of 12 areas, fewer than one would stand out by luck alone" in row["comparison_words"]


def test_shares_stay_between_zero_and_a_hundred(rows: pl.DataFrame) -> None:
    found = of(rows, "answered")
    assert found["limit_998_low"].min() >= 0  # type: ignore[operator]
    assert found["limit_998_high"].max() <= 100  # type: ignore[operator]


def test_two_areas_with_figures_are_not_compared() -> None:
    figures = [figure("complaints", area, 40, 400, 1000) for area in AREAS[:2]]
    assert compare_areas(pl.DataFrame(figures), METRICS, PEERS).height == 0


def test_every_declared_set_has_its_reason_and_an_unknown_area_is_refused(tmp_path: Any) -> None:
    chicago = read_programme(paths.PROGRAMMES / "chicago" / "programme.yml")
    assert all(peers.reason for peers in chicago.peers)
    text = (paths.PROGRAMMES / "chicago" / "programme.yml").read_text("utf-8")
    folder = tmp_path / "chicago"
    folder.mkdir()
    (folder / "programme.yml").write_text(text.replace("      district_1,", "      distrct_1,"))
    with pytest.raises(ProgrammeProblem, match="distrct_1 is no area of this programme"):
        read_programme(folder / "programme.yml")


def test_a_release_holds_the_comparisons(demo_release: Any) -> None:
    found = pl.read_parquet(demo_release / "internal/parquet" / "fct_area_comparisons.parquet")
    london = found.filter(programme_id="london_synthetic")
    assert london["peer_set"].unique().to_list() == ["boroughs"]
    assert london.filter(pl.col("limit_95_low").is_not_null()).height > 100
    figures = pl.read_parquet(demo_release / "internal/parquet" / "fct_metrics.parquet").filter(
        breakdown="all"
    )
    key = ["programme_id", "metric_id", "area_id", "period_grain", "period_start"]
    both = london.join(figures, on=key, suffix="_there")
    assert both.height == london.height
    assert (both["value"] == both["value_there"]).all()
