"""The register of promises: a board of cards by status, and one promise opened at a time."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from dashboards.components import filters
from dashboards.data import promises as promise_data
from dashboards.data.choice import Choice
from dashboards.data.promises import Promise, Record, current_of
from dashboards.text import promises as promise_text
from dashboards.views import promise_record, promise_story

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


def show(choice: Choice) -> None:
    """The board, the promise that was opened, or one of the views of the record behind them."""
    promises = promise_data.promises_of(choice)
    if promises.is_empty():
        st.info(promise_text.NONE, icon=":material/hourglass_empty:")
        promise_record.without_promises(choice)
        return
    record = promise_data.record_of(choice, promises)
    current = current_of(promises)
    opened = filters.kept_in_address("promise", [ALL, *current["promise_id"].to_list()])
    if opened != ALL:
        st.button("All promises", icon=":material/arrow_back:", on_click=_open, args=(ALL,))
        promise_story.show(choice, current.filter(promise_id=opened).row(0, named=True), record)
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
    whole = str(choice.areas.row(0, named=True)["area_name"])
    for status, (heading, icon) in promise_text.STATUSES.items():
        mine = current.filter(promise_status=status)
        if mine.is_empty():
            continue
        st.markdown(f"{icon} **{heading}** · {mine.height}")
        _cards(mine.head(ACROSS), whole)
        if mine.height > ACROSS:
            with st.expander(promise_text.others(mine.height - ACROSS, heading)):
                _cards(mine.slice(ACROSS), whole)


def _cards(promises: pl.DataFrame, whole: str) -> None:
    places = st.columns(ACROSS, gap="small")
    for at, promise in enumerate(promises.iter_rows(named=True)):
        with places[at % ACROSS].container(border=True):
            _card(promise, whole)


def _card(promise: Promise, whole: str) -> None:
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
