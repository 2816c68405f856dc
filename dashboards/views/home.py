"""Home: four answers, what changed since the last release, and what is wrong with the data."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.metric import sparkline
from dashboards.data import headlines, metric_rows, sources, topics
from dashboards.data import promises as promise_data
from dashboards.data.choice import Choice
from dashboards.text import captions, figures, notices
from dashboards.text import evidence as evidence_text
from dashboards.text import home as home_text
from dashboards.text import promises as promise_text
from dashboards.text.formats import escape
from dashboards.views import evidence, promise_record

SHOWN = 3
BIG = '<div data-testid="figure" style="font-size: 2rem; line-height: 1.2">{}</div>'
Metric = Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """One of the four answers: its question, its page, and metrics to answer with, best first."""

    heading: str
    page: str
    metrics: tuple[str, ...]


CARDS = (
    Card(
        "Delivered?",
        "rollout_and_spend",
        (
            "devices_against_plan",
            "officers_equipped_share",
            "devices_issued",
            "areas_with_cameras",
        ),
    ),
    Card(
        "Used?",
        "device_use",
        (
            "activation_rate",
            "from_outset_rate",
            "recorded_share_of_shift_hours",
            "officers_without_recordings_share",
            "footage_hours",
            "recordings",
        ),
    ),
    Card(
        "Looked after?",
        "footage_care",
        (
            "uploaded_after_24h_share",
            "untagged_at_31_days_share",
            "deleted_on_time_share",
            "wrongly_deleted",
        ),
    ),
)
OUTCOMES = (
    "complaints_per_1000_officers",
    "early_guilty_plea",
    "conviction_share",
    "trial_complaints",
    "use_of_force_per_1000_officers",
)


def cards(choice: Choice) -> None:
    """The four answers, each with its figure, its change, its verdict and the way to its page."""
    promised = promised_figures(choice)
    places = st.columns(4, gap="small")
    for place, card in zip(places, CARDS, strict=False):
        with place.container(border=True, height="stretch"):
            _card(choice, card, promised)
    with places[-1].container(border=True, height="stretch"):
        _difference(choice)


def promised_figures(choice: Choice) -> dict[str, Mapping[str, Any]]:
    """The promise in force with the worst status among those with a target, by its metric.

    Promises are of the whole programme: none is compared with the figure of a part of it.
    """
    promises = promise_data.promises_of(choice)
    if promises.is_empty() or choice.area["parent_area_id"] is not None:
        return {}
    measured = promise_data.current_of(promises).filter(
        pl.col("target").is_not_null(),
        pl.col("metric_id").is_not_null(),
    )
    by_metric = measured.partition_by("metric_id")
    return {str(rows["metric_id"][0]): home_text.gravest(rows.to_dicts()) for rows in by_metric}


def first_with_figure(
    choice: Choice, names: tuple[str, ...]
) -> tuple[Metric, headlines.HeadlineFigure] | None:
    """The first of the metrics that has a figure, with it."""
    for name in names:
        metric = metric_rows.metric(choice, name)
        if metric and (one := headlines.of(choice, metric)):
            return metric, one
    return None


def _card(choice: Choice, card: Card, promised: Mapping[str, Mapping[str, Any]]) -> None:
    found = first_with_figure(choice, card.metrics)
    st.page_link(
        f"app_pages/{card.page}.py", label=f"**{card.heading}**", icon=":material/arrow_forward:"
    )
    if found is None:
        st.markdown(f":gray-badge[{home_text.NOT_SUPPLIED}]")
        st.markdown(home_text.nothing(card.heading))
        return
    metric, one = found
    promise = promised.get(str(metric["metric_id"]))
    st.markdown(home_text.badge(one, metric, promise))
    _figure(choice, metric, one, promise)


def _figure(
    choice: Choice,
    metric: Metric,
    one: headlines.HeadlineFigure,
    promise: Mapping[str, Any] | None,
) -> None:
    st.markdown(escape(metric["label"]), help=escape(metric["definition"]))
    # A metric of Streamlit's own cuts a label that is wider than its card.
    st.html(BIG.format(html.escape(figures.big(one.row, metric))))
    st.markdown(home_text.sentence(one, metric, promise))
    _line(choice, metric)


def _line(choice: Choice, metric: Metric) -> None:
    name = str(metric["metric_id"])
    rows = metric_rows.over_time(choice, name)
    column = "numerator" if metric["kind"] in figures.COUNTED else "value"
    series = rows.select("period_start", value=pl.col(column))
    if series["value"].drop_nulls().len() < SHOWN:
        return
    st.altair_chart(
        sparkline(series, headlines.cameras_from(choice), captions.origin(choice)),
        width="stretch",
        alt=f"{metric['label']} through time",
    )


def _difference(choice: Choice) -> None:
    """What happened to an outcome, and whether any study can say that cameras did it."""
    st.page_link(
        "app_pages/evidence.py", label="**A difference?**", icon=":material/arrow_forward:"
    )
    found_by = pl.concat(
        [
            rows
            for topic in (topics.COMPLAINTS, topics.CASES)
            if not (rows := topics.studies_of(choice, topic)).is_empty()
        ]
        or [pl.DataFrame()]
    )
    lines = [evidence_text.verdict(row) for row in found_by.to_dicts()]
    found = first_with_figure(choice, OUTCOMES)
    if found is None and not lines:
        st.markdown(f":gray-badge[{home_text.CANNOT_TELL}]")
        st.markdown(notices.NO_STUDY)
        return
    st.markdown(home_text.verdicts(lines))
    if found:
        _figure(choice, *found, None)


def promised(choice: Choice) -> None:
    """How many promises have which status, in one line, with a link to the register."""
    promises = promise_data.promises_of(choice)
    if promises.is_empty():
        return
    current = promise_data.current_of(promises)
    st.markdown(promise_text.summary(current["promise_status"].to_list()))
    st.page_link(
        "app_pages/promises.py",
        label="Every promise and where it stands",
        icon=":material/arrow_forward:",
    )


def register(choice: Choice) -> None:
    """The home of a programme that is known from its promises alone."""
    promises = promise_data.promises_of(choice)
    if promises.is_empty():
        st.info(promise_text.NONE, icon=":material/info:")
        promise_record.without_promises(choice)
        studies(choice)
        return
    current = promise_data.current_of(promises)
    promised(choice)
    broken = current.filter(
        pl.col("promise_status").is_in(["not_delivered", "partly_delivered", "late"])
    )
    st.header("Not kept in full, or late", divider="gray")
    gravest = home_text.by_gravity(broken.to_dicts())
    lines = [f"- {promise_text.brief(each)}" for each in gravest[:SHOWN]]
    st.markdown("\n".join(lines) or home_text.NONE_BROKEN)
    if gravest[SHOWN:]:
        st.markdown(f"And {len(gravest) - SHOWN} more on Promises.")


def studies(choice: Choice) -> None:
    """The studies of a programme, a line each: what they found, or what they wait for."""
    rows = evidence.of_programme(choice)
    if not rows.is_empty():
        st.header("Studies", divider="gray")
        evidence.summary_of(choice, rows)


def changed(choice: Choice) -> None:
    """What changed since the release before, the most important first."""
    st.header("What changed since the last release", divider="gray")
    found = headlines.changes_since_last_release(choice)
    if found is None:
        st.markdown(home_text.FIRST_RELEASE)
        return
    known = {str(row["metric_id"]): row for row in choice.release.rows("dim_metric").to_dicts()}
    st.markdown("\n".join(f"- {line}" for line in home_text.changes(found, known)))


def wrong(choice: Choice) -> None:
    """What is wrong with the files today, the most serious first."""
    st.header("What is wrong with the data today", divider="gray")
    found = sources.file_problems(choice)
    delivered = choice.release.values(
        "fct_load_ledger", "file_name", programme_id=choice.place["programme_id"]
    )
    if not found:
        st.markdown(notices.NOTHING_WRONG if delivered else notices.NO_FILES)
        return
    st.markdown("\n".join(f"- {notices.file_problem(each)}" for each in found[:SHOWN]))
    if found[SHOWN:]:
        st.markdown(f"And {len(found) - SHOWN} more on Data and methods.")


def missing(choice: Choice) -> None:
    """Subjects without a figure in one line, and the limits that a reader must know."""
    empty = metric_rows.pages_without_figures(choice)
    absent = [each.title.lower() for each in topics.ALL if each.page in empty]
    with st.expander("What is missing, and what to know about this programme"):
        st.markdown(escape(choice.programme["summary"]))
        if absent:
            st.markdown(f"Nothing was supplied on: {', '.join(absent)}.")
        said = notices.missing(choice.programme["limits"])
        st.markdown("\n".join(f"- {line}" for line in said))


def others(choice: Choice) -> None:
    """The other programmes of the release, one link each."""
    rows = choice.release.rows("dim_programme").sort("is_synthetic", "programme_name")
    rest = rows.filter(pl.col("programme_id") != choice.place["programme_id"])
    if rest.is_empty():
        return
    with st.expander(f"Other programmes in this release: {rest.height}"):
        for row in rest.iter_rows(named=True):
            name = str(row["programme_name"])
            st.page_link(
                "app_pages/home.py",
                label=f"**{escape(name)}**",
                query_params={"programme": name},
                icon=":material/arrow_forward:",
            )
            st.markdown(escape(row["summary"]))
