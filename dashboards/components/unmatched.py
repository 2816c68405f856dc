"""What has no footage or no link, and why; and how links would change with the tolerance."""

from collections.abc import Sequence

import streamlit as st

from dashboards.components import splits
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text import figures, notices
from dashboards.text.formats import escape

REASON = "unmatched_reason"
LINKS = (
    ("recording_links", ("subject_kind", "link_method", "link_confidence")),
    ("links_by_match_window", ("match_window",)),
    ("activation_rate_by_match_window", ("match_window",)),
    ("recordings_without_link_share", (REASON,)),
    ("unfilmed_encounters", (REASON,)),
    ("complaints_without_footage_share", (REASON,)),
    ("cases_without_footage_share", (REASON,)),
    ("requests_without_footage_share", (REASON,)),
)
HEADS = {
    REASON: "Reason",
    "subject_kind": "Linked to",
    "link_method": "Method",
    "link_confidence": "Confidence",
    "match_window": "Tolerance",
}


def _table(metric: metric_rows.Row, parts: dict[str, metric_rows.Row], breakdown: str) -> str:
    """Parts of a figure as a table in words."""
    lines = [[HEADS[breakdown], escape(metric["label"])], ["---", "---"]]
    lines += [
        [escape(part).capitalize(), splits.short(row, metric)]
        for part, row in parts.items()
        if row["numerator"] != 0
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _say(choice: Choice, name: str, breakdowns: Sequence[str]) -> list[str]:
    """One figure as a sentence, then its parts; nothing where it has no figure."""
    metric, row = metric_rows.metric(choice, name), metric_rows.headline(choice, name)
    if not metric or not row or row["status"] not in splits.WITH_A_FIGURE:
        return []
    tables = [
        _table(metric, parts, breakdown)
        for breakdown in breakdowns
        if (parts := splits.parts(choice, name, breakdown))
    ]
    return [f"**{escape(metric['label'])}.** {figures.performance(row, metric)}", *tables]


def reasons(choice: Choice, heading: str, name: str) -> bool:
    """What has no footage, by reason, under a heading; false where there is no figure."""
    if said := _say(choice, name, (REASON,)):
        st.header(heading, divider="gray")
        st.markdown(notices.FIRST_REASON)
        for block in said:
            st.markdown(block)
        return True
    return False


def links(choice: Choice) -> None:
    """How recordings were matched to events, how certain that is, and what was not matched."""
    st.markdown(notices.LINKED)
    blocks = [block for name, breakdowns in LINKS for block in _say(choice, name, breakdowns)]
    if not blocks:
        st.info(figures.nothing(str(choice.programme["programme_name"])), icon=":material/info:")
    for block in blocks:
        st.markdown(block)
