"""Home in parts: one answer per question, what is missing, how fresh it all is."""

import polars as pl
import streamlit as st

from dashboards.components import before_after
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text import changes as change_text
from dashboards.text import figures, notices
from dashboards.text import promises as promise_text
from dashboards.text.formats import day, escape, moment
from dashboards.views import promises as promise_views

QUESTIONS = (
    (
        "Did the cameras come, and at what cost?",
        "rollout_and_spend",
        ("delivery",),
        ("devices_against_plan", "spend_against_budget_share"),
    ),
    (
        "Are the cameras used?",
        "device_use",
        ("device_use",),
        ("activation_rate", "from_outset_rate", "recorded_share_of_shift_hours", "footage_hours"),
    ),
    (
        "Is the footage looked after?",
        "footage_care",
        ("footage_care",),
        ("uploaded_after_24h_share", "wrongly_deleted"),
    ),
    (
        "Are people who ask for footage answered?",
        "requests",
        ("requests",),
        ("subject_access_on_time_share", "foi_on_time_share"),
    ),
    (
        "What do people complain about?",
        "complaints",
        ("complaints", "trial"),
        ("complaints_per_1000_officers", "force_complaints_per_1000_officers"),
    ),
    (
        "How do cases end?",
        "case_outcomes",
        ("case_outcomes",),
        ("early_guilty_plea", "conviction_share", "trial_guilty_pleas"),
    ),
    (
        "Is anyone safer, and do people trust the police?",
        "safety_and_trust",
        ("safety",),
        ("assaults_with_injury", "force_reports_per_1000_officers", "public_confidence"),
    ),
)
SHOWN = 3
WITH_A_FIGURE = ("final", "low")


def _sentences(choice: Choice, metric: metric_rows.Row) -> list[str]:
    """A metric in a sentence, or in one per part when it exists only in parts."""
    name = escape(metric["label"])
    row = metric_rows.headline(choice, str(metric["metric_id"]))
    if row:
        late = metric_rows.latest(choice, str(metric["metric_id"]), row)
        also = f" {figures.lately(late, metric)}." if late and metric["kind"] == "share" else ""
        said = f"{name}. {figures.performance(row, metric)}{also}"
        return [said] if row["status"] in WITH_A_FIGURE else []
    sides = metric_rows.sides(choice, str(metric["metric_id"]))
    return [
        f"{name}: {escape(side['breakdown_value'])}. {figures.performance(side, metric)}"
        for side in sides
        if side["status"] in WITH_A_FIGURE
    ]


def promised(choice: Choice) -> None:
    """How many promises stand where, and those that were not kept or came late."""
    promises = promise_views.promises_of(choice)
    if promises.is_empty():
        return
    st.page_link(
        "app_pages/promises.py",
        label="**Were the promises kept?**",
        icon=":material/arrow_forward:",
    )
    current = promise_views.current_of(promises)
    lines = [promise_text.summary(current["promise_status"].to_list())]
    broken = current.filter(
        pl.col("promise_status").is_in(["not_delivered", "partly_delivered", "late"])
    )
    lines += [promise_text.brief(each) for each in broken.head(SHOWN).to_dicts()]
    st.markdown("\n".join(f"- {line}" for line in lines))


def answer(
    choice: Choice, heading: str, page: str, topics: tuple[str, ...], first: tuple[str, ...]
) -> None:
    """The first figures on a subject as sentences, and the way to its page."""
    st.page_link(f"app_pages/{page}.py", label=f"**{heading}**", icon=":material/arrow_forward:")
    metrics = metric_rows.on(choice, topics, first)
    lines = [line for metric in metrics for line in _sentences(choice, metric)]
    name = str(choice.programme["programme_name"])
    st.markdown("\n".join(f"- {line}" for line in lines[:2]) or figures.nothing(name))


