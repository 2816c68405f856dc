"""What happened before and after the cameras, with a randomised comparison where there is one."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.metric import changes
from dashboards.components import tables
from dashboards.data import metric_rows, study_rows
from dashboards.data.choice import Choice
from dashboards.data.topics import Topic
from dashboards.text import captions, figures, notices
from dashboards.text import changes as change_text
from dashboards.text import evidence as evidence_text
from dashboards.text.formats import escape


def _changes(choice: Choice, metric_id: str) -> pl.DataFrame:
    """Changes of a metric in every area of the programme, in the order of the area tree."""
    programme = choice.place["programme_id"]
    rows = choice.release.rows("fct_changes", programme_id=programme, metric_id=metric_id)
    if rows.is_empty():
        return rows
    names = choice.areas.select("area_id", "label", "sort_order")
    return rows.join(names, on="area_id").sort("comparison_start", "comparison", "sort_order")


def trials_of(choice: Choice) -> pl.DataFrame:
    """Randomised studies of the programme that have an estimate."""
    rows = choice.release.rows(
        "fct_studies", programme_id=choice.place["programme_id"], is_randomised=True
    )
    return rows.filter(pl.col("estimate").is_not_null()).sort("study_id") if rows.width else rows


def trial(choice: Choice, outcome_groups: tuple[str, ...]) -> None:
    """Randomised studies of these outcomes, each with its change over time, never alone."""
    rows = trials_of(choice)
    if rows.is_empty():
        return
    wanted = study_rows.of_the_area(
        choice, rows.filter(pl.col("outcome_group").is_in(outcome_groups))
    )
    if wanted.is_empty():
        return
    names = dict(choice.areas.select("area_id", "label").iter_rows())
    for row in wanted.iter_rows(named=True):
        where = evidence_text.studied(row, names)
        st.markdown(f"**{escape(row['study_title'])}**{f': {escape(where)}' if where else ''}")
        left, right = st.columns(2, gap="large", border=True)
        left.markdown(f"**{notices.RANDOMISED}**")
        left.markdown(figures.sentence(row["words"]))
        right.markdown(f"**{notices.OVER_TIME}**")
        right.markdown(figures.sentence(row["before_after_words"]))
    with st.expander("The table of these comparisons, to read or to download"):
        tables.released_table(choice, wanted, "fct_studies", "trial_comparisons")


def _comparison(choice: Choice, rows: pl.DataFrame, metric: Mapping[str, Any], key: str) -> None:
    here = rows.filter(area_id=choice.place["area_id"])
    first = rows.row(0, named=True)
    st.markdown(f"**{escape(metric['label'])}**  \n{change_text.periods(first)}")
    if here.is_empty():
        st.markdown(figures.no_row("before and after"))
    for row in here.iter_rows(named=True):
        st.markdown(figures.sentence(row["what_happened"]))
        st.markdown(f"**How sure are we?** {change_text.sure(row, metric)}")
    near = rows.join(metric_rows.among(choice).select("area_id"), on="area_id", how="semi")
    with st.expander("By area: chart, table and download"):
        if not near.filter(status="final").is_empty():
            what = f"Change in {metric['label'].lower()}"
            title = captions.title(what, choice, first["comparison_label"])
            chart = changes(near.sort("sort_order"), title, str(choice.area["label"]))
            st.altair_chart(chart, width="stretch", alt=f"{what}, by area. {notices.IN_TABLE}")
            st.caption(change_text.caption(first, metric))
        st.markdown(f"Why these periods: {figures.sentence(first['why'])}")
        tables.released_table(choice, rows.drop("sort_order"), "fct_changes", f"change_{key}")


def _before_and_after(choice: Choice, metrics: list[dict[str, Any]]) -> None:
    for metric in metrics:
        rows = _changes(choice, str(metric["metric_id"]))
        for name in rows["comparison"].unique(maintain_order=True).to_list():
            key = f"{metric['metric_id']}_{name}"
            _comparison(choice, rows.filter(comparison=name), metric, key)


def show(choice: Choice, topic: Topic) -> None:
    """Every before-and-after comparison of the programme, with its randomised one."""
    programme = choice.place["programme_id"]
    changed = choice.release.values("fct_changes", "metric_id", programme_id=programme)
    metrics = [row for row in metric_rows.on(choice, topic.topics) if row["metric_id"] in changed]
    tried = not trials_of(choice).is_empty()
    st.header("What happened, before and after", divider="gray")
    if not metrics and not tried:
        st.markdown(notices.NO_COMPARISON)
        return
    st.warning(notices.OTHER_THINGS, icon=":material/compare_arrows:")
    _before_and_after(choice, metrics)
    if not tried:
        st.markdown(f"**{notices.RANDOMISED}.** {notices.NO_TRIAL}")
    trial(choice, topic.outcomes)
