"""What others publish about the use of their cameras, each figure with what it counts."""

import polars as pl
import streamlit as st

from dashboards.components import tables
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text.formats import escape, span

TABLE = "fct_published_activation"
FIRST = (
    "agency", "measure_name", "published_value", "published_unit", "published_from",
    "published_to", "counted_what", "who_counts", "source_url",
)  # fmt: skip
KINDS = {
    "activation": "Filmed, of what should have been",
    "unfilmed": "Not filmed",
    "late_start": "Begun late",
    "tagging": "Tagged wrongly or not at all",
    "review": "Reviewed",
    "access": "Handed out on request",
    "volume": "Volumes",
    "goal": "Aimed at, and not yet reached",
}
NOT_ONE_MEASURE = (
    "Every agency counts something else: dispatches, calls, uses of force or audited days. They"
    " stand in tables by kind and on no common axis, and a difference between two of them is first"
    " of all a difference of definition."
)
NOTHING_ALIKE = "No figure of this programme counts the same."


def show(choice: Choice) -> bool:
    """A table for each kind of published figure, and the programme's own where it counts the same.

    False where a release has no such figures.
    """
    rows = choice.release.rows(TABLE)
    if rows.is_empty():
        return False
    st.header("What others publish", divider="gray")
    st.caption(NOT_ONE_MEASURE)
    for kind, heading in KINDS.items():
        of_kind = rows.filter(measure_kind=kind)
        if of_kind.is_empty():
            continue
        with st.expander(f"{heading} ({of_kind.height})"):
            st.markdown("\n".join(f"- {line}" for line in own(choice, of_kind)))
            ordered = of_kind.sort("agency", "activation_id")
            tables.released_table(choice, ordered, TABLE, f"published_{kind}", FIRST)
    return True


def own(choice: Choice, rows: pl.DataFrame) -> list[str]:
    """The programme's last figure of each metric that counts nearly what some of these rows do."""
    found = []
    for metric_id in rows["comparable_metric"].drop_nulls().unique().sort().to_list():
        metric = metric_rows.metric(choice, metric_id)
        figures = metric_rows.of(choice, metric_id, status="final", **metric_rows.ALL)
        if metric is None or figures.is_empty():
            continue
        last = figures.sort("period_end", "period_start").row(-1, named=True)
        alike = rows.filter(comparable_metric=metric_id)["agency"].unique().sort().to_list()
        found.append(
            f"This programme: {escape(metric['label'])}, {last['value']:.1f} {metric['unit']},"
            f" {span(last['period_start'], last['period_end'])}. It counts nearly what is counted"
            f" by {escape(', '.join(alike))}, and by no other in this table."
        )
    return found or [NOTHING_ALIKE]
