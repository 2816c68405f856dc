"""One measure in full: the figure in words, then chart, areas, parts, table, files and definition.

Areas stand as bars with intervals and in the funnel of their declared peers. About a measure are
its definition, source, coverage, how soon it settles, breaks, version and query.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.area_charts import bars, funnel
from dashboards.charts.landmarks import Landmarks
from dashboards.charts.metric import counts, dots, trend
from dashboards.charts.style import Layers
from dashboards.components import tables
from dashboards.data import headlines, metric_rows, sources
from dashboards.data.choice import Choice
from dashboards.files.released_files import Packaged
from dashboards.text import captions, figures
from dashboards.text.figures import sentence
from dashboards.text.formats import escape, period
from orchestration import paths

FEW = 3
SHOWN = ("final", "low")
CHART, TABLE, AREAS, PARTS = "Chart", "Table", "Compare areas", "In parts"
DOWNLOAD, ABOUT = "Download", "About"
Metric = Mapping[str, Any]
ChartAndRows = tuple[Layers, pl.DataFrame]
NEVER_REVISED = "No figure of this area has changed since it was first published."
REVISED_FIRST = ("period_start", "breakdown_value", "first_value", "latest_value", "revision_count")
AGE_FIRST = ("age_months", "share_of_latest_percent", "revision_percent", "months_judged")


def show(choice: Choice, metric: Metric, coverage: str = "") -> None:
    """What a measure shows for the chosen programme, area and period.

    `coverage` names the metric that says how complete this one is.
    """
    st.header(escape(metric["label"]), divider="gray")
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
    if view == AREAS:
        show_areas(choice, metric, rows[0])
    elif view == DOWNLOAD:
        _download(choice, metric, rows[0])
    elif view == ABOUT:
        show_about(choice, metric, rows[0], coverage)
    elif view == TABLE:
        over_time = _over_time_rows(choice, metric, rows[0])
        tables.show(choice, over_time, metric, f"{name}_time")
    else:
        _draw(choice, metric, rows[0], str(view))


def _say(
    choice: Choice, metric: Metric, rows: list[metric_rows.Row], before: metric_rows.Row | None
) -> None:
    """The figure in a sentence with that of a year before; the whole time comes second.

    A measure that exists only in parts has a sentence per part.
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
    if whole and any(whole[end] != rows[0][end] for end in ("period_start", "period_end")):
        st.markdown(figures.performance(whole, metric))
    if without := metric_rows.refused(choice, str(metric["metric_id"]), whole or rows[0]):
        st.markdown(f"{figures.when(without)}: {figures.sentence(without['status_reason'])}")


def _views(choice: Choice, metric: Metric, row: metric_rows.Row) -> list[str]:
    """Views with something to see."""
    name = str(metric["metric_id"])
    views = [CHART, TABLE]
    if row["breakdown"] == "all":
        if len(metric_rows.by_area(choice, name, row)) > 1:
            views.append(AREAS)
        if not _parts(choice, name, row)[1].is_empty():
            views.append(PARTS)
    return [*views, DOWNLOAD, ABOUT]


def _download(choice: Choice, metric: Metric, row: metric_rows.Row) -> None:
    """The rows behind the views as files, each of which says whose figures it holds."""
    name = str(metric["metric_id"])
    st.markdown(captions.DOWNLOADS)
    over_time = _over_time_rows(choice, metric, row)
    if not over_time.is_empty():
        st.markdown(f"**Through time:** {escape(choice.where)}, {over_time.height} rows")
        _files(choice, metric, over_time.drop("label"), f"{name}_time")
    by_area = metric_rows.by_area(choice, name, row)
    if by_area.height > 1:
        st.markdown(f"**By area:** {figures.when(row)}, {by_area.height} areas")
        _files(choice, metric, by_area.drop("label", "sort_order"), f"{name}_areas")


def _files(choice: Choice, metric: Metric, rows: pl.DataFrame, name: str) -> None:
    tables.download(choice, rows, Packaged("fct_metrics", name, str(metric["label"])))


def _draw(choice: Choice, metric: Metric, row: metric_rows.Row, view: str) -> None:
    chart, rows = {CHART: _over_time, PARTS: _in_parts}[view](choice, metric, row)
    ends = captions.ends(rows.to_dicts(), metric) if view == CHART else []
    words = captions.alt(str(metric["label"]), choice.where, view, ends)
    st.altair_chart(chart, width="stretch", alt=words)
    said = captions.marks(metric, rows.to_dicts()) + _two_populations(choice, metric, view)
    if said:
        st.caption(said.strip())
    if view != CHART:
        tables.show(
            choice, rows, metric, f"{metric['metric_id']}_{view.rsplit(maxsplit=1)[-1].lower()}"
        )


