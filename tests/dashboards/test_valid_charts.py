"""Every kind of chart that pages draw is valid Vega-Lite, which pages do not check themselves."""

import inspect
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import altair as alt
import polars as pl
import pytest

from dashboards.charts import area_charts, metric, promises, study_charts
from dashboards.charts.style import CheckedChart, Layers
from tests.dashboards import chart_titles
from tests.dashboards.conftest import Open

pytestmark = pytest.mark.usefixtures("release")

# The functions between a kind of chart and the object that it makes.
AROUND = ("dashboards.charts.style", "altair")
CHARTS = (area_charts, metric, promises, study_charts)
RATE = {"measure": "Complaints per 1000 officers"}
PAGES: list[tuple[str, dict[str, str]]] = [
    ("home", {}),
    ("device_use", {}),
    ("complaints", RATE),
    ("complaints", RATE | {"view": "Compare areas"}),
    ("complaints", RATE | {"view": "In parts"}),
    ("complaints", {"measure": "Complaints"}),
    ("complaints", {"more": "Before and after"}),
    ("case_outcomes", {"by": "quarter"}),
    ("rollout_and_spend", {}),
    ("promises", {"promise": "newer"}),
    ("promises", {"shown": "Cameras and areas"}),
    ("evidence", {"study": "Complaints as cameras came to the districts"}),
    ("evidence", {"show": "What others have published"}),
    ("research", {}),
    ("area_map", {}),
]


def _kinds() -> set[str]:
    """Name of every public function that draws a chart, with its module."""
    return {
        f"{module.__name__}.{name}"
        for module in CHARTS
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and inspect.signature(function).return_annotation == Layers
    }


def _of_few_rows() -> Iterator[Layers]:
    """The kinds that no page of the invented release draws."""
    day = date(2019, 1, 1)
    places = pl.DataFrame({"label": ["North", "South"], "value": [3.0, None], "size": [9.0, 4.0]})
    around = places.with_columns(low=pl.lit(1.0), high=pl.lit(None, pl.Float64))
    yield study_charts.estimates(around, "Two", "complaints", 1.0)
    yield study_charts.balance(places, "Two")
    curve = pl.DataFrame({"fall": [5.0, 50.0], "power": [9.0, 99.0], "is_asked": [True, False]})
    yield study_charts.power_curve(
        curve.join(around.select("low", "high").head(1), how="cross"), "A", 80
    )
    ends = [f"limit_{level}_{end}" for level in ("95", "998") for end in ("low", "high")]
    limits = dict.fromkeys([*ends, "common_level", "base"], 1.0)
    rows = places.with_columns(**{name: pl.lit(each) for name, each in limits.items()})
    rows = rows.with_columns(text=pl.lit("3"), is_beyond_luck=True).drop_nulls("value")
    yield area_charts.funnel(rows, "Funnel", "per 1,000", "officers", "North")
    months = pl.DataFrame({"period_start": [day, date(2019, 2, 1)], "value": [3.0, None]})
    counted = months.with_columns(numerator=pl.lit(3), denominator=pl.lit(5))
    yield promises.with_day(months, day, "complaints", "Beside it")
    yield promises.issued_against_plan(counted, "cameras", day, "Cameras")
    yield promises.against_target(months, "%", 5.0, day, "Figure and target")
    paid = {"of_what": ["All"], "said": ["All: 5"], "spent": [5.0], "budget": [9.0]}
    yield promises.pounds(pl.DataFrame(paid), "Pounds")
    tiles = places.with_columns(column=0, row=pl.Series([0, 1]), short=pl.lit("N"))
    yield area_charts.tile_map(
        tiles.with_columns(said=pl.lit("3"), figure=pl.lit("3")), "Map", "North"
    )
    shares = dict.fromkeys(("lower_share", "upper_share", "middle_share", "value_share"), 0.5)
    standing = pl.DataFrame([shares | {"label": "North", "standing": "similar", "said": "similar"}])
    yield area_charts.spine(standing.with_columns(value=1.0, middle=2.0), "Among peers")


def test_every_kind_of_chart_is_valid(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: set[str] = set()
    begin = CheckedChart.__init__

    def noted(self: CheckedChart, *given: Any, **more: Any) -> None:
        frame = sys._getframe(1)
        while frame.f_back and frame.f_globals["__name__"].startswith(AROUND):
            frame = frame.f_back
        drawn.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_name}")
        begin(self, *given, **more)

    def checked(self: CheckedChart, *_: object, **more: Any) -> dict[str, Any]:
        more.pop("validate", None)
        # Vega-Lite hands an expression of a subtitle on to Vega, which takes it; its schema has
        # one for titles alone. tests/dashboards/test_legible.py sees it drawn.
        chosen = None if self.title is alt.Undefined else self.title.subtitle
        if isinstance(chosen, alt.ExprRef):
            self.title.subtitle = chart_titles.lines(chosen.to_dict())[0]
        return dict(alt.LayerChart.to_dict(self, True, **more))  # noqa: FBT003 - it checks

    monkeypatch.setattr(CheckedChart, "__init__", noted)
    monkeypatch.setattr(CheckedChart, "to_dict", checked)
    for page, query in PAGES:
        app = open_page(page, **query)
        assert not app.exception, (page, query, app.exception)
    for chart in _of_few_rows():
        chart.to_dict()
    assert _kinds() - drawn == set()