def changed(choice: Choice) -> None:
    """What happened since before the cameras, and what a randomised trial can say of them."""
    st.page_link(
        "app_pages/complaints.py",
        label="**Did anything change, and was it the cameras?**",
        icon=":material/arrow_forward:",
    )
    changes = choice.release.rows("fct_changes", **choice.place)
    names = choice.release.rows("dim_metric")
    trials = before_after.trials_of(choice)
    lines = []
    if changes.width and names.width:
        final = changes.filter(status="final").join(names, on="metric_id")
        lines = [
            f"{escape(row['label'])}, {escape(row['comparison_label'])}. "
            f"{change_text.sure(row, row)}"
            for row in final.sort("comparison_start", "metric_id").iter_rows(named=True)
        ]
    lines = [*lines[:2], notices.NOT_WHY] if lines else []
    if trials.width:
        once = trials.unique("outcome_group", keep="first", maintain_order=True)
        lines += [figures.sentence(said) for said in once["words"]][:SHOWN]
    st.markdown("\n".join(f"- {line}" for line in lines) or notices.NO_COMPARISON)


def missing(choice: Choice) -> None:
    """What was not supplied, and the limits a reader must know; the rest one click away."""
    rows = choice.release.rows(
        "fct_metrics", programme_id=choice.place["programme_id"], status="not_supplied"
    )
    names = choice.release.rows("dim_metric")
    said = []
    if rows.width and names.width:
        once = rows.unique("metric_id", maintain_order=True).join(names, on="metric_id")
        said = [
            f"**{escape(row['label'])}.** {figures.why_not(row, row)}"
            for row in once.sort("label").iter_rows(named=True)
        ]
    said += notices.missing(choice.programme["limits"])
    st.markdown("\n".join(f"- {line}" for line in said[:SHOWN]))
    if said[SHOWN:]:
        with st.expander(f"{len(said) - SHOWN} more to know"):
            st.markdown("\n".join(f"- {line}" for line in said[SHOWN:]))


def freshness(choice: Choice) -> None:
    """When the figures were published, how far the records reach, and what was turned away."""
    release = choice.release
    ledger = release.rows("fct_load_ledger", programme_id=choice.place["programme_id"])
    lines = [
        f"Published {moment(release.published)}, in release {escape(release.name)}.",
        f"Records from {day(choice.programme['data_from'])} to {day(choice.programme['data_to'])}.",
    ]
    # A release of before loads had a counting status says nothing here.
    if "counting_status" in ledger.columns:
        lines += _files(ledger)
    st.markdown("\n".join(f"- {line}" for line in lines))


def _files(ledger: pl.DataFrame) -> list[str]:
    """What became of the files that lay in landing when the run began, a sentence each."""
    counts = dict(ledger.group_by("counting_status").len().iter_rows())
    counted = counts.get("counts", 0) + counts.get("stale", 0)
    files = "1 file is" if counted == 1 else f"{counted} files are"
    lines = [f"{files} counted, and every record in them is accounted for."]
    if refused := counts.get("refused"):
        lines.append(f"**Refused files: {refused}.** Data and methods says which and why.")
    if stale := counts.get("stale"):
        lines.append(
            f"**Files counted in an earlier version: {stale}**, because the newer one could not be"
            " read."
        )
    if gone := counts.get("withdrawn"):
        lines.append(f"Files taken out since they were loaded, no longer counted: {gone}.")
    return lines


def others(choice: Choice) -> None:
    """The other programmes of the release, a sentence each."""
    rows = choice.release.rows("dim_programme").sort("is_synthetic", "programme_name")
    rest = rows.filter(pl.col("programme_id") != choice.place["programme_id"])
    if rest.is_empty():
        return
    st.subheader("Other programmes in this release", divider="gray")
    for row in rest.iter_rows(named=True):
        name = str(row["programme_name"])
        st.page_link(
            "app_pages/home.py",
            label=f"**{escape(name)}**",
            query_params={"programme": name},
            icon=":material/arrow_forward:",
        )
        st.markdown(escape(row["summary"]))
