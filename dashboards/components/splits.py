"""The same figures side by side: one set of metrics, or metrics in the parts of one breakdown."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text import figures, notices
from dashboards.text.formats import between, escape

WITH_A_FIGURE = ("final", "low")
UNSTATED = "not stated"
SPLITS = (
    ("is_domestic_abuse", "Domestic abuse and other cases", ""),
    ("camera_evidence_used", "With and without camera evidence", notices.ASSOCIATION),
)


def short(row: metric_rows.Row | None, metric: metric_rows.Row) -> str:
    """A cell of a table: the figure and its interval, or the count where it is too small."""
    if row is None:
        return ""
    if row["status"] == "low":
        return f"{figures.big(row, metric)} counted, too few"
    ends = between(row["interval_low"], row["interval_high"], str(metric["unit"]))
    if row["status"] != "final":
        return str(figures.big(row, metric))
    return f"**{escape(figures.with_unit(row, metric))}**{f', {ends}' if ends else ''}"


def together(choice: Choice, heading: str, why: str, names: Sequence[str]) -> bool:
    """Metrics to be read together, one line each, under a heading that says why; false for none."""
    lines = []
    for name in names:
        metric, row = metric_rows.metric(choice, name), metric_rows.headline(choice, name)
        if metric and row and row["status"] in WITH_A_FIGURE:
            lines.append(f"- {escape(metric['label'])}. {figures.performance(row, metric)}")
    if lines:
        st.header(heading, divider="gray")
        st.markdown(why)
        st.markdown("\n".join(lines))
    return bool(lines)


def parts(choice: Choice, name: str, breakdown: str) -> dict[str, metric_rows.Row]:
    """Rows of a breakdown in the period that is shown for the metric, by their part."""
    row = metric_rows.headline(choice, name)
    rows = metric_rows.parts(choice, name, row) if row else pl.DataFrame()
    if rows.is_empty():
        return {}
    return {str(e["breakdown_value"]): e for e in rows.filter(breakdown=breakdown).to_dicts()}


def _table(choice: Choice, names: Sequence[str], breakdown: str) -> str:
    """Metrics by parts as a table of text; empty when no part is stated."""
    found = [(metric, parts(choice, name, breakdown)) for name in names
             if (metric := metric_rows.metric(choice, name))]  # fmt: skip
    heads = sorted({part for _, rows in found for part in rows}, key=_unstated_last)
    if heads in ([], [UNSTATED]):
        return ""
    lines = [["Figure", *map(escape, heads)], ["---"] * (len(heads) + 1)]
    for metric, rows in found:
        if rows:
            cells = [short(rows.get(part), metric) for part in heads]
            lines.append([escape(metric["label"]), *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _unstated_last(part: str) -> tuple[bool, bool, str]:
    return part == UNSTATED, part.startswith("not "), part


def show(choice: Choice, names: Sequence[str]) -> bool:
    """Metrics in the parts of each split; false where there are none.

    A split that shows an association has a warning above it.
    """
    is_shown = False
    for breakdown, heading, warning in SPLITS:
        if table := _table(choice, names, breakdown):
            st.header(heading, divider="gray")
            if warning:
                st.warning(warning, icon=":material/link:")
            st.markdown(table)
            is_shown = True
    return is_shown
