"""A preset, a size and a seed into files of a synthetic programme and their truth.

A nation is many synthetic forces from one preset, each a programme of its own.
"""

import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration import paths
from orchestration.programmes.programme import read_programme
from orchestration.synthetic_data.faults import FAULTS, plan_faults
from orchestration.synthetic_data.generate import make
from orchestration.synthetic_data.presets import (
    PRESET_FILE,
    SAYS_SO,
    Setting,
    find_setting,
    read_settings,
)
from orchestration.synthetic_data.truth import write_truth
from orchestration.synthetic_data.writing import write_files

TRUTH = "truth.json"


def synthesise(preset: str, recordings: int, seed: int, out: Path, faults: list[str]) -> list[Path]:
    """Write every file of a preset into `out`, and truth.json next to them.

    Raises ValueError when the preset or a fault is not known, or the size does not fit.
    """
    return write_setting(find_setting(preset), recordings, seed, out, faults)


def write_setting(
    setting: Setting,
    recordings: int,
    seed: int,
    out: Path,
    faults: list[str],
    *,
    with_truth: bool = True,
) -> list[Path]:
    """The same for a setting that has been read; a landing folder does without the truth."""
    made = make(setting, recordings, seed)
    planted = plan_faults(made, faults)
    written = write_files(made, planted, out)
    if with_truth:
        write_truth(out / TRUTH, made, planted)
    return written


def wanted_faults(text: str) -> list[str]:
    """Names of faults from a line with commas; `all` stands for every one."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    return list(FAULTS) if names == ["all"] else names


RECORDINGS = 100_000


def write_demonstration(
    landing: Path, seed: int | None = None, recordings: int = RECORDINGS
) -> list[Path]:
    """Write every preset's files into the folder of its programme; returns the files.

    The programme's own seed holds unless another is given. Raises ValueError when no programme
    has a preset.
    """
    settings = read_settings()
    if not settings:
        raise ValueError("no programme in data/programmes has a preset.yml")
    files = []
    for setting in settings:
        folder = landing / setting.programme.landing[0]
        folder.mkdir(parents=True, exist_ok=True)
        faults = list(setting.preset.demonstration_faults)
        chosen = seed if seed is not None else setting.programme.seed or 0
        files += write_setting(setting, recordings, chosen, folder, faults, with_truth=False)
    return files


AT_MOST = 200
"""Forces of a nation; England and Wales have 43."""
SMALL = 2_000
"""Recordings of each force where nobody asks for more."""
SEEDS_APART = 1_000
LANDING, PROGRAMMES, TRUTHS = "landing", "programmes", "truth"


@dataclass(frozen=True)
class Nation:
    """Where a nation was written: its delivered files, its programmes and the truth of each."""

    landing: Path
    programmes: Path
    truths: Path
    files: int


def write_nation(
    preset: str, forces: int, recordings: int, seed: int, out: Path, faults: list[str]
) -> Nation:
    """Write so many forces below `out`: delivered files, programmes, and the truth of each.

    Each force is called `force_01_synthetic` and so on, has the areas and habits of the preset, so
    many recordings, and a seed of its own that follows from `seed`.

    Raises ValueError when the preset or a fault is not known, or a size does not fit.
    """
    if not 1 <= forces <= AT_MOST:
        raise ValueError(f"{forces} forces: ask for 1 to {AT_MOST}")
    original = find_setting(preset)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as unfinished:
        there = Path(unfinished) / "nation"
        (there / TRUTHS).mkdir(parents=True)
        files = sum(
            _write_force(original, number, recordings, seed * SEEDS_APART + number, there, faults)
            for number in range(1, forces + 1)
        )
        there.rename(out)
    return Nation(out / LANDING, out / PROGRAMMES, out / TRUTHS, files)


def _write_force(
    original: Setting, number: int, recordings: int, seed: int, there: Path, faults: list[str]
) -> int:
    """Write one force below the nation's folder; how many files were delivered."""
    setting = _described(original, number, seed, there / PROGRAMMES)
    name = setting.programme.programme
    place = there / LANDING / name
    files = write_setting(setting, recordings, seed, place, faults)
    (place / TRUTH).rename(there / TRUTHS / f"{name}.json")
    return len(files)


def _described(original: Setting, number: int, seed: int, folder: Path) -> Setting:
    """A programme like the preset's, under a name and with a seed of its own."""
    known = original.programme.programme
    name = f"force_{number:02}{SAYS_SO}"
    there = folder / name
    # Presets stay with the programme they belong to: a force is one draw of it.
    shutil.copytree(
        paths.PROGRAMMES / known, there, ignore=shutil.ignore_patterns(PRESET_FILE, "studies")
    )
    described = there / "programme.yml"
    text = described.read_text("utf-8").replace(known, name)
    text = re.sub(r"(?m)^name: .*$", f"name: Synthetic force {number:02}", text, count=1)
    text = re.sub(r"(?m)^seed: .*$", f"seed: {seed}", text, count=1)
    described.write_text(text, encoding="utf-8")
    return replace(original, programme=read_programme(described))
