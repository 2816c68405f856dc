"""A measure on a map of tiles, with the table beside it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.area_charts import tile_map
from dashboards.components import tables
from dashboards.data import headlines, metric_rows, topics
from dashboards.data.choice import Choice
from dashboards.text import captions, figures
from dashboards.text.formats import day
from dashboards.views import promise_record
from orchestration import paths

ENOUGH = 5
CAMERAS = "When cameras came"
NO_MAP = "No measure of this programme is known for enough areas to draw a map."
Metric = Mapping[str, Any]


@cache
def _maps() -> dict[str, pl.DataFrame]:
    """Tiles by the name of their map: areas at the column and row of an equal square."""
    return {
        path.stem.replace("_", " ").capitalize(): pl.read_csv(path)
        for path in sorted(paths.MAPS.glob("*.csv"))
    }


def maps_of(choice: Choice) -> dict[str, pl.DataFrame]:
    """The maps on which enough areas of the programme have a tile, with those areas."""
    found = {}
    for name, tiles in _maps().items():
        mine = choice.areas.join(tiles, on="area_id")
        if mine.height >= ENOUGH:
            found[name] = mine.with_columns(short=pl.coalesce("short_name", "area_name"))
    return found


def show(choice: Choice) -> None:
    """The map of the measure that the reader picks, and its table."""
    dates = _camera_dates(choice)
    found = {name: (areas, _measures(choice, areas)) for name, areas in maps_of(choice).items()}
    maps = {name: one for name, one in found.items() if one[1] or not dates.is_empty()}
    if not maps:
        st.info(NO_MAP, icon=":material/info:")
        return
    left, right = st.columns(2)
    on = left.selectbox("Map", list(maps), key="map", bind="query-params", required=True)
    areas, measures = maps.get(str(on), next(iter(maps.values())))
    measures = _telling_first(choice, areas, measures)
    names = [*measures, *([CAMERAS] if not dates.is_empty() else [])]
    what = right.selectbox(
        "Coloured by", names, key="coloured_by", bind="query-params", required=True
    )
    if what == CAMERAS:
        _by_date(choice, areas, dates)
    else:
        _by_measure(choice, areas, measures.get(str(what)) or next(iter(measures.values())))


def _measures(choice: Choice, areas: pl.DataFrame) -> dict[str, Metric]:
    """Rates, shares and waits that enough areas of the map have a figure of."""
    programme = choice.place["programme_id"]
    ids = set(areas["area_id"].to_list())
    found: dict[str, Metric] = {}
    for topic in topics.ALL:
        for metric in metric_rows.on(choice, topic.topics, topic.first):
            have = choice.release.values(
                "fct_metrics",
                "area_id",
                metric_id=metric["metric_id"],
                programme_id=programme,
                status="final",
            )
            if metric["kind"] not in headlines.COUNTED and len(ids & set(have)) >= ENOUGH:
                found[str(metric["label"])] = metric
    return found


def _telling_first(
    choice: Choice, areas: pl.DataFrame, measures: Mapping[str, Metric]
) -> dict[str, Metric]:
    """The measures, with the first that differs between areas before all others.

    A map opens on its first measure, and one colour everywhere says nothing.
    """
    for label, metric in measures.items():
        period = _period(choice, str(metric["metric_id"]), areas)
        if period is None:
            continue
        rows = metric_rows.in_period(choice, str(metric["metric_id"]), period)
        final = rows.filter(pl.col("status") == "final")
        if final.join(areas, on="area_id", how="semi")["value"].n_unique() > 1:
            return {label: metric, **measures}
    return dict(measures)


def _by_measure(choice: Choice, areas: pl.DataFrame, metric: Metric) -> None:
    name = str(metric["metric_id"])
    period = _period(choice, name, areas)
    if period is None:
        st.info(NO_MAP, icon=":material/info:")
        return
    rows = metric_rows.in_period(choice, name, period)
    placed = areas.join(rows, on="area_id", how="left")
    first = next(placed.filter(pl.col("status").is_not_null()).iter_rows(named=True))
    said = [
        figures.short(row, metric) if row["status"] else "no figure"
        for row in placed.iter_rows(named=True)
    ]
    is_final = pl.col("status") == "final"
    shown = placed.with_columns(
        value=pl.when(is_final).then(pl.col("value")),
        said=pl.Series(said),
        figure=pl.Series(
            [
                figures.value(row, metric) if row["status"] == "final" else "none"
                for row in placed.iter_rows(named=True)
            ]
        ),
    )
    unit = figures.unit_in_words(metric)
    title = captions.title(f"{metric['label']}, {figures.when(first)}", choice, unit)
    _draw(choice, shown, title, str(metric["label"]))
    table = tables.named(placed.filter(pl.col("status").is_not_null()))
    tables.show(choice, table.drop("column", "row", "short", "short_name"), metric, f"map_{name}")


def _period(choice: Choice, metric_id: str, areas: pl.DataFrame) -> metric_rows.Row | None:
    """The period that is headline of the first area that has one."""
    for area in areas.iter_rows(named=True):
        here = Choice(
            choice.release, choice.programme, area, choice.period, choice.grain, choice.areas,
            choice.peers,
        )  # fmt: skip
        metric = metric_rows.metric(choice, metric_id)
        one = headlines.of(here, metric) if metric else None
        if one and one.row["status"] == "final":
            return one.row
    return None


def _camera_dates(choice: Choice) -> pl.DataFrame:
    return choice.release.rows("fct_camera_dates", programme_id=choice.place["programme_id"])


def _by_date(choice: Choice, areas: pl.DataFrame, dates: pl.DataFrame) -> None:
    placed = areas.join(dates, on="area_id", how="left")
    said, figure = [], []
    for row in placed.iter_rows(named=True):
        said.append(_when(row["earliest"], row["latest"]))
        figure.append(f"{row['latest']:%b %y}" if row["latest"] else "not known")
    is_cohort = pl.col("earliest").dt.truncate("1mo") == pl.col("latest").dt.truncate("1mo")
    shown = placed.with_columns(
        value=pl.when(is_cohort).then(pl.col("latest").cast(pl.Int32).cast(pl.Float64)),
        said=pl.Series(said),
        figure=pl.Series(figure),
    )
    title = captions.title(
        "When cameras came",
        choice,
        "the month; darker is later; grey: by that month at the latest",
    )
    _draw(choice, shown, title, CAMERAS, grey="the month is not known, only bounds")
    promise_record.rollout(choice, dates)
    first = ("area_id", "earliest", "latest")
    tables.released_table(choice, dates, "fct_camera_dates", "camera_dates", first)


def _when(earliest: Any, latest: Any) -> str:
    if earliest is None and latest is None:
        return "not known"
    if earliest == latest:
        return day(latest)
    low = f"not before {day(earliest)}" if earliest else ""
    high = f"by {day(latest)}" if latest else ""
    return ", ".join(filter(None, (low, high)))


def _draw(
    choice: Choice, shown: pl.DataFrame, title: str, what: str, grey: str = "no figure"
) -> None:
    chart = tile_map(shown, title, str(choice.area["label"]))
    words = f"Tile map: {what}. All values are in the table below."
    st.altair_chart(chart, width="stretch", alt=words)
    steps = (
        "Five steps of blue with as many areas each, from the lowest (light) to the highest; no "
        "step is good or bad."
    )
    if shown["value"].drop_nulls().n_unique() == 1:
        steps = "Every area with a figure has the same."
    st.caption(f"Equal tiles, roughly where the areas lie. {steps} Grey: {grey}.")
