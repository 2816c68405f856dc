"""Synthetic programmes of the tests: written once a session, small, without faults unless asked."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.synthetic_data.presets import read_settings
from orchestration.synthetic_data.synthesise import synthesise

PRESETS = [setting.preset.preset for setting in read_settings()]
SMALL, SEED = 4_000, 11


@dataclass(frozen=True)
class Synthetic:
    """The folder of a written programme and what its truth.json says."""

    preset: str
    folder: Path
    truth: dict[str, Any]

    @property
    def realised(self) -> dict[str, Any]:
        """What came of the settings."""
        found: dict[str, Any] = self.truth["realised"]
        return found


def written(folder: Path, preset: str, size: int, seed: int, faults: list[str]) -> Synthetic:
    """Write a preset into a new folder."""
    synthesise(preset, size, seed, folder, faults)
    return Synthetic(preset, folder, json.loads((folder / "truth.json").read_text()))


@pytest.fixture(scope="session", params=PRESETS)
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Synthetic:
    """Each preset, small and without faults."""
    return written(tmp_path_factory.mktemp("small"), request.param, SMALL, SEED, [])
