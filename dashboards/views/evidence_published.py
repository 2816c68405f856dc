"""What others have published, with the chosen programme's own estimates next to it."""

from typing import Literal

import polars as pl
import streamlit as st

from dashboards.charts.forest import forest
from dashboards.components import tables
from dashboards.data.choice import Choice
from dashboards.text import captions, notices
from dashboards.text import evidence as evidence_text
from dashboards.text.evidence import MEASURES, OUTCOMES

FIRST = (
    "evidence_grade", "study_citation", "site", "outcome_name", "effect_measure",
    "published_effect", "effect_low", "effect_high", "design_class", "source_url",
)  # fmt: skip


def points(choice: Choice) -> pl.DataFrame:
    """Published figures and those of the chosen programme."""
    rows = choice.release.rows("fct_evidence_points")
    if rows.is_empty():
        return rows
    ours = pl.col("programme_id") == choice.place["programme_id"]
    return rows.filter(~pl.col("is_local") | ours)


def among(choice: Choice) -> None:
    """One outcome in one measure: the chart, what is not averaged and why, and the table."""
    rows = points(choice)
    if rows.is_empty():
        st.markdown(evidence_text.NO_PUBLISHED)
        return
    left, right = st.columns(2)
    outcome = _pick(left, "outcome", OUTCOMES, rows)
    rows = rows.filter(outcome_group=outcome)
    measure = _pick(right, "measure", MEASURES, rows)
    plotted = rows.filter(effect_measure=measure)
    what = f"{OUTCOMES[outcome]}: {MEASURES[measure].lower()}"
    place = evidence_text.how_many(plotted.height, plotted.filter("is_local").height)
    alt = f"Findings with intervals. {what}. {place}. {notices.IN_TABLE}"
    title = captions.published(what, choice, place)
    st.altair_chart(forest(plotted, title), width="stretch", alt=alt)
    st.caption(evidence_text.FOREST)
    st.markdown(f"{evidence_text.LIKE_ONLY} {evidence_text.not_averaged(_trials(plotted))}")
    found = set(rows["effect_measure"]) - {measure}
    if others := [said for name, said in MEASURES.items() if name in found]:
        st.markdown(f"This outcome is also published in other measures: {'; '.join(others)}.")
    with st.expander("The table behind this chart, to read or to download"):
        columns = ("point_label", "point_value", "point_low", "point_high", "evidence_grade")
        tables.released_table(
            choice, plotted.drop("programme_id"), "fct_evidence_points", "findings", columns
        )


def _pick(
    place: st.delta_generator.DeltaGenerator,
    key: Literal["outcome", "measure"],
    names: dict[str, str],
    rows: pl.DataFrame,
) -> str:
    """A kind of those found, those with a figure of the programme first; kept in the address."""
    column = {"outcome": "outcome_group", "measure": "effect_measure"}[key]
    ours, found = set(rows.filter("is_local")[column]), set(rows[column])
    ordered = sorted((name for name in names if name in found), key=lambda name: name not in ours)
    known = {names[name]: name for name in ordered}
    asked = place.selectbox(key.capitalize(), list(known), key=key, bind="query-params")
    return known.get(str(asked), ordered[0])


def _trials(plotted: pl.DataFrame) -> int:
    """Randomised trials that have an interval; several figures of one publication count once."""
    tried = plotted.filter(
        (pl.col("design_class") == "randomised") & pl.col("point_low").is_not_null()
    )
    return tried.select(pl.coalesce("study_citation", "point_id")).n_unique() if len(tried) else 0


def library(choice: Choice) -> None:
    """Every published finding, with grade and source."""
    rows = choice.release.rows("fct_published_effects")
    if rows.is_empty():
        st.markdown(evidence_text.NO_PUBLISHED)
        return
    st.markdown(evidence_text.NOT_FOUND_TOO)
    st.markdown(evidence_text.GRADES)
    tables.released_table(
        choice, rows.sort("evidence_grade", "effect_id"), "fct_published_effects", "library", FIRST
    )
