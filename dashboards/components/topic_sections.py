"""Sections that pages of a subject open below their profile, one at a time.

What happened before and after the cameras, with a randomised comparison where there is one; figures
side by side, as a set or in the parts of a breakdown; what has no footage or no link, and why; and
what others publish of their cameras.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.metric import changes
from dashboards.components import tables
from dashboards.data import metric_rows, topics
from dashboards.data.choice import Choice
from dashboards.data.topics import Topic
from dashboards.text import captions, figures, notices
from dashboards.text import evidence as evidence_text
from dashboards.text.formats import between, escape, span

WITH_A_FIGURE = ("final", "low")
UNSTATED = "not stated"
SPLITS = (
    ("is_domestic_abuse", "Domestic abuse and other cases", ""),
    ("camera_evidence_used", "With and without camera evidence", notices.ASSOCIATION),
)
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
ACTIVATION = "fct_published_activation"
ACTIVATION_FIRST = (
    "agency", "measure_name", "published_value", "published_unit", "published_from",
    "published_to", "counted_what", "who_counts", "source_url",
)  # fmt: skip
ACTIVATION_KINDS = {
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


def trials(choice: Choice, outcome_groups: tuple[str, ...]) -> None:
    """Randomised studies of these outcomes, each with its change over time, never alone."""
    rows = trials_of(choice)
    if rows.is_empty():
        return
    wanted = topics.studies_of_area(
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
    st.markdown(f"**{escape(metric['label'])}**  \n{figures.compared_periods(first)}")
    if here.is_empty():
        st.markdown(figures.no_row("before and after"))
    for row in here.iter_rows(named=True):
        st.markdown(figures.sentence(row["what_happened"]))
        st.markdown(f"**How sure are we?** {figures.sure_of_change(row, metric)}")
    near = rows.join(metric_rows.among(choice).select("area_id"), on="area_id", how="semi")
    with st.expander("By area: chart, table and download"):
        if not near.filter(status="final").is_empty():
            what = f"Change in {metric['label'].lower()}"
            title = captions.title(what, choice, first["comparison_label"])
            chart = changes(near.sort("sort_order"), title, str(choice.area["label"]))
            st.altair_chart(chart, width="stretch", alt=f"{what}, by area. {notices.IN_TABLE}")
            st.caption(figures.change_caption(first, metric))
        st.markdown(f"Why these periods: {figures.sentence(first['why'])}")
        tables.released_table(choice, rows.drop("sort_order"), "fct_changes", f"change_{key}")


def _each_comparison(choice: Choice, metrics: list[dict[str, Any]]) -> None:
    for metric in metrics:
        rows = _changes(choice, str(metric["metric_id"]))
        for name in rows["comparison"].unique(maintain_order=True).to_list():
            key = f"{metric['metric_id']}_{name}"
            _comparison(choice, rows.filter(comparison=name), metric, key)


def before_and_after(choice: Choice, topic: Topic) -> None:
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
    _each_comparison(choice, metrics)
    if not tried:
        st.markdown(f"**{notices.RANDOMISED}.** {notices.NO_TRIAL}")
    trials(choice, topic.outcomes)


def cell(row: metric_rows.Row | None, metric: metric_rows.Row) -> str:
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


def parts_of(choice: Choice, name: str, breakdown: str) -> dict[str, metric_rows.Row]:
    """Rows of a breakdown in the period that is shown for the metric, by their part."""
    row = metric_rows.headline(choice, name)
    rows = metric_rows.parts(choice, name, row) if row else pl.DataFrame()
    if rows.is_empty():
        return {}
    return {str(e["breakdown_value"]): e for e in rows.filter(breakdown=breakdown).to_dicts()}


def _split_table(choice: Choice, names: Sequence[str], breakdown: str) -> str:
    """Metrics by parts as a table of text; empty when no part is stated."""
    found = [(metric, parts_of(choice, name, breakdown)) for name in names
             if (metric := metric_rows.metric(choice, name))]  # fmt: skip
    heads = sorted({part for _, rows in found for part in rows}, key=_unstated_last)
    if heads in ([], [UNSTATED]):
        return ""
    lines = [["Figure", *map(escape, heads)], ["---"] * (len(heads) + 1)]
    for metric, rows in found:
        if rows:
            cells = [cell(rows.get(part), metric) for part in heads]
            lines.append([escape(metric["label"]), *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _unstated_last(part: str) -> tuple[bool, bool, str]:
    return part == UNSTATED, part.startswith("not "), part


def splits(choice: Choice, names: Sequence[str]) -> bool:
    """Metrics in the parts of each split; false where there are none.

    A split that shows an association has a warning above it.
    """
    is_shown = False
    for breakdown, heading, warning in SPLITS:
        if table := _split_table(choice, names, breakdown):
            st.header(heading, divider="gray")
            if warning:
                st.warning(warning, icon=":material/link:")
            st.markdown(table)
            is_shown = True
    return is_shown


def _reasons_table(
    metric: metric_rows.Row, parts: dict[str, metric_rows.Row], breakdown: str
) -> str:
    """Parts of a figure as a table in words."""
    lines = [[HEADS[breakdown], escape(metric["label"])], ["---", "---"]]
    lines += [
        [escape(part).capitalize(), cell(row, metric)]
        for part, row in parts.items()
        if row["numerator"] != 0
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figure_and_parts(choice: Choice, name: str, breakdowns: Sequence[str]) -> list[str]:
    """One figure as a sentence, then its parts; nothing where it has no figure."""
    metric, row = metric_rows.metric(choice, name), metric_rows.headline(choice, name)
    if not metric or not row or row["status"] not in WITH_A_FIGURE:
        return []
    tables = [
        _reasons_table(metric, parts, breakdown)
        for breakdown in breakdowns
        if (parts := parts_of(choice, name, breakdown))
    ]
    return [f"**{escape(metric['label'])}.** {figures.performance(row, metric)}", *tables]


def reasons(choice: Choice, heading: str, name: str) -> bool:
    """What has no footage, by reason, under a heading; false where there is no figure."""
    if said := _figure_and_parts(choice, name, (REASON,)):
        st.header(heading, divider="gray")
        st.markdown(notices.FIRST_REASON)
        for block in said:
            st.markdown(block)
        return True
    return False


def links(choice: Choice) -> None:
    """How recordings were matched to events, how certain that is, and what was not matched."""
    st.markdown(notices.LINKED)
    blocks = [
        block for name, breakdowns in LINKS for block in _figure_and_parts(choice, name, breakdowns)
    ]
    if not blocks:
        st.info(figures.nothing(str(choice.programme["programme_name"])), icon=":material/info:")
    for block in blocks:
        st.markdown(block)


def published_activation(choice: Choice) -> bool:
    """A table for each kind of published figure, and the programme's own where it counts the same.

    False where a release has no such figures.
    """
    rows = choice.release.rows(ACTIVATION)
    if rows.is_empty():
        return False
    st.header("What others publish", divider="gray")
    st.caption(NOT_ONE_MEASURE)
    for kind, heading in ACTIVATION_KINDS.items():
        of_kind = rows.filter(measure_kind=kind)
        if of_kind.is_empty():
            continue
        with st.expander(f"{heading} ({of_kind.height})"):
            st.markdown("\n".join(f"- {line}" for line in own_figures(choice, of_kind)))
            ordered = of_kind.sort("agency", "activation_id")
            tables.released_table(
                choice, ordered, ACTIVATION, f"published_{kind}", ACTIVATION_FIRST
            )
    return True


def own_figures(choice: Choice, rows: pl.DataFrame) -> list[str]:
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
