"""The register of promises: a board of cards by status, and one promise opened at a time.

An opened promise has its status and by which rule, its time line, its figure, and its sources.
"""

from collections.abc import Callable, Collection

import polars as pl
import streamlit as st

from dashboards.charts import promises as charts
from dashboards.components import layout, tables
from dashboards.data import metric_rows, release
from dashboards.data import promises as promise_data
from dashboards.data.choice import Choice
from dashboards.data.promises import Promise, Record, current_of
from dashboards.text import captions
from dashboards.text import promises as promise_text
from dashboards.views import promise_record

BOARD, ACROSS = "Promises", 3
ALL = "all"
# The page of promises that no released figure measures, by what they are about.
SUBJECTS = {
    "delivery": "delivery",
    "money": "delivery",
    "use": "device_use",
    "care": "footage_care",
}
VIEWS: dict[str, Callable[[Choice, Record], None]] = {
    "Cameras and areas": promise_record.cameras,
    "Money": promise_record.money,
    "Also said": promise_record.claims,
    "The record": promise_record.record,
}
PLAN = "devices_against_plan"
COUNTED = ("cameras", "boroughs", "officers")
KINDS = {
    "kept": "reported kept",
    "partly": "kept in part",
    "not_kept": "not kept",
    "bears": "mentions it",
}


def show(choice: Choice) -> None:
    """The board, the promise that was opened, or one of the views of the record behind them."""
    promises = promise_data.promises_of(choice)
    if promises.is_empty():
        st.info(promise_text.NONE, icon=":material/hourglass_empty:")
        promise_record.without_promises(choice)
        return
    record = promise_data.record_of(choice, promises)
    current = current_of(promises)
    opened = layout.kept_in_address("promise", [ALL, *current["promise_id"].to_list()])
    if opened != ALL:
        st.button("All promises", icon=":material/arrow_back:", on_click=_open, args=(ALL,))
        show_promise(choice, current.filter(promise_id=opened).row(0, named=True), record)
        return
    view = st.segmented_control(
        "Show", [BOARD, *VIEWS], default=BOARD, required=True, key="shown", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if view == BOARD:
        board(choice, current)
    else:
        VIEWS[view](choice, record)


def board(choice: Choice, current: pl.DataFrame) -> None:
    """A card a promise, by status: a row of each is seen, the others open with a press."""
    st.markdown(promise_text.count(current.height))
    programme = str(choice.programme["programme_name"])
    # Promises name the programme without the words in brackets that tell it from another.
    whole = {str(choice.areas["area_name"][0]), programme, programme.split(" (", maxsplit=1)[0]}
    for status, (heading, icon) in promise_text.STATUSES.items():
        mine = current.filter(promise_status=status)
        if mine.is_empty():
            continue
        st.markdown(f"{icon} **{heading}** · {mine.height}")
        _cards(mine.head(ACROSS), whole)
        if mine.height > ACROSS:
            with st.expander(promise_text.others(mine.height - ACROSS, heading)):
                _cards(mine.slice(ACROSS), whole)


def _cards(promises: pl.DataFrame, whole: Collection[str]) -> None:
    places = st.columns(ACROSS, gap="small")
    for at, promise in enumerate(promises.iter_rows(named=True)):
        with places[at % ACROSS].container(border=True):
            _card(promise, whole)


def _card(promise: Promise, whole: Collection[str]) -> None:
    name = str(promise["promise_id"])
    st.button(
        promise_text.short(promise["wording"]),
        key=f"open_{name}",
        type="tertiary",
        on_click=_open,
        args=(name,),
    )
    st.caption(promise_text.card(promise, whole))


def _open(name: str) -> None:
    """Into the address, from which the page reads which promise is open."""
    st.query_params["promise"] = name


def strip(choice: Choice, topics: tuple[str, ...]) -> None:
    """What was promised on the subject of a page, one line each; nothing where nothing was."""
    promises = promise_data.promises_of(choice)
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


def show_promise(choice: Choice, promise: Promise, record: Record) -> None:
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
    _judging_figure(choice, promise, record)
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


def _judging_figure(choice: Choice, promise: Promise, record: Record) -> None:
    """The figure that judges the promise, or plan against issue in the unit of the promise."""
    rows = promise_data.figures_of(choice, promise)
    metric = metric_rows.metric(choice, str(promise["metric_id"]))
    if metric is not None and not rows.is_empty():
        title = captions.title(
            promise_text.judged(metric, promise), choice, promise_text.judged_in(metric, PLAN)
        )
        if metric["metric_id"] == PLAN:
            chart = charts.issued_against_plan(rows, "cameras", promise["promised_for"], title)
            words = captions.against_plan_alt(rows.to_dicts())
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
