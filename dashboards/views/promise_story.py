"""One promise in full: its status and by which rule, its time line, and its sources."""

import polars as pl
import streamlit as st

from dashboards.charts import promises as charts
from dashboards.components import tables
from dashboards.data import metric_rows, release
from dashboards.data import promises as promise_data
from dashboards.data.choice import Choice
from dashboards.data.promises import Promise, Record
from dashboards.text import captions
from dashboards.text import promise_charts as chart_text
from dashboards.text import promises as promise_text
from dashboards.views import promise_record

PLAN = "devices_against_plan"
COUNTED = ("cameras", "boroughs", "officers")
KINDS = {
    "kept": "reported kept",
    "partly": "kept in part",
    "not_kept": "not kept",
    "bears": "mentions it",
}


def show(choice: Choice, promise: Promise, record: Record) -> None:
    """The words of the promise, its status and rule, its time line, and its figures or pounds."""
    st.header(promise_text.capital(promise["wording"]), anchor=False)
    st.markdown(promise_text.whose(promise))
    st.markdown(f"{promise_text.standing(promise)}. {promise_text.why(promise)}")
    st.markdown(promise_text.rule(promise))
    parts = record.parts(promise)
    if parts:
        st.markdown("**Its parts**")
        st.markdown(_lines([promise_text.part(each) for each in parts]))
    _time_line(choice, promise, record)
    _figures(choice, promise, record)
    if promise["promise_kind"] == "money":
        promise_record.pounds(choice)
    for beside in record.of(record.context, promise):
        _beside(choice, promise, beside)
    _sources(choice, promise, record)


def _time_line(choice: Choice, promise: Promise, record: Record) -> None:
    """Every version with its slips, and every report, as numbered marks and as a numbered list."""
    versions = record.versions(promise)
    reports = record.reports_behind(promise)
    rows = [
        {
            "day": each["made_on"],
            "until": each["promised_for"],
            "kind": charts.PROMISED,
            "said": promise_text.first_words(each["wording"]),
        }
        for each in versions
    ]
    rows += [
        {
            "day": each["milestone_date"],
            "until": None,
            "kind": KINDS[str(each["says"])],
            "said": promise_text.first_words(each["milestone"]),
        }
        for each in reports
    ]
    if len(rows) > 1:
        schema = {"day": pl.Date, "until": pl.Date, "kind": pl.String, "said": pl.String}
        marks = pl.DataFrame(rows, schema=schema).with_row_index("number", offset=1)
        first = promise_text.time_line(len(versions), len(reports))
        title = captions.title(first, choice, "numbers are those of the list")
        chart = charts.time_line(marks, title)
        st.altair_chart(chart, width="stretch", alt=f"{first}: the list below says each.")
    st.markdown(_numbered(list(map(promise_text.version, versions)), 1))
    if reports:
        with st.expander(promise_text.all_reports(len(reports))):
            st.markdown(_numbered(promise_text.reports(reports), len(versions) + 1))


def _figures(choice: Choice, promise: Promise, record: Record) -> None:
    """The figure that judges the promise, or plan against issue in the unit of the promise."""
    rows = promise_data.figures_of(choice, promise)
    metric = metric_rows.metric(choice, str(promise["metric_id"]))
    if metric is not None and not rows.is_empty():
        title = captions.title(
            promise_text.judged(metric, promise), choice, promise_text.judged_in(metric, PLAN)
        )
        if metric["metric_id"] == PLAN:
            chart = charts.issued_against_plan(rows, "cameras", promise["promised_for"], title)
            words = chart_text.against_plan_alt(rows.to_dicts())
            st.altair_chart(chart, width="stretch", alt=words)
            return
        target = promise["target"] if promise["figure_start"] is not None else None
        chart = charts.against_target(
            rows, str(metric["unit"]), target, promise["promised_for"], title
        )
        st.altair_chart(chart, width="stretch", alt=promise_text.beside_alt(title, rows))
        return
    units = {str(each["target_unit"]) for each in record.behind(promise)}
    for unit in COUNTED:
        if unit in units:
            promise_record.plan_and_issue(choice, record, unit)


def _sources(choice: Choice, promise: Promise, record: Record) -> None:
    """Where the promise is printed, its rival, its statuses by release and the searches for it."""
    lines = [promise_text.source(promise), *promise_text.rival(promise, record.promises.to_dicts())]
    mine = record.of(record.history, promise)
    if mine:
        lines.append(promise_text.history(mine, release.withdrawn(choice.release.reader)))
    lines += promise_text.searches(record.of(record.searches, promise))
    with st.expander("Its source, its statuses by release, and the search for reports"):
        st.markdown(_lines(lines))


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
                chart = charts.with_day(of_grain, promise["made_on"], unit, title)
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


def _numbered(said: list[str], first: int) -> str:
    return "\n".join(f"{at}. {line}" for at, line in enumerate(said, start=first))


def _lines(said: list[str]) -> str:
    return "\n".join(f"- {line}" for line in said)
