"""The demonstration: every preset at one size, with a few faults, into its programme's folder."""

from pathlib import Path

from orchestration.synthetic_data.presets import read_settings
from orchestration.synthetic_data.synthesise import write_setting

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
