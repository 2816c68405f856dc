"""A preset, a size and a seed into files of a synthetic programme and their truth."""

from pathlib import Path

from orchestration.synthetic_data.faults import FAULTS, plan_faults
from orchestration.synthetic_data.generate import make
from orchestration.synthetic_data.presets import Setting, find_setting, read_settings
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
