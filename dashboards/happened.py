"""Before and after, as what happened; beside it a randomised comparison where there is one."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards import charts, comparisons, figures, notices, tables, words
from dashboards.choose import Choice
from dashboards.formats import plain


def _changes(choice: Choice, metric_id: str) -> pl.DataFrame:
    """Changes of a metric in every area of the programme, in the order of the area tree."""
    programme = choice.place["programme_id"]
    rows = choice.release.rows("fct_changes", programme_id=programme, metric_id=metric_id)
    if rows.is_empty():
        return rows
    names = choice.areas.select("area_id", "label", "sort_order")
    return rows.join(names, on="area_id").sort("comparison_start", "comparison", "sort_order")


def _sentences(row: Mapping[str, Any]) -> str:
    if row["status"] != "final":
        return comparisons.not_shown(row)
    first = f"**{plain(comparisons.counts(row))}.** {comparisons.rates(row)}"
    return f"{first}\n\n**How sure are we?** {comparisons.sure(row)}"


def trial(choice: Choice, outcome: str = "") -> bool:
    """Randomised comparisons whose outcome has this word in it; whether there is any."""
    programme = choice.place["programme_id"]
    rows = choice.release.rows("fct_estimates", programme_id=programme, is_randomised=True)
    rows = (
        rows.filter(pl.col("outcome").str.contains(outcome, literal=True)) if rows.width else rows
    )
    if rows.is_empty():
        return False
    st.markdown("**Compared by lot: a randomised trial**")
    for row in rows.iter_rows(named=True):
        st.markdown(comparisons.estimate(row))
    with st.expander("The table of these comparisons, to read or to download"):
        tables.plain_table(choice, rows, "fct_estimates", "randomised_comparisons")
    return True


def _comparison(choice: Choice, rows: pl.DataFrame, metric: Mapping[str, Any], key: str) -> None:
    here = rows.filter(area_id=choice.place["area_id"])
    first = rows.row(0, named=True)
    st.markdown(f"**{plain(metric['label'])}: {plain(first['comparison_label'])}**")
    if here.is_empty():
        st.markdown(words.no_row("before and after"))
    for row in here.iter_rows(named=True):
        st.markdown(_sentences(row))
    near = rows.join(figures.family(choice).select("area_id"), on="area_id", how="semi")
    if near.filter(status="final").height > 1:
        title = f"Change in {metric['label'].lower()}"
        chart = charts.changes(near.sort("sort_order"), title, str(choice.area["label"]))
        st.altair_chart(chart, width="stretch", alt=f"{title}, by area. {notices.IN_TABLE}")
        st.caption(comparisons.caption(first, metric))
    with st.expander("The table of this comparison by area, to read or to download"):
        st.markdown(f"Why these periods: {words.sentence(first['why'])}")
        tables.plain_table(choice, rows.drop("sort_order"), "fct_changes", f"change_{key}")


def _before_and_after(choice: Choice, metrics: list[dict[str, Any]]) -> None:
    if not metrics:
        st.markdown(notices.NO_BASELINE)
    for metric in metrics:
        rows = _changes(choice, str(metric["metric_id"]))
        for name in rows["comparison"].unique(maintain_order=True).to_list():
            key = f"{metric['metric_id']}_{name}"
            _comparison(choice, rows.filter(comparison=name), metric, key)


def show(choice: Choice, topics: tuple[str, ...]) -> None:
    """Every before-and-after comparison of the programme beside its randomised one."""
    programme = choice.place["programme_id"]
    changed = choice.release.values("fct_changes", "metric_id", programme_id=programme)
    metrics = [row for row in figures.on(choice, topics) if row["metric_id"] in changed]
    tried = choice.release.values("fct_estimates", "outcome", programme_id=programme)
    st.subheader("What happened, before and after", divider="gray")
    if not metrics and not tried:
        st.markdown(notices.NO_COMPARISON)
        return
    st.warning(notices.OTHER_THINGS, icon=":material/compare_arrows:")
    left, right = st.columns([3, 2], gap="large")
    with left:
        _before_and_after(choice, metrics)
    with right:
        if not trial(choice):
            st.markdown(f"**Compared by lot.** {notices.NO_TRIAL}")
