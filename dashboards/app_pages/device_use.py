"""Device use: whether cameras are on when officers are at work."""

import streamlit as st

from dashboards.components import before_after, layout, metric_cards, tables, unmatched
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text import figures
from dashboards.views import promises, published_activation

TOPICS = ("device_use", "workforce")
FIRST = (
    "activation_rate",
    "from_outset_rate",
    "entire_encounter_rate",
    "activation_rate_of_equipped",
    "entire_of_filmed_rate",
    "unfilmed_encounters",
    "written_reason_share",
    "late_start_seconds",
    "early_stop_seconds",
    "announced_share",
    "several_cameras_share",
    "officers_without_recordings_share",
    "recorded_share_of_shift_hours",
    "footage_hours",
    "recordings",
    "cameras_in_use",
    "recorded_share_of_all_shift_hours",
    "footage_hours_by_shift_match",
    "shift_hours_by_footage_match",
)


def show_staff(choice: Choice) -> None:
    """Staff in scope of the camera policy, in words and by area; nothing where none is known."""
    programme = choice.place["programme_id"]
    rows = choice.release.rows("fct_staff_scope", programme_id=programme)
    unlisted = choice.release.rows("fct_unlisted_staff", programme_id=programme, feed_name="any")
    if rows.is_empty():
        return
    st.subheader("Who should wear a camera, and who does", divider="gray")
    for row in rows.filter(area_id=choice.place["area_id"]).iter_rows(named=True):
        st.markdown(figures.staff(row))
    for row in unlisted.iter_rows(named=True):
        st.markdown(figures.unlisted(row))
    names = choice.areas.select("area_id", "label", "sort_order")
    by_area = rows.join(names, on="area_id").sort("sort_order").drop("sort_order", "area_id")
    with st.expander("By area, to read or to download"):
        columns = ["label", *(name for name in by_area.columns if name != "label")]
        tables.released_table(choice, by_area.select(columns), "fct_staff_scope", "staff_in_scope")


choice: Choice = st.session_state["choice"]
layout.head(choice, "Are cameras on when they should be, from the start to the end?")
promises.strip(choice, TOPICS)
metrics = metric_rows.on(choice, TOPICS, FIRST)
metric_cards.tiles(choice, metrics)
if not any(metric["topic"] == TOPICS[0] for metric in metrics):
    metric_cards.nothing(choice, TOPICS[:1])
show_staff(choice)
unmatched.reasons(choice, "Encounters not filmed, and why", "unfilmed_encounters")
before_after.trial(choice, ("recording",))
metric_cards.cards(choice, metrics, {}, "more_use")
published_activation.show(choice)
layout.foot(choice)
