"""What a figure was when first published, and for how long figures of its kind are provisional."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards.components import tables
from dashboards.data.choice import Choice
from dashboards.text.formats import escape

Metric = Mapping[str, Any]
NEVER = "No figure of this area has changed since it was first published."
FIGURE = ("period_start", "breakdown_value", "first_value", "latest_value", "revision_count")
AGE = ("age_months", "share_of_latest_percent", "revision_percent", "months_judged")


def show(choice: Choice, metric: Metric) -> None:
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
