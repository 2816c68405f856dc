"""Charts: units on the axes, intervals, and nothing plotted that may not be released."""

import json
from datetime import date
from typing import Any

import altair as alt
import polars as pl
import pytest

from dashboards.charts.area_charts import bars, funnel
from dashboards.charts.landmarks import Landmarks, apart, room
from dashboards.charts.metric import FRAME, changes, counts, dots, sparkline, trend
from dashboards.charts.style import NAME, CheckedChart, Layers, in_lines
from dashboards.components import tables
from dashboards.data import sources
from dashboards.data.sources import near
from dashboards.files.released_files import csv
from orchestration.storage.spreadsheet_safety import restore
from tests.dashboards import chart_titles
from tests.dashboards import fixture_rows as rows
from tests.dashboards.reader_choice import chosen

METRICS = {row["metric_id"]: row for row in rows.metric_rows()}


def _rows(metric: str, area: str) -> pl.DataFrame:
    figures = [row for row in rows.figures() if row["metric_id"] == metric]
    monthly = [row for row in figures if row["period_grain"] == "month" and row["area_id"] == area]
    frame = pl.DataFrame(monthly, infer_schema_length=None)
    return tables.named(frame).with_columns(label=pl.lit(area))


def _spec(chart: Layers) -> dict[str, Any]:
    return dict(json.loads(chart.to_json()))


def _titles(spec: dict[str, Any], axis: str) -> set[str]:
    layers = [layer.get("encoding", {}).get(axis, {}) for layer in spec["layer"]]
    return {str(each["title"]) for each in layers if each.get("title")}


def _layer(spec: dict[str, Any], mark: str) -> dict[str, Any]:
    """The one layer with a kind of mark."""
    [found] = [layer for layer in spec["layer"] if layer["mark"]["type"] == mark]
    return dict(found)


def _values(spec: dict[str, Any], field: str) -> set[Any]:
    return {row.get(field) for data in spec["datasets"].values() for row in data}


@pytest.mark.parametrize(("most", "is_cut"), [(96.0, True), (100.0, True), (740.0, False)])
def test_only_a_share_that_never_passes_the_whole_has_no_numbers_above_it(
    most: float, *, is_cut: bool
) -> None:
    frame = _rows("conviction_share", "all").with_columns(
        value=pl.lit(most), interval_low=pl.lit(None), interval_high=pl.lit(None)
    )
    spec = _spec(trend(frame, METRICS["conviction_share"], "A title"))
    axis = _layer(spec, "line")["encoding"]["y"].get("axis", {})
    assert ("labelExpr" in axis) == is_cut


@pytest.mark.parametrize("metric", ["complaints_per_1000_officers", "conviction_share"])
def test_a_trend_has_its_unit_on_the_axis_and_its_interval_as_a_band(metric: str) -> None:
    spec = _spec(trend(_rows(metric, "all"), METRICS[metric], "A title"))
    assert chart_titles.title(spec) == "A title"
    unit = METRICS[metric]["unit"]
    assert _titles(spec, "y") == {"per cent" if unit == "%" else unit}
    band, line = _layer(spec, "area")["encoding"], _layer(spec, "line")["encoding"]
    assert (band["y"]["field"], band["y2"]["field"]) == ("interval_low", "interval_high")
    assert line["y"]["field"] == "value"
    assert band["x"] == line["x"]


@pytest.mark.parametrize(("area", "status"), [("north", "low"), ("south", "suppressed")])
def test_no_chart_holds_a_rate_that_is_not_final(area: str, status: str) -> None:
    metric = METRICS["complaints_per_1000_officers"]
    frame = _rows("complaints_per_1000_officers", area)
    for draw in (trend, dots):
        spec = _spec(draw(frame, metric, "A title"))
        assert _values(spec, "status") == {status}
        assert _values(spec, "value") == {None}
        assert _values(spec, "interval_low") == {None}


def test_counts_are_bars_from_zero() -> None:
    frame = _rows("recordings", "all")
    spec = _spec(counts(frame, METRICS["recordings"], "Recordings"))
    bar = _layer(spec, "bar")["encoding"]
    assert (bar["y"]["field"], bar["y2"]) == ("amount", {"datum": 0})
    assert _values(spec, "amount") == set(frame["numerator"])


