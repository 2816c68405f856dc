"""A home and a landing folder of their own for every test of the load."""

from pathlib import Path

import pytest

from orchestration.ingestion.landing import files
from orchestration.ingestion.reading_child import validate_and_write
from orchestration.ingestion.reading_process import READING
from tests.ingestion.landing_builder import Place, invented_place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty home and landing folder; files count as settled at once.

    They are read in this process, where a test can reach into the reading.
    """
    monkeypatch.setattr(READING, "read", validate_and_write)
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(files, "WAIT_SECONDS", 0.0)
    return invented_place(tmp_path)