def _two_populations(choice: Choice, metric: Metric, view: str) -> str:
    """A notice where the whole and its areas are drawn together but do not count the same."""
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
    name, grain = str(metric["metric_id"]), str(rows["period_grain"][0])
    source, where = "; ".join(sources.producers(choice, name)), choice.where
    heading = figures.finding(row, metric)
    title = captions.title(heading, choice, metric["label"], where, source=source)
    if rows["period_start"].n_unique() <= FEW:
        when = rows if row["breakdown"] != "all" else rows.with_columns(label=pl.col("period"))
        return dots(when, metric, title), rows
    marks = _landmarks(choice, metric)
    if figures.is_counted(metric, rows["status"].to_list()):
        what = figures.first_part(metric["numerator_words"])
        counted = captions.title(f"Counts: {what}", choice, metric["label"], where, source=source)
        return counts(
            rows, metric, counted if metric["kind"] not in figures.COUNTED else title, marks
        ), rows
    peers = metric_rows.of_peers(choice, name, grain)
    if row["breakdown"] != "all" or peers.is_empty():
        return trend(rows, metric, title, marks=marks), rows
    beside = f"{where}, and {choice.peers.label} in grey"
    title = captions.title(heading, choice, metric["label"], beside, source=source)
    return trend(rows, metric, title, peers, marks), rows


def _landmarks(choice: Choice, metric: Metric) -> Landmarks:
    """The start of cameras in the area, the target that was promised, and breaks of the measure."""
    breaks = metric_rows.breaks(choice, str(metric["metric_id"]))
    return Landmarks(
        headlines.cameras_from(choice),
        headlines.promised_target(choice, metric),
        tuple((each["break_date"], str(each["what"]).rstrip(".")) for each in breaks),
    )


def _in_parts(choice: Choice, metric: Metric, row: metric_rows.Row) -> ChartAndRows:
    of, parts = _parts(choice, str(metric["metric_id"]), row)
    rows = tables.named(parts).with_columns(label=pl.col("breakdown_value"))
    source = "; ".join(sources.producers(choice, str(metric["metric_id"])))
    title = captions.title(
        metric["label"], choice, choice.area["label"], figures.when(of), source=source
    )
    return dots(rows, metric, title), rows


def _parts(
    choice: Choice, metric_id: str, row: metric_rows.Row
) -> tuple[metric_rows.Row, pl.DataFrame]:
    """The parts of a figure, or of the whole time where it has none itself, and which it is."""
    parts = metric_rows.parts(choice, metric_id, row)
    whole = metric_rows.headline(choice, metric_id)
    if parts.is_empty() and whole is not None:
        return whole, metric_rows.parts(choice, metric_id, whole)
    return row, parts


def _absent(choice: Choice, metric: Metric, rows: list[metric_rows.Row]) -> None:
    elsewhere = metric_rows.areas_with(choice, str(metric["metric_id"]))
    why = figures.why_not(rows[0], metric) if rows else figures.no_row(choice.period, elsewhere)
    st.info(why, icon=":material/info:")
    with st.expander("What this measure would be"):
        st.markdown(f"**Why it matters.** {figures.sentence(metric['why_it_matters'])}")
        define(choice, metric)


def show_areas(choice: Choice, metric: Metric, row: metric_rows.Row) -> None:
    """The figure of every area among the chosen peers, and what chance alone would leave."""
    name = str(metric["metric_id"])
    rows = tables.named(metric_rows.by_area(choice, name, row))
    source = "; ".join(sources.producers(choice, name))
    when = figures.when(row)
    what = f"{metric['label']} in {choice.where} and {choice.peers.label}, {when}"
    title = captions.title(what, choice, source=source)
    with_text = rows.with_columns(text=_texts(rows, metric), value=_plotted("value", metric))
    drawn = with_text.with_columns(
        _plotted(end, metric) for end in ("interval_low", "interval_high")
    )
    unit = figures.unit_in_words(metric)
    words = captions.alt(str(metric["label"]), choice.where, "Compare areas", [])
    st.altair_chart(bars(drawn, title, unit, str(choice.area["label"])), width="stretch", alt=words)
    st.caption(captions.BARS)
    _funnel(choice, metric, unit, source)
    tables.show(choice, rows, metric, f"{name}_areas")


