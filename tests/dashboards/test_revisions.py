"""Figures as first published and as they are now, and what provisional looks like."""

import json

import polars as pl
import pytest

from dashboards.charts.metric import counts, trend
from dashboards.components import tables
from dashboards.text import captions
from tests.dashboards import fixture_rows as rows
from tests.dashboards.conftest import Open, said
from tests.dashboards.fixture_history import RULE

METRICS = {row["metric_id"]: row for row in rows.metric_rows()}


@pytest.mark.usefixtures("release")
def test_a_revised_figure_stands_as_first_published_and_as_it_is(open_page: Open) -> None:
    app = open_page("case_outcomes", programme=rows.NAMES[rows.CITY], view="About")
    words = said(app).replace("\\", "")
    assert f"{RULE} What was first published goes back to release 1." in words
    first = [each.value for each in app.dataframe if "first_value" in each.value.columns]
    assert first[0][["first_value", "latest_value"]].values.tolist() == [[38.5, 40.0]]
    ages = [each.value for each in app.dataframe if "share_of_latest_percent" in each.value.columns]
    assert ages[0]["share_of_latest_percent"].to_list() == [95.0]


@pytest.mark.usefixtures("release")
def test_an_area_whose_figures_never_changed_says_so(open_page: Open) -> None:
    app = open_page("case_outcomes", programme=rows.NAMES[rows.CITY], area="North", view="About")
    assert "No figure of this area has changed since it was first published." in said(app)


@pytest.mark.parametrize(
    ("metric", "channel"), [("conviction_share", "fill"), ("recordings", "opacity")]
)
def test_a_provisional_figure_is_a_hollow_point_or_a_pale_bar_and_said(
    metric: str, channel: str
) -> None:
    months = [row for row in rows.figures() if row["metric_id"] == metric]
    mine = [row for row in months if row["area_id"] == "all" and row["period_grain"] == "month"]
    mine[-1] |= {"is_provisional": True}
    frame = tables.named(pl.DataFrame(mine, infer_schema_length=None))
    draw = trend if channel == "fill" else counts
    chart = draw(frame.with_columns(label=pl.lit("all")), METRICS[metric], "A title")
    layers = json.loads(chart.to_json())["layer"]
    [marked] = [each["encoding"][channel] for each in layers if channel in each["encoding"]]
    assert marked["condition"]["test"] == "datum.is_provisional"
    marked = "Hollow points" if channel == "fill" else "Pale bars"
    assert f"{marked} are provisional" in captions.marks(METRICS[metric], mine)
    assert "provisional" not in captions.marks(METRICS[metric], mine[:-1])


def test_a_chart_of_counts_from_zero_does_not_say_that_its_axis_need_not_start_there() -> None:
    share = METRICS["conviction_share"]
    months = [row for row in rows.figures() if row["metric_id"] == "conviction_share"]
    mine = [row for row in months if row["area_id"] == "all" and row["period_grain"] == "month"]
    assert "need not start at zero" in captions.marks(share, mine)
    few = [row | {"status": "low"} for row in mine]
    said = captions.marks(share, few)
    assert "need not start at zero" not in said
    assert "fewer than 20 were counted there is no rate, so counts are drawn" in said
