"""Who should wear a camera, who shows up in footage and shifts, and who is on no list."""

import streamlit as st

from dashboards.components import tables
from dashboards.data.choice import Choice
from dashboards.text import figures


def show(choice: Choice) -> None:
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