def _funnel(choice: Choice, metric: Metric, unit: str, source: str) -> None:
    rows = headlines.compared_areas(choice, str(metric["metric_id"]))
    if rows.is_empty():
        st.markdown(captions.NOT_COMPARED)
        return
    one = rows.row(0, named=True)
    st.markdown(f"**{escape(one['peer_set_name'])}.** {sentence(one['peer_reason'])}")
    if not headlines.has_funnel(rows):
        st.markdown(sentence(one["comparison_words"]))
        return
    said = captions.beyond(rows.filter("is_beyond_luck")["label"].to_list())
    st.markdown(sentence(one["comparison_words"]))
    when = period("year", one["period_start"], one["period_end"])
    title = captions.title(f"{said} {metric['label']}, {when}", choice, source=source)
    ready = rows.with_columns(base=pl.col("denominator"), text=_texts(rows, metric))
    chart = funnel(
        ready, title, unit, figures.first_part(metric["denominator_words"]),
        str(choice.area["label"]),
    )  # fmt: skip
    alt = f"Funnel of {metric['label']}, {when}. {said} All values are in the table below."
    st.altair_chart(chart, width="stretch", alt=alt)
    st.caption(captions.FUNNEL)
    with st.expander("The table behind the funnel, to read or to download"):
        order = ("label", "value", "peer_median", "limit_998_low", "limit_998_high")
        plain = rows.drop("sort_order", "status", "is_provisional")
        tables.released_table(
            choice, plain, "fct_area_comparisons", f"funnel_{metric['metric_id']}", order
        )


def _texts(rows: pl.DataFrame, metric: Metric) -> pl.Series:
    said = [
        figures.short(row, metric) if row["status"] else "no figure"
        for row in rows.iter_rows(named=True)
    ]
    return pl.Series(said, dtype=pl.String)


def _plotted(name: str, metric: Metric) -> pl.Expr:
    """A column where it may be drawn: a rate only where it is final."""
    shown = ["final", "low"] if metric["kind"] in figures.COUNTED else ["final"]
    return pl.when(pl.col("status").is_in(shown)).then(pl.col(name)).alias(name)


def show_about(choice: Choice, metric: Metric, row: metric_rows.Row, coverage: str) -> None:
    """What the measure is, how sure and how complete it is, and how it has been revised."""
    st.markdown(f"**Why it matters.** {figures.sentence(metric['why_it_matters'])}")
    st.markdown(f"**How sure are we?** {figures.sure(row, metric)}")
    if coverage:
        _complete(choice, coverage)
    define(choice, metric)
    st.markdown("\n".join(f"- {line}" for line in _origin(choice, metric)))
    _query(metric)
    _revisions(choice, metric)


def _origin(choice: Choice, metric: Metric) -> list[str]:
    """Source, coverage and latency of the measure, one line each."""
    name = str(metric["metric_id"])
    made_by = sources.of_metric(choice, name)
    months = choice.release.rows(
        "fct_metrics", metric_id=name, period_grain="month", **choice.place, **metric_rows.ALL
    )
    rules = choice.release.rows(
        "fct_provisional_periods", programme_id=choice.place["programme_id"], metric_id=name
    )
    rule = rules.row(0, named=True) if rules.height else None
    return [
        captions.sources_of(made_by.to_dicts()),
        captions.coverage(months.to_dicts()),
        captions.latency(metric, rule),
    ]


def _query(metric: Metric) -> None:
    """The query itself, from the code that this server runs."""
    name = f"models/metrics/{metric['topic']}/met_{metric['metric_id']}.sql"
    st.markdown(f"**The query:** `{name}`")
    file = paths.ROOT / name
    if file.is_file():
        with st.expander("Read the query (SQL)"):
            st.code(file.read_text(encoding="utf-8"), language="sql", wrap_lines=True)


def define(choice: Choice, metric: Metric) -> None:
    """The definition in full, with the breaks of the programme."""
    breaks = captions.broken(metric_rows.breaks(choice, str(metric["metric_id"])))
    st.markdown(figures.definition(metric, breaks))


def _complete(choice: Choice, coverage: str) -> None:
    metric, row = metric_rows.metric(choice, coverage), metric_rows.headline(choice, coverage)
    if metric and row:
        st.markdown(f"**How complete is it?** {figures.performance(row, metric)}")


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
            tables.released_table(
                choice, ages, "fct_revision_triangle", f"{name}_triangle", AGE_FIRST
            )
        _changed(choice, name, choice.release.rows("fct_revisions", **choice.place, metric_id=name))


def _changed(choice: Choice, name: str, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        st.markdown(NEVER_REVISED)
        return
    st.markdown("**Figures that changed, or came later than the rest of their period**")
    order = rows.sort("period_grain", "period_start", "breakdown", "breakdown_value")
    tables.released_table(choice, order, "fct_revisions", f"{name}_revisions", REVISED_FIRST)
