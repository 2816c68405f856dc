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
    lines = [f"**{plain(comparisons.counts(row))}**", words.sentence(row["what_happened"])]
    return "\n\n".join([*lines, f"**How sure are we?** {comparisons.sure(row)}"])


def randomised(choice: Choice) -> bool:
    """The randomised comparisons of the programme, each with its counts; whether there is any."""
    programme = choice.place["programme_id"]
    rows = choice.release.rows("fct_estimates", programme_id=programme, is_randomised=True)
    st.markdown("**Compared by lot: a randomised trial**")
    if rows.is_empty():
        st.markdown(notices.NO_TRIAL)
        return False
    for row in rows.iter_rows(named=True):
        st.markdown(comparisons.estimate(row))
    with st.expander("The table of these comparisons, to read or to download"):
        st.dataframe(
            rows.drop("programme_id"), hide_index=True, alt="Table of randomised comparisons"
        )
        tables.download(rows, choice.release.name, "randomised_comparisons")
    return True


def _comparison(choice: Choice, rows: pl.DataFrame, metric: Mapping[str, Any], key: str) -> None:
    here = rows.filter(area_id=choice.place["area_id"])
    label = str(rows["comparison_label"][0])
    st.markdown(f"**{plain(metric['label'])}: {plain(label)}**")
    if here.is_empty():
        st.markdown(words.no_row("before and after"))
    for row in here.iter_rows(named=True):
        st.markdown(_sentences(row))
    if rows.filter(status="final").height > 1:
        title = f"Change in {metric['label'].lower()}, by area"
        st.altair_chart(charts.changes(rows, title), alt=f"{title}. {notices.IN_TABLE}")
        st.caption(comparisons.caption(rows.row(0, named=True), metric))
    with st.expander("The table of this comparison by area, to read or to download"):
        tables.plain_table(choice, rows, "fct_changes", f"change_{key}")


def show(choice: Choice, topics: tuple[str, ...] = ("complaints", "safety")) -> None:
    """Every before-and-after comparison of the programme beside its randomised one."""
    programme = choice.place["programme_id"]
    known = [row for topic in topics for row in figures.topic(choice, topic)]
    changed = choice.release.values("fct_changes", "metric_id", programme_id=programme)
    metrics = [metric for metric in known if metric["metric_id"] in changed]
    trial = choice.release.values("fct_estimates", "outcome", programme_id=programme)
    st.subheader("What happened, before and after", divider="gray")
    if not metrics and not trial:
        st.markdown(notices.NO_COMPARISON)
        return
    st.warning(notices.OTHER_THINGS, icon=":material/compare_arrows:")
    left, right = st.columns(2, gap="large")
    with left:
        if not metrics:
            st.markdown(notices.NO_BASELINE)
        for metric in metrics:
            rows = _changes(choice, str(metric["metric_id"]))
            for name in rows["comparison"].unique(maintain_order=True).to_list():
                key = f"{metric['metric_id']}_{name}"
                _comparison(choice, rows.filter(comparison=name), metric, key)
    with right:
        randomised(choice)
