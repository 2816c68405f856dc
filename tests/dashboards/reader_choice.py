"""What a reader chose, without a release behind it."""

from pathlib import Path

import polars as pl

from dashboards.data.choice import ALONE, Choice
from dashboards.data.release import Release
from dashboards.data.scope import Scope
from orchestration.access.reader import single_user
from tests.dashboards.fixture_rows import NAMES, TOWN


def chosen(programme: str) -> Choice:
    """One invented programme as a whole; only that of the town is synthetic."""
    about = {
        "programme_id": programme,
        "programme_name": NAMES[programme],
        "is_synthetic": programme == TOWN,
    }
    area = {"area_id": "all", "label": "Whole force"}
    release = Release(
        Path("a release"),
        is_current=True,
        manifest={},
        run={},
        reader=single_user("local:test"),
        scope=Scope(whole=True),
    )
    return Choice(release, about, area, "All years", "month", pl.DataFrame([area]), ALONE)
