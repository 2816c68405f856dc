"""Every preset written, run through the whole pipeline once, and its figures beside its truth."""

import pytest

from orchestration.synthesis.presets import find_setting
from tests.conftest import made_release
from tests.synthesis.conftest import PRESETS, SEED, Synthetic, written
from tests.synthesis.released import Released

Whole = dict[str, tuple[Synthetic, Released]]


def whole(
    factory: pytest.TempPathFactory, name: str, size: int, faults: list[str], reuse: str
) -> Whole:
    """Truth and released figures by preset; `reuse` is a variable that names a finished release.

    A release is used again only in place of the run: the truth is drawn afresh, from the same seed.
    """
    landing = factory.mktemp(name)
    made = {}
    for preset in PRESETS:
        place = landing / find_setting(preset).programme.landing[0]
        made[preset] = written(place, preset, size, SEED, faults)
        (place / "truth.json").unlink()
    release = made_release(factory, reuse, f"{name}_home", "--landing", str(landing))
    return {
        preset: (each, Released(release, find_setting(preset).programme.programme))
        for preset, each in made.items()
    }
