"""The evidence for promises: cameras and areas, money, other statements, and the tables."""

import polars as pl
import streamlit as st

from dashboards.charts import promises as charts
from dashboards.components import tables
from dashboards.data import promises as promise_data
from dashboards.data.choice import Choice
from dashboards.data.promises import Record
from dashboards.text import captions
from dashboards.text import promises as promise_text

CAMERAS = "cameras"


def cameras(choice: Choice, record: Record) -> None:
    """Plan against issue of cameras, and when the cameras of each area came, as days or bounds."""
    shown = plan_and_issue(choice, record, CAMERAS)
    dates = promise_data.of_programme(choice, "fct_camera_dates")
    if dates.is_empty():
        if not shown:
            st.info(promise_text.NO_EVENTS, icon=":material/info:")
        return
    days(choice, dates)
    totals = promise_data.of_programme(choice, "fct_rollout_totals")
    if totals.width:
        rows = totals.sort("total_on").to_dicts()
        with st.expander("Totals that were stated, compared with the days of the areas"):
            st.markdown(_lines([promise_text.total(row) for row in rows]))
    every_day(choice, dates)


def days(choice: Choice, dates: pl.DataFrame) -> None:
    """When cameras came to each area, with what the picture shows."""
    st.caption(promise_text.ROLLOUT)
    rollout(choice, dates)


def without_promises(choice: Choice) -> None:
    """When cameras came, of a programme with no promise on record; nothing where no day is."""
    dates = promise_data.of_programme(choice, "fct_camera_dates")
    if not dates.is_empty():
        days(choice, dates)
        every_day(choice, dates)


def every_day(choice: Choice, dates: pl.DataFrame) -> None:
    """Days and bounds as a table, folded."""
    first = ("area_id", "first_day", "earliest", "latest", "camera_date_precision", "source_title")
    ordered = dates.sort("earliest", "latest", "area_id")
    with st.expander("Every day and bound with its source, to read or to download"):
        tables.released_table(choice, ordered, "fct_camera_dates", "camera_dates", first)


def rollout(choice: Choice, dates: pl.DataFrame) -> None:
    """A point for a day that is known and a line for bounds, an area a row, earliest first.

    An area whose start nobody reported has no bound on one side: it is named below the picture.
    """
    names = choice.areas.select("area_id", pl.col("label").alias("area"))
    every = dates.join(names, on="area_id").sort("latest", "earliest", "area")
    is_drawn = pl.col("earliest").is_not_null() & pl.col("latest").is_not_null()
    rows = every.filter(is_drawn).with_columns(is_known=pl.col("earliest") == pl.col("latest"))
    unbounded = captions.unbounded(every.filter(~is_drawn).to_dicts())
    if rows.is_empty():
        st.markdown(unbounded)
        return
    said = captions.rollout(rows.filter("is_known").height, every.height)
    chart = charts.bounds(
        rows.select("area", "earliest", "latest", "is_known"),
        captions.title(said, choice, "a line: no day was reported, only bounds"),
    )
    words = f"{captions.rollout_alt(rows.to_dicts())} {unbounded}".strip()
    st.altair_chart(chart, width="stretch", alt=words)
    if unbounded:
        st.markdown(unbounded)


def plan_and_issue(choice: Choice, record: Record, unit: str) -> bool:
    """Lines of what was promised by when, steps of what was reported; whether there were any."""
    versions, issued = promise_data.planned_and_issued(choice, record, unit)
    if versions.is_empty() or versions["due"].is_null().all():
        return False
    said = captions.issued(versions.to_dicts(), issued.to_dicts(), unit)
    title = captions.title(said, choice, "dashed: promised, to the day it was due; steps: reported")
    chart = charts.plan_and_issue(versions, issued, unit, title)
    words = captions.issued_alt(versions.to_dicts(), issued.to_dicts(), unit)
    st.altair_chart(chart, width="stretch", alt=words)
    return True


def money(choice: Choice, _record: Record) -> None:
    """Pounds spent against the budget and by funder, or what was printed of either."""
    if not pounds(choice):
        st.info(promise_text.NO_MONEY, icon=":material/info:")


def pounds(choice: Choice) -> bool:
    """Spend against budget where payments were delivered, else the pounds that were printed."""
    spend = promise_data.spend_of(choice)
    if not spend.is_empty():
        rows = spend.with_columns(said=pl.Series(map(captions.spent, spend.to_dicts())))
        title = captions.title(
            captions.spending(spend.to_dicts()), choice, "bars: paid; diamonds: budget"
        )
        words = "; ".join(rows["said"])
        st.altair_chart(charts.pounds(rows, title), width="stretch", alt=f"Pounds. {words}.")
        return True
    events = promise_data.of_programme(choice, "fct_milestones")
    printed = events.filter(quantity_unit="GBP") if events.width else events
    if printed.is_empty():
        return False
    ordered = printed.sort("milestone_date")
    planned = ordered.filter(planned_or_actual="planned")
    rows = planned.select(
        of_what=pl.col("milestone_id"),
        spent=pl.col("quantity"),
        budget=pl.lit(None, pl.Float64),
        said=pl.Series(map(promise_text.cost, planned.to_dicts())),
    )
    title = captions.title(promise_text.COSTS, choice, "pounds as printed, of different years")
    chart = charts.pounds(rows, title)
    st.altair_chart(chart, width="stretch", alt=f"Pounds planned. {'; '.join(rows['said'])}.")
    st.markdown(promise_text.NOT_ADDED)
    st.markdown(_lines([promise_text.printed(row) for row in ordered.to_dicts()]))
    return True


def claims(choice: Choice, record: Record) -> None:
    """What was stated but not promised, with the reports about it."""
    said = promise_data.claims_of(choice)
    st.caption(promise_text.CLAIMS)
    if said.is_empty():
        st.info(promise_text.NO_CLAIMS, icon=":material/info:")
    for claim in said.iter_rows(named=True):
        with st.container(border=True):
            st.markdown(promise_text.claim(claim))
            lines = [
                *promise_text.reports(record.of(record.reports, claim)),
                *promise_text.searches(record.of(record.searches, claim)),
            ]
            if lines:
                st.markdown(_lines(lines))


def record(choice: Choice, record: Record) -> None:
    """Every version, report, search, event and status, as tables to read or to download."""
    st.caption(promise_text.RULE)
    shown: list[tuple[str, pl.DataFrame, str, tuple[str, ...]]] = [
        (
            "Every version of every promise",
            record.promises,
            "dim_promise",
            ("wording", "promise_status", "promised_for", "supersedes", "rival_of"),
        ),
        (
            "What was planned and reported",
            promise_data.of_programme(choice, "fct_milestones"),
            "fct_milestones",
            ("milestone_date", "milestone", "planned_or_actual", "quantity", "publisher"),
        ),
        (
            "What each report says of each promise",
            record.reports,
            "fct_promise_reports",
            ("promise_id", "milestone", "says", "said_by", "report_why"),
        ),
        (
            "Every search for a report",
            record.searches,
            "fct_promise_searches",
            ("promise_id", "searched_on", "is_found", "searched_where", "query_words"),
        ),
        (
            "How each promise stood, release by release",
            record.history,
            "fct_promise_history",
            ("promise_id", "release_as_of", "promise_status", "promise_reason"),
        ),
    ]
    for heading, rows, table, first in shown:
        if not rows.is_empty():
            with st.expander(f"{heading}, to read or to download"):
                tables.released_table(choice, rows, table, table, first)


def _lines(said: list[str]) -> str:
    return "\n".join(f"- {line}" for line in said)
