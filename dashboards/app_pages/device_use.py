"""Device use: whether cameras are on when officers are at work."""

import streamlit as st

from dashboards.components import tables, topic_sections
from dashboards.data import topics
from dashboards.data.choice import Choice
from dashboards.text import figures
from dashboards.views import topic_page


def show_staff(choice: Choice) -> bool:
    """Staff in scope of the camera policy, in words and by area; false where none is known."""
    programme = choice.place["programme_id"]
    rows = choice.release.rows("fct_staff_scope", programme_id=programme)
    unlisted = choice.release.rows("fct_unlisted_staff", programme_id=programme, feed_name="any")
    if rows.is_empty():
        return False
    st.header("Who should wear a camera, and who does", divider="gray")
    for row in rows.filter(area_id=choice.place["area_id"]).iter_rows(named=True):
        st.markdown(figures.staff(row))
    for row in unlisted.iter_rows(named=True):
        st.markdown(figures.unlisted(row))
    names = choice.areas.select("area_id", "label", "sort_order")
    by_area = rows.join(names, on="area_id").sort("sort_order").drop("sort_order", "area_id")
    with st.expander("By area, to read or to download"):
        columns = ["label", *(name for name in by_area.columns if name != "label")]
        tables.released_table(choice, by_area.select(columns), "fct_staff_scope", "staff_in_scope")
    return True


choice: Choice = st.session_state["choice"]
topic_page.show(
    choice,
    topics.USE,
    {
        "Who should wear one": lambda: show_staff(choice),
        "Not filmed, and why": lambda: topic_sections.reasons(
            choice, "Encounters not filmed, and why", "unfilmed_encounters"
        ),
        "What others publish": lambda: topic_sections.published_activation(choice),
    },
)
