"""A home and a landing folder of their own for every test of the load."""

from pathlib import Path

import pytest

from orchestration.ingestion.landing import files
from tests.ingestion.landing_builder import Place, invented_place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty home and landing folder; files count as settled at once."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(files, "WAIT_SECONDS", 0.0)
    return invented_place(tmp_path)
