"""The register of promises: where each stands and why, its versions, and what was reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts import milestones
from dashboards.components import tables
from dashboards.data import metric_rows, release
from dashboards.data.choice import Choice
from dashboards.text import captions
from dashboards.text import promises as promise_text

Promise = Mapping[str, Any]
KINDS = {
    "delivery": "Delivered?",
    "money": "On budget?",
    "use": "Used?",
    "care": "Looked after?",
    "outcome": "Making a difference?",
    "caveat": "Not measurable as worded",
}


SEARCHES = "fct_promise_searches"
EQUIPPED = ("cameras", "officers", "officers and staff")
"""Quantities that one chart can hold: how far equipping had come."""


@dataclass(frozen=True)
class Record:
    """Promises with their statuses, and what stands behind them, each by `promise_id`."""

    promises: pl.DataFrame
    history: pl.DataFrame
    reports: pl.DataFrame
    searches: pl.DataFrame
    context: pl.DataFrame

    def of(self, rows: pl.DataFrame, promise: Promise) -> list[dict[str, Any]]:
        """Those of these rows that are of the promise; none where there is no such table."""
        return rows.filter(promise_id=promise["promise_id"]).to_dicts() if rows.width else []


# What a page is about, for promises that no released figure measures.
SUBJECTS = {
    "delivery": "delivery",
    "money": "delivery",
    "use": "device_use",
    "care": "footage_care",
}


def promises_of(choice: Choice) -> pl.DataFrame:
    """Promises of the programme with their status, in the order of the record."""
    programme = choice.place["programme_id"]
    promises = choice.release.rows("dim_promise", programme_id=programme)
    statuses = choice.release.rows("fct_promise_status", programme_id=programme)
    if promises.is_empty() or statuses.is_empty():
        return promises.clear()
    keys = ("programme_id", "promise_id")
    return promises.join(statuses.drop("metric_id"), on=keys).sort("promise_order")


def current_of(promises: pl.DataFrame) -> pl.DataFrame:
    """Promises in their latest version; the parts of one stand with it and are not counted."""
    return promises.filter(pl.col("superseded_by").is_null(), pl.col("part_of").is_null())


def reports_of(choice: Choice) -> pl.DataFrame:
    """What each report says of each promise, with where it is printed, by day."""
    said = _of(choice, "fct_promise_reports")
    events = _of(choice, "fct_milestones")
    if said.is_empty() or events.is_empty():
        return said.clear()
    keys = ("programme_id", "milestone_id")
    return said.join(events, on=keys).sort("milestone_date", "milestone_id")


def show(choice: Choice) -> None:
    """The counts by status, the promises by what they are about, and the record behind them."""
    promises = promises_of(choice)
    if promises.is_empty():
        st.info(promise_text.NONE, icon=":material/hourglass_empty:")
        return
    record = Record(
        promises,
        _history(choice),
        reports_of(choice),
        _of(choice, SEARCHES),
        _of(choice, "fct_promise_context"),
    )
    current = current_of(promises)
    st.markdown(promise_text.summary(current["promise_status"].to_list()))
    st.caption(promise_text.RULE)
    with st.expander("All of them at a glance", expanded=True):
        st.markdown(promise_text.at_a_glance(current.to_dicts()))
    for kind, heading in KINDS.items():
        of_kind = current.filter(promise_kind=kind)
        if of_kind.is_empty():
            continue
        st.subheader(heading, divider="gray")
        for promise in of_kind.iter_rows(named=True):
            _promise(choice, promise, record)
    _claims(choice, record)
    _record(choice, promises)
    _rollout(choice)
    _searched(choice, record)
    _statuses(choice, record.history)


def strip(choice: Choice, topics: tuple[str, ...]) -> None:
    """What was promised on the subject of a page, a line each; nothing where nothing was."""
    promises = promises_of(choice)
    if promises.is_empty():
        return
    metrics = choice.release.rows("dim_metric").select("metric_id", "topic")
    measured = promises.with_columns(pl.col("metric_id").cast(pl.String))
    named = current_of(measured.join(metrics, on="metric_id", how="left"))
    subject = pl.coalesce(
        "topic",
        pl.col("promise_kind").replace_strict(SUBJECTS, default=None, return_dtype=pl.String),
    )
    mine = named.filter(subject.is_in(topics)).sort("promise_order")
    if mine.is_empty():
        return
    st.markdown("**What was promised, and where it stands**")
    st.markdown("\n".join(f"- {promise_text.brief(each)}" for each in mine.to_dicts()))
    st.page_link(
        "app_pages/promises.py",
        label="Every promise, with its rule and source",
        icon=":material/arrow_forward:",
    )


def _of(choice: Choice, table: str) -> pl.DataFrame:
    """Rows of the programme; without columns where a release has no such table."""
    return choice.release.rows(table, programme_id=choice.place["programme_id"])


def _history(choice: Choice) -> pl.DataFrame:
    """Statuses by release, newest first; the release being read stands in by its name."""
    rows = _of(choice, "fct_promise_history")
    if rows.is_empty():
        return rows
    named = rows.with_columns(pl.col("release_id").fill_null(choice.release.name))
    return named.sort("promise_id", "release_number", descending=[False, True])


def _promise(choice: Choice, promise: Promise, record: Record) -> None:
    with st.container(border=True):
        left, right = st.columns([3, 2], gap="large")
        left.markdown(promise_text.wording(promise))
        left.caption(promise_text.made(promise))
        left.markdown(promise_text.source(promise))
        right.markdown(promise_text.standing(promise))
        right.markdown(promise_text.why(promise))
        right.caption(promise_text.rule(promise))
        mine = record.of(record.history, promise)
        if mine:
            right.caption(promise_text.history(mine, release.withdrawn()))
        said = promise_text.other_versions(promise, record.promises.to_dicts())
        if said:
            left.markdown(_lines(said))
        _behind(choice, promise, record)


def _behind(choice: Choice, promise: Promise, record: Record) -> None:
    """The parts of a promise, figures shown beside it, the reports on it and the searches."""
    parts = record.promises.filter(part_of=promise["promise_id"]).to_dicts()
    if parts:
        st.markdown("**Its parts**")
        st.markdown(_lines([promise_text.part(each) for each in parts]))
    for beside in record.of(record.context, promise):
        _beside(choice, promise, beside)
    reports = [row for each in behind(promise, record) for row in record.of(record.reports, each)]
    searches = promise_text.searches(record.of(record.searches, promise))
    if reports or searches:
        unique = list(dict.fromkeys(promise_text.reports(reports)))
        count = len({row["milestone_id"] for row in reports})
        noun = "report" if count == 1 else "reports"
        with st.expander(f"{count} {noun} on it, and the search for them"):
            st.markdown(_lines([*unique, *searches]))


def behind(promise: Promise, record: Record) -> list[Promise]:
    """The promise, its parts, and every version that it replaced with the parts of that."""
    found: list[Promise] = []
    version: Promise | None = promise
    while version is not None:
        found += [version, *record.promises.filter(part_of=version["promise_id"]).to_dicts()]
        name = version["supersedes"] or ""
        version = next(iter(record.promises.filter(promise_id=name).to_dicts()), None)
    return found


def _beside(choice: Choice, promise: Promise, beside: Promise) -> None:
    """A figure of another programme by period, with the day of the promise; nothing without one."""
    metric = metric_rows.metric(choice, str(beside["shown_metric_id"]))
    rows = choice.release.rows(
        "fct_metrics",
        programme_id=beside["shown_programme_id"],
        area_id=beside["shown_area_id"],
        metric_id=beside["shown_metric_id"],
        status="final",
        **metric_rows.ALL,
    )
    for grain in ("quarter", "year"):
        of_grain = rows.filter(period_grain=grain) if rows.width else rows
        if metric is not None and not of_grain.is_empty():
            said = promise_text.beside(promise, beside, metric)
            with st.expander(said):
                st.markdown(promise_text.decides_nothing(beside))
                title = captions.title(said, choice)
                unit = str(metric["unit"])
                chart = milestones.with_day(of_grain, promise["made_on"], unit, title)
                st.altair_chart(chart, width="stretch", alt=promise_text.beside_alt(said, of_grain))
                first = ("period_start", "period_end", "value", "numerator", "denominator")
                tables.released_table(
                    choice,
                    of_grain.sort("period_start"),
                    "fct_metrics",
                    f"beside_{promise['promise_id']}",
                    first,
                )
            return


def _lines(said: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in said)


def _claims(choice: Choice, record: Record) -> None:
    """What was stated and not promised, with the reports that speak of it."""
    stated = _of(choice, "dim_promise")
    claims = stated.filter(promise_kind="claim") if stated.width else stated
    if claims.is_empty():
        return
    st.subheader("Also said", divider="gray")
    st.caption(promise_text.CLAIMS)
    for claim in claims.sort("promise_order").iter_rows(named=True):
        with st.container(border=True):
            st.markdown(promise_text.claim(claim))
            said = promise_text.reports(record.of(record.reports, claim))
            found = promise_text.searches(record.of(record.searches, claim))
            if said or found:
                st.markdown(_lines([*said, *found]))


def _record(choice: Choice, promises: pl.DataFrame) -> None:
    """What was planned and reported by day, as a chart and a table; every version as a table."""
    events = choice.release.rows("fct_milestones", programme_id=choice.place["programme_id"])
    st.subheader("Planned and reported", divider="gray")
    counted = events.filter(pl.col("quantity_unit").is_in(EQUIPPED)) if events.width else events
    if not counted.is_empty():
        title = captions.title("Planned and reported", choice)
        chart = milestones.milestones(counted, title)
        st.altair_chart(chart, width="stretch", alt=promise_text.alt(counted.to_dicts()))
    if events.is_empty():
        st.markdown(promise_text.NO_EVENTS)
    else:
        ordered = events.sort("milestone_date", "milestone_id")
        first = ("milestone_date", "milestone", "planned_or_actual", "quantity", "publisher")
        tables.released_table(choice, ordered, "fct_milestones", "milestones", first)
    with st.expander("Every version of every promise, to read or to download"):
        first = ("wording", "promise_status", "promised_for", "supersedes", "rival_of")
        tables.released_table(choice, promises, "dim_promise", "promises", first)


def _rollout(choice: Choice) -> None:
    """The days or bounds of each area's first cameras, beside the totals that were stated."""
    dates, totals = _of(choice, "fct_camera_dates"), _of(choice, "fct_rollout_totals")
    if dates.is_empty():
        return
    st.subheader("The roll-out by area, as published", divider="gray")
    st.caption(promise_text.ROLLOUT)
    if totals.width:
        rows = totals.sort("total_on").to_dicts()
        st.markdown(_lines([promise_text.total(row) for row in rows]))
    first = ("area_id", "first_day", "earliest", "latest", "camera_date_precision", "source_title")
    ordered = dates.sort("earliest", "latest", "area_id")
    tables.released_table(choice, ordered, "fct_camera_dates", "camera_dates", first)


def _searched(choice: Choice, record: Record) -> None:
    """Every report and every search, as tables."""
    if not record.reports.is_empty():
        with st.expander("What each report says of each promise, to read or to download"):
            first = ("promise_id", "milestone", "says", "said_by", "report_why")
            tables.released_table(choice, record.reports, "fct_promise_reports", "reports", first)
    if not record.searches.is_empty():
        with st.expander("Every search for a report, to read or to download"):
            first = ("promise_id", "searched_on", "is_found", "searched_where", "query_words")
            tables.released_table(choice, record.searches, SEARCHES, "searches", first)


def _statuses(choice: Choice, history: pl.DataFrame) -> None:
    """Every status that a promise had in a release, as a table."""
    if history.is_empty():
        return
    with st.expander("How each promise stood, release by release, to read or to download"):
        first = ("promise_id", "release_as_of", "promise_status", "promise_reason")
        tables.released_table(choice, history, "fct_promise_history", "promise_history", first)
