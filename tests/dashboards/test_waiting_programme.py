"""The pages of a programme that never delivered say what is known of it and what it waits for."""

from pathlib import Path

import pytest

from tests.dashboards.conftest import Open, said

SCOTLAND = "Police Scotland"
WAITS = "The study was planned before its data and waits for complaints by division and month"


@pytest.fixture
def demonstration(home: Path, demo_release: Path) -> Path:
    """The release of the demonstration, being served from a home of its own."""
    releases = home / "releases"
    releases.mkdir()
    for name in (demo_release.resolve().name, "current"):
        (releases / name).symlink_to(demo_release.resolve())
    return home


@pytest.mark.usefixtures("demonstration")
def test_a_live_roll_out_shows_its_days_and_what_its_study_waits_for(open_page: Open) -> None:
    words = said(open_page("home", programme=SCOTLAND))
    assert "No start was reported for 3 areas: Argyll and West Dunbartonshire (not before" in words
    assert WAITS in words
    assert "Records up to" not in words
    study = "Complaints in thirteen divisions of Police Scotland as cameras came"
    words = said(open_page("evidence", programme=SCOTLAND, study=study))
    assert f"Held back: there is no estimate.** {WAITS}" in words
    assert "**Registered before data:** Registered unchanged on 30 November 2026" in words
    assert ".yml" not in words
