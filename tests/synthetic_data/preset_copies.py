"""Copies of a synthetic programme under other names: one run then loads several draws of it."""

import shutil
from pathlib import Path

from orchestration import paths
from orchestration.synthetic_data.presets import Setting, find_setting, read_settings


def copied(preset: str, name: str, folder: Path) -> Setting:
    """A preset's programme, copied below `folder` under a name that ends in `_synthetic`."""
    original = find_setting(preset).programme.programme
    shutil.copytree(paths.PROGRAMMES / original, folder / name)
    described = folder / name / "programme.yml"
    renamed = described.read_text("utf-8").replace(original, name)
    described.write_text(renamed, encoding="utf-8")
    [copy] = [each for each in read_settings(folder) if each.programme.programme == name]
    return copy
