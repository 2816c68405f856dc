"""Take away: the committee paper and the figures of the area, at the foot of every page."""

import streamlit as st

from dashboards.components import tables
from dashboards.components.tables import PDF, XLSX, Offer
from dashboards.data.choice import Choice
from dashboards.files import released_files
from dashboards.text import notices
from orchestration.access.reader import Level


def show(choice: Choice) -> None:
    """Buttons that make the paper and the workbook of what was chosen, when they are pressed."""
    address = notices.address(st.context.url or "", choice.link())
    programme, area = choice.place["programme_id"], choice.place["area_id"]
    release = choice.release
    seen = {**choice.place, "period": choice.period}
    paper: list[Offer] = [
        (PDF, "Committee paper (PDF)", lambda: _paper(choice, address, is_internal=False))
    ]
    files: list[Offer] = [
        (XLSX, "Figures (XLSX)", lambda: released_files.workbook_of_area(choice, address)),
        (PDF, "Internal paper (PDF)", lambda: _paper(choice, address, is_internal=True)),
    ]
    with st.expander(f"Take away: {choice.where}"):
        st.markdown(notices.TAKE_AWAY)
        tables.offer(release, paper, f"paper_{area}", programme, seen)
        if release.scope.whole or release.scope.grant(programme).level >= Level.FIGURES:
            tables.offer(release, files, f"internal_{area}", programme, seen)


def _paper(choice: Choice, address: str, *, is_internal: bool) -> bytes:
    # Typst and the converter of charts take a second to import, which the page should not wait for.
    from dashboards.paper.write import paper_of

    return paper_of(choice, is_internal=is_internal, address=address)
