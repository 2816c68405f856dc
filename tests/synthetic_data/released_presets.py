"""Every preset written twice, sound and with every fault, and its figures beside its truth.

All go through the pipeline in one run, each as a programme of its own.
"""

import json
from pathlib import Path

import pytest

from orchestration.synthetic_data.faults import FAULTS
from orchestration.synthetic_data.synthesise import TRUTH, write_setting
from tests.conftest import once, run_bodyworn
from tests.synthetic_data.conftest import PRESETS, SEED, SMALL, Synthetic
from tests.synthetic_data.preset_copies import copied
from tests.synthetic_data.released_figures import Released

Whole = dict[str, tuple[Synthetic, Released]]
SOUND, SPOILED = "sound", "spoiled"
SIZES: dict[str, int] = {SOUND: SMALL, SPOILED: 2 * SMALL}
PLANTED: dict[str, list[str]] = {SOUND: [], SPOILED: list(FAULTS)}


def whole(factory: pytest.TempPathFactory, kind: str) -> Whole:
    """Truth and released figures by preset, of the `sound` or of the `spoiled` ones."""
    there = once(factory, "whole", _run)
    release = (there / "home" / "releases" / "current").resolve(strict=True)
    return {
        preset: (_told(there, preset, kind), Released(release, _name(preset, kind)))
        for preset in PRESETS
    }


def _name(preset: str, kind: str) -> str:
    return f"{preset}_{kind}_synthetic"


def _run(there: Path) -> None:
    for kind, size in SIZES.items():
        for preset in PRESETS:
            made = copied(preset, _name(preset, kind), there / "programmes")
            landing = there / "landing" / made.programme.landing[0]
            write_setting(made, size, SEED, landing, PLANTED[kind])
            (landing / TRUTH).rename(_truth(there, preset, kind))
    options = ("--landing", str(there / "landing"))
    run_bodyworn(there / "home", *options, programmes=there / "programmes")


def _truth(there: Path, preset: str, kind: str) -> Path:
    return there / f"{_name(preset, kind)}.json"


def _told(there: Path, preset: str, kind: str) -> Synthetic:
    folder = there / "landing" / _name(preset, kind)
    return Synthetic(preset, folder, json.loads(_truth(there, preset, kind).read_text("utf-8")))