def test_a_chosen_area_differs_in_shape_and_not_only_in_colour() -> None:
    frame = _rows("conviction_share", "all")
    spec = _spec(dots(frame, METRICS["conviction_share"], "A title", "all"))
    point = _layer(spec, "point")["encoding"]
    for by in ("shape", "color"):
        assert point[by]["condition"]["test"] == 'datum.label === "all"'
    assert (point["shape"]["condition"]["value"], point["shape"]["value"]) == ("circle", "diamond")


def test_a_change_is_drawn_with_its_interval_and_only_when_it_may_be_shown() -> None:
    shown = rows.change(rows.CITY, "all", label="All", sort_order=0)
    low = rows.change(rows.CITY, "south", label="South", sort_order=1, status="low")
    spec = _spec(changes(pl.DataFrame([shown, low]), "Change"))
    assert _values(spec, "label") == {"All", None}
    assert _titles(spec, "x") == {"per cent (0: no change)"}


def test_arms_of_a_trial_are_named_next_to_their_lines() -> None:
    one = _rows("complaints_per_1000_officers", "all").with_columns(breakdown=pl.lit("arm"))
    both = pl.concat([one.with_columns(label=pl.lit(arm)) for arm in ("camera", "control")])
    spec = _spec(trend(both, METRICS["complaints_per_1000_officers"], "Arms"))
    names = _layer(spec, "text")
    assert names["encoding"]["text"]["field"] == "series"
    assert {row["series"] for row in spec["datasets"][names["data"]["name"]]} == {
        "camera", "control",
    }  # fmt: skip


def test_a_month_without_a_row_breaks_the_line_and_one_not_supplied_is_named() -> None:
    frame = _rows("conviction_share", "all").filter(pl.col("period_start") != date(2018, 4, 1))
    absent = pl.col("period_start") == date(2018, 8, 1)
    missing = frame.with_columns(
        pl.when(absent).then(pl.lit("missing_months")).otherwise("status").alias("status")
    )
    spec = _spec(trend(missing, METRICS["conviction_share"], "A title"))
    drawn = {
        row["period_start"][:10]: row["value"]
        for data in spec["datasets"].values()
        for row in data
        if "value" in row
    }
    assert [at for at, value in drawn.items() if value is None] == ["2018-04-01", "2018-08-01"]
    assert _layer(spec, "line")["mark"]["invalid"] == "break-paths-show-domains"
    bands = [data for data in spec["datasets"].values() if data[0].get("said") == "not supplied"]
    assert [row["period_start"][:10] for data in bands for row in data] == ["2018-08-01"]


def test_every_row_of_a_chart_by_area_has_its_name_however_low_the_picture() -> None:
    frame = _rows("complaints_per_1000_officers", "all").head(3)
    named = frame.with_columns(label=pl.Series(["One", "Two", "Three"]))
    spec = _spec(dots(named, METRICS["complaints_per_1000_officers"], "A title"))
    layers = [each["encoding"]["y"] for each in spec["layer"] if "y" in each["encoding"]]
    assert layers
    assert all(each["axis"] == {"labelOverlap": False} for each in layers)


def test_of_missing_months_close_together_the_first_alone_is_named() -> None:
    frame = _rows("complaints_per_1000_officers", "all").with_columns(
        status=pl.when(pl.col("period_start").dt.month().is_in([3, 5, 11]))
        .then(pl.lit("missing_months"))
        .otherwise(pl.lit("final"))
    )
    spec = _spec(trend(frame, METRICS["complaints_per_1000_officers"], "A title"))
    runs = [row for data in spec["datasets"].values() for row in data if "until" in row]
    year = {row["period_start"][:4] for row in runs}.pop()
    named = {
        row["period_start"][:10]: row["said"]
        for row in runs
        if row["period_start"] < f"{int(year) + 1}"
    }
    assert named[f"{year}-03-01"] == "not supplied"
    assert named[f"{year}-05-01"] == ""


def test_cameras_breaks_and_a_target_are_drawn_and_named() -> None:
    marks = Landmarks(date(2018, 3, 1), 45.0, ((date(2018, 6, 15), "A new form began"),))
    frame = _rows("conviction_share", "all")
    spec = _spec(trend(frame, METRICS["conviction_share"], "A title", marks=marks))
    said = {str(each).replace("\n", " ") for each in _values(spec, "said")}
    assert {"cameras from March 2018", "15 June 2018: A new form began", "promised: 45%"} <= said


