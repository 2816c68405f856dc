"""One measure, opened: what it says in words, then chart, areas, parts, table and definition."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.metric import counts, dots, trend
from dashboards.charts.style import Layers
from dashboards.components import tables
from dashboards.data import headlines, metric_rows, sources
from dashboards.data.choice import Choice
from dashboards.text import captions, figures
from dashboards.text.formats import escape

FEW = 3
SHOWN = ("final", "low")
COUNTS = ("count", "distinct")
CHART, AREAS, PARTS, TABLE, ABOUT = "Chart", "Compare areas", "In parts", "Table", "About"
NEVER = "No figure of this area has changed since it was first published."
FIGURE = ("period_start", "breakdown_value", "first_value", "latest_value", "revision_count")
AGE = ("age_months", "share_of_latest_percent", "revision_percent", "months_judged")
Metric = Mapping[str, Any]
ChartAndRows = tuple[Layers, pl.DataFrame]


def show(choice: Choice, metric: Metric, coverage: str = "") -> None:
    """What a measure says for the chosen programme, area and period.

    `coverage` names the metric that says how complete this one is.
    """
    st.subheader(escape(metric["label"]), divider="gray")
    name = str(metric["metric_id"])
    first = headlines.of(choice, metric)
    row = first.row if first else metric_rows.headline(choice, name)
    rows = [row] if row else metric_rows.sides(choice, name)
    if not rows or rows[0]["status"] not in SHOWN:
        _absent(choice, metric, rows)
        return
    _say(choice, metric, rows, first.before if first else None)
    views = _views(choice, metric, rows[0])
    view = st.segmented_control(
        f"View of {metric['label']}",
        views,
        default=views[0],
        required=True,
        key="view",
        label_visibility="collapsed",
        bind="query-params",
    )
    if view == ABOUT:
        _about(choice, metric, rows[0], coverage)
    elif view == TABLE:
        over_time = _over_time_rows(choice, metric, rows[0])
        tables.show(choice, over_time, metric, f"{name}_time")
    else:
        _draw(choice, metric, rows[0], str(view))


def _say(
    choice: Choice, metric: Metric, rows: list[metric_rows.Row], before: metric_rows.Row | None
) -> None:
    """The figure in a sentence with that of a year before, and the whole time second.

    Where a measure exists only in parts, a sentence a part.
    """
    if rows[0]["breakdown"] != "all":
        for row in rows:
            part = escape(row["breakdown_value"]).capitalize()
            st.markdown(f"**{part}.** {figures.performance(row, metric)}")
        return
    changed = figures.against(before, rows[0], metric)
    year_before = f" That is {escape(changed)}." if changed else ""
    st.markdown(f"{figures.performance(rows[0], metric)}{year_before}")
    if why := figures.why_this_period(rows[0]):
        st.caption(why)
    whole = metric_rows.headline(choice, str(metric["metric_id"]))
    if whole and whole["period_grain"] != rows[0]["period_grain"]:
        st.markdown(figures.performance(whole, metric))
    if without := metric_rows.refused(choice, str(metric["metric_id"]), whole or rows[0]):
        st.markdown(f"{figures.when(without)}: {figures.sentence(without['status_reason'])}")


def _views(choice: Choice, metric: Metric, row: metric_rows.Row) -> list[str]:
    """Views with something to see."""
    name = str(metric["metric_id"])
    views = [CHART]
    if row["breakdown"] == "all":
        if len(metric_rows.by_area(choice, name, row)) > 1:
            views.append(AREAS)
        if not _parts(choice, name, row)[1].is_empty():
            views.append(PARTS)
    return [*views, TABLE, ABOUT]


def _draw(choice: Choice, metric: Metric, row: metric_rows.Row, view: str) -> None:
    chart, rows = {CHART: _over_time, AREAS: _by_area, PARTS: _in_parts}[view](choice, metric, row)
    ends = captions.ends(rows.to_dicts(), metric) if view == CHART else []
    words = captions.alt(str(metric["label"]), choice.where, view, ends)
    st.altair_chart(chart, width="stretch", alt=words)
    st.caption(_caption(choice, metric, rows) + _two_populations(choice, metric, view))
    if view != CHART:
        tables.show(
            choice, rows, metric, f"{metric['metric_id']}_{view.rsplit(maxsplit=1)[-1].lower()}"
        )


def _two_populations(choice: Choice, metric: Metric, view: str) -> str:
    """Where the whole and its areas are drawn together and do not count the same."""
    drawn = {*choice.peers.area_ids, str(choice.area["area_id"])}
    whole = choice.areas.filter(sort_order=0)["area_id"].to_list()
    if view == PARTS or len(drawn) == 1 or not drawn & {*whole}:
        return ""
    unplaced = metric_rows.unplaced_percent(choice, str(metric["metric_id"]))
    return captions.two_populations(unplaced, choice)


def _over_time_rows(choice: Choice, metric: Metric, row: metric_rows.Row) -> pl.DataFrame:
    in_parts = row["breakdown"] != "all"
    name = str(metric["metric_id"])
    rows = tables.named(metric_rows.over_time(choice, name, in_parts=in_parts))
    label = pl.col("breakdown_value") if in_parts else pl.lit(choice.where)
    return rows.with_columns(label=label)


def _over_time(choice: Choice, metric: Metric, row: metric_rows.Row) -> ChartAndRows:
    rows = _over_time_rows(choice, metric, row)
    title = captions.title(figures.finding(row, metric), choice, metric["label"])
    if rows["period_start"].n_unique() <= FEW:
        when = rows if row["breakdown"] != "all" else rows.with_columns(label=pl.col("period"))
        return dots(when, metric, title), rows
    rated = rows.filter(pl.col("status") == "final").height
    if metric["kind"] in COUNTS or rated < rows.height / 2:
        what = figures.first_part(metric["numerator_words"])
        counted = captions.title(f"Counts: {what}", choice, metric["label"])
        return counts(rows, metric, counted if metric["kind"] not in COUNTS else title), rows
    grain = str(rows["period_grain"][0])
    peers = metric_rows.of_peers(choice, str(metric["metric_id"]), grain)
    if row["breakdown"] != "all" or peers.is_empty():
        return trend(rows, metric, title), rows
    beside = f"{choice.where}, and {choice.peers.label} in grey"
    title = captions.title(figures.finding(row, metric), choice, metric["label"], beside)
    return trend(rows, metric, title, peers), rows


def _by_area(choice: Choice, metric: Metric, row: metric_rows.Row) -> ChartAndRows:
    rows = tables.named(metric_rows.by_area(choice, str(metric["metric_id"]), row))
    title = captions.title(metric["label"], choice, figures.when(row))
    return dots(rows, metric, title, str(choice.area["label"])), rows


def _in_parts(choice: Choice, metric: Metric, row: metric_rows.Row) -> ChartAndRows:
    of, parts = _parts(choice, str(metric["metric_id"]), row)
    rows = tables.named(parts).with_columns(label=pl.col("breakdown_value"))
    title = captions.title(metric["label"], choice, choice.area["label"], figures.when(of))
    return dots(rows, metric, title), rows


def _parts(
    choice: Choice, metric_id: str, row: metric_rows.Row
) -> tuple[metric_rows.Row, pl.DataFrame]:
    """The parts of a figure, or of the whole time where it has none itself, with whose they are."""
    parts = metric_rows.parts(choice, metric_id, row)
    whole = metric_rows.headline(choice, metric_id)
    if parts.is_empty() and whole is not None:
        return whole, metric_rows.parts(choice, metric_id, whole)
    return row, parts


def _breaks(choice: Choice, metric: Metric, rows: pl.DataFrame) -> list[metric_rows.Row]:
    ends: tuple[Any, Any] = (rows["period_start"].min(), rows["period_end"].max())
    return [
        row
        for row in metric_rows.breaks(choice, str(metric["metric_id"]))
        if all(ends) and ends[0] <= row["break_date"] <= ends[1]
    ]


def _caption(choice: Choice, metric: Metric, rows: pl.DataFrame) -> str:
    """One line: who made the data, and what the marks mean."""
    producers = sources.producers(choice, str(metric["metric_id"]))
    return captions.caption("; ".join(producers)) + captions.marks(
        metric, rows.to_dicts(), _breaks(choice, metric, rows)
    )


def _about(choice: Choice, metric: Metric, row: metric_rows.Row, coverage: str) -> None:
    """What the measure is, how sure and how complete it is, and how it has been revised."""
    st.markdown(f"**Why it matters.** {figures.sentence(metric['why_it_matters'])}")
    st.markdown(f"**How sure are we?** {figures.sure(row, metric)}")
    if coverage:
        _complete(choice, coverage)
    _define(choice, metric)
    st.markdown(f"**The query:** `models/metrics/{metric['topic']}/met_{metric['metric_id']}.sql`")
    _revisions(choice, metric)


def _define(choice: Choice, metric: Metric) -> None:
    breaks = captions.broken(metric_rows.breaks(choice, str(metric["metric_id"])))
    st.markdown(figures.definition(metric, breaks))


def _complete(choice: Choice, coverage: str) -> None:
    metric, row = metric_rows.metric(choice, coverage), metric_rows.headline(choice, coverage)
    if metric and row:
        st.markdown(f"**How complete is it?** {figures.performance(row, metric)}")


def _absent(choice: Choice, metric: Metric, rows: list[metric_rows.Row]) -> None:
    elsewhere = metric_rows.areas_with(choice, str(metric["metric_id"]))
    why = figures.why_not(rows[0], metric) if rows else figures.no_row(choice.period, elsewhere)
    st.info(why, icon=":material/info:")
    st.markdown(f"**Why it matters.** {figures.sentence(metric['why_it_matters'])}")
    _define(choice, metric)


def _revisions(choice: Choice, metric: Metric) -> None:
    """The rule by which periods are provisional, what it rests on, and figures that changed."""
    name, programme = str(metric["metric_id"]), choice.place["programme_id"]
    kind = {"programme_id": programme, "metric_id": name}
    rules = choice.release.rows("fct_provisional_periods", **kind)
    if rules.is_empty():
        return
    rule = rules.row(0, named=True)
    with st.expander("As first published, and for how long it is provisional"):
        st.markdown(f"{escape(rule['provisional_words'])} {escape(rule['history_words'])}")
        triangle = choice.release.rows("fct_revision_triangle", **kind)
        if not triangle.is_empty():
            st.markdown("**How much of a month was there at each age when it was released**")
            ages = triangle.sort("age_months").drop("programme_id", "metric_id")
            tables.released_table(choice, ages, "fct_revision_triangle", f"{name}_triangle", AGE)
        _changed(choice, name, choice.release.rows("fct_revisions", **choice.place, metric_id=name))


def _changed(choice: Choice, name: str, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        st.markdown(NEVER)
        return
    st.markdown("**Figures that changed, or came later than the rest of their period**")
    order = rows.sort("period_grain", "period_start", "breakdown", "breakdown_value")
    tables.released_table(choice, order, "fct_revisions", f"{name}_revisions", FIGURE)