@pytest.mark.parametrize(("target", "side"), [(1.0, "top"), (99.0, "bottom")])
def test_words_of_a_target_lie_where_the_last_figure_is_not(target: float, side: str) -> None:
    frame = _rows("conviction_share", "all")
    marks = Landmarks(None, target)
    spec = _spec(trend(frame, METRICS["conviction_share"], "A title", marks=marks))
    assert _layer(spec, "text")["mark"]["baseline"] == side


def test_counts_of_a_rate_have_no_target_and_those_of_a_count_leave_it_room() -> None:
    frame = _rows("complaints_per_1000_officers", "all")
    rate = METRICS["complaints_per_1000_officers"]
    spec = _spec(counts(frame, rate, "A title", Landmarks(None, 90.0)))
    assert "promised: 90" not in _values(spec, "said")
    many = 10 * max(frame["numerator"].drop_nulls().to_list())
    spec = _spec(
        counts(_rows("complaints", "all"), METRICS["complaints"], "A", Landmarks(None, many))
    )
    assert _layer(spec, "bar")["encoding"]["y"]["scale"]["domainMax"] >= many


def test_words_of_dated_lines_stand_above_every_mark() -> None:
    marks = Landmarks(date(2018, 3, 1), None, ((date(2018, 6, 15), "A new form began"),))
    frame = _rows("complaints_per_1000_officers", "all")
    for draw, column in ((trend, "interval_high"), (counts, "numerator")):
        spec = _spec(draw(frame, METRICS["complaints_per_1000_officers"], "A title", marks=marks))
        y = _layer(spec, "line" if draw is trend else "bar")["encoding"]["y"]
        most = max(each for each in frame[column] if each is not None)
        free = room(frame, marks)
        # The height of a picture holds its title and the words below the axis too.
        scale = spec["height"] - FRAME
        below_words = y["scale"]["domainMax"] * (scale - free) / scale
        assert free > 0
        assert below_words == pytest.approx(most, rel=0.05)


def test_words_of_a_target_stand_above_bars_which_would_cover_them() -> None:
    frame = _rows("complaints", "all")
    spec = _spec(counts(frame, METRICS["complaints"], "A title", Landmarks(None, 0.0)))
    words = _layer(spec, "text")
    y = _layer(spec, "bar")["encoding"]["y"]
    top_of_bars = (spec["height"] - FRAME) * (
        1 - frame["numerator"].max() / y["scale"]["domainMax"]
    )
    assert 0 < words["encoding"]["y"]["value"] <= top_of_bars + 1


def test_the_word_of_a_small_line_stands_above_it() -> None:
    days = [date(2018, month, 1) for month in (1, 2, 3)]
    line = pl.DataFrame({"period_start": days, "value": [1.0, 3.0, 2.0]})
    spec = _spec(sparkline(line, date(2018, 2, 1)))
    end = _layer(spec, "line")["encoding"]["y"]["scale"]["domainMax"]
    below_words = 1.0 + (end - 1.0) * 56 / spec["height"]
    assert below_words == pytest.approx(3.0)


def test_an_axis_of_one_value_does_not_print_every_digit() -> None:
    one = _rows("complaints_per_1000_officers", "all").head(1).with_columns(value=pl.lit(65.003766))
    spec = _spec(dots(one, METRICS["complaints_per_1000_officers"], "A title"))
    assert _layer(spec, "point")["encoding"]["x"]["axis"]["format"] == ",.1~f"


def test_direct_labels_are_moved_apart_in_their_order() -> None:
    assert apart([5.0, 5.5, 1.0], 2.0) == [5.0, 7.0, 1.0]


def test_areas_are_bars_from_zero_with_intervals_and_the_chosen_one_stands_out() -> None:
    frame = (
        _rows("conviction_share", "all")
        .head(2)
        .with_columns(
            label=pl.Series(["North", "South"]),
            value=pl.Series([30.0, 50.0]),
            text=pl.lit("so much"),
        )
    )
    spec = _spec(bars(frame, "A title", "per cent", "North"))
    bar = _layer(spec, "bar")["encoding"]
    assert bar["x"]["scale"]["zero"] is True
    assert bar["y"]["sort"] == ["South", "North"]
    assert _layer(spec, "rule")["encoding"]["x2"]["field"] == "interval_high"
    assert bar["color"]["condition"]["test"] == "datum.is_chosen"


def test_a_funnel_names_whom_luck_does_not_explain_and_ranks_nobody() -> None:
    limits = {"limit_95_low": 20.0, "limit_95_high": 40.0, "limit_998_low": 10.0}
    common = limits | {"limit_998_high": 50.0, "common_level": 30.0, "text": "so much"}
    areas = pl.DataFrame(
        [common | {"label": name, "base": base, "value": value, "is_beyond_luck": value > 50}
         for name, base, value in (("A", 100.0, 31.0), ("B", 200.0, 60.0), ("C", 300.0, 29.0))]
    )  # fmt: skip
    spec = _spec(funnel(areas, "A title", "per cent", "hearings", "C"))
    names = [each for each in spec["layer"] if each["mark"]["type"] == "text"]
    labelled = {row["label"] for each in names for row in spec["datasets"][each["data"]["name"]]}
    assert labelled == {"B", "C"}
    lines = [each["encoding"]["y"]["field"] for each in spec["layer"]
             if each["mark"]["type"] == "line"]  # fmt: skip
    assert lines == ["limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high",
                     "common_level"]  # fmt: skip


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@sum", "\tx", "\rx", "  =1", "'quoted"])
def test_a_downloaded_cell_is_never_a_formula_and_can_be_read_back(cell: str) -> None:
    frame = pl.DataFrame({"text": [cell, "plain"], "number": [-1.5, 2.0]})
    written = csv(frame, chosen(rows.TOWN))
    read = pl.read_csv(written)
    assert str(read["text"][0]).startswith("'")
    assert restore(read)["text"].to_list() == [cell, "plain"]
    assert read["number"].to_list() == [-1.5, 2.0]
    assert set(read["release"]) == {"a release"}


def test_a_lineage_diagram_holds_every_step_and_nothing_else() -> None:
    steps = pl.DataFrame(
        [("s.t", "source", "stg", "staging"), ("stg", "staging", "m", "marts"),
         ("s.u", "source", "x", "staging")],
        schema=["parent", "parent_layer", "child", "child_layer"], orient="row",
    )  # fmt: skip
    found = sources.above(steps, "m")
    assert found.select("parent", "child").rows() == [("s.t", "stg"), ("stg", "m")]
    diagram = sources.diagram(found)
    assert diagram.count("-->") == 2
    assert '"s.u"' not in diagram
    assert '"stg"' in diagram


def test_a_long_name_in_a_diagram_is_broken_after_an_underscore() -> None:
    steps = pl.DataFrame(
        {"parent": ["int_encounter_coverage"], "parent_layer": ["intermediate"],
         "child": ["met_x"], "child_layer": ["metrics"]},
    )  # fmt: skip
    assert '"int_encounter_<br/>coverage"' in sources.diagram(steps)


def test_lineage_is_drawn_two_steps_each_way_where_that_can_be_read_and_else_one() -> None:
    def steps(parent: str, children: range) -> pl.DataFrame:
        names = [f"{parent}_{n}" for n in children]
        return pl.DataFrame(
            {"parent": [parent] * len(names), "child": names}
            | {f"{end}_layer": ["metrics"] * len(names) for end in ("parent", "child")}
        )

    few = pl.concat([steps("a", range(2)), steps("a_0", range(3))])
    assert (near(few, "a")[0].height, near(few, "a")[1]) == (5, 2)
    many = pl.concat([steps("a", range(2)), steps("a_0", range(15))])
    assert (near(many, "a")[0].height, near(many, "a")[1]) == (2, 1)
    assert near(steps("a", range(41)), "a")[1] == 0


@pytest.mark.parametrize("frames", [1, 2])
def test_a_chart_is_written_as_altair_itself_would_write_it(frames: int) -> None:
    of = [pl.DataFrame({"x": [1.0, 2.0], "y": [float(at), 3.0]}) for at in range(frames)]
    layers = [
        alt.Chart(of[at % frames]).mark_point(size=30 + at).encode(alt.X("x:Q"), alt.Y("y:Q"))
        for at in range(3)
    ]
    ours = CheckedChart(layer=layers, height=90).to_dict()
    assert ours == alt.LayerChart(layer=layers, height=90).to_dict()
    assert len(ours["datasets"]) == frames


def test_a_long_name_above_a_bar_is_broken_into_lines_and_a_short_one_stands_as_low() -> None:
    long = "Complaints: Civilian complaints in 22 districts of Chicago, given two other reforms"
    (broken, short), more = in_lines([long, "Complaints"])
    assert more == 1
    assert " ".join(broken.split("\n")) == long
    assert max(len(line) for line in broken.split("\n")) <= NAME
    assert short == " \nComplaints"
