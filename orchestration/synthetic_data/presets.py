"""Presets: a synthetic programme's places, plan and parameters, as its folder describes them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from orchestration import paths
from orchestration.programmes.programme import Programme, ProgrammeSection, read_programme
from orchestration.synthetic_data.parameters import Parameters

PRESET_FILE = "preset.yml"
SAYS_SO = "_synthetic"


class PresetProblem(ValueError):
    """A preset that is not there or cannot be used, and what to do."""


class Preset(ProgrammeSection):
    """A named setting of the generator; layouts other than our own are named by table."""

    preset: str
    layouts: dict[str, str] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    demonstration_faults: tuple[str, ...] = ()
    parameters: Parameters


@dataclass(frozen=True)
class Setting:
    """Everything that is fixed before a seed is chosen."""

    preset: Preset
    programme: Programme


def read_settings(folder: Path = paths.PROGRAMMES) -> list[Setting]:
    """The preset of every programme that has one, in order of the programmes' folders.

    Raises PresetProblem naming the file and what is wrong in it.
    """
    return [_setting(path) for path in sorted(folder.glob(f"*/{PRESET_FILE}"))]


def find_setting(name: str, folder: Path = paths.PROGRAMMES) -> Setting:
    """The preset of that name; raises PresetProblem with the names there are."""
    settings = read_settings(folder)
    for setting in settings:
        if setting.preset.preset == name:
            return setting
    known = ", ".join(setting.preset.preset for setting in settings)
    raise PresetProblem(f"there is no preset {name}; there are: {known}")


def _setting(path: Path) -> Setting:
    shown = f"{path.parent.name}/{path.name}"
    programme = read_programme(path.parent / "programme.yml")
    if not programme.is_synthetic:
        raise PresetProblem(f"{shown}: only a synthetic programme has a preset")
    if not programme.programme.endswith(SAYS_SO):
        raise PresetProblem(
            f"{shown}: the folder's name must end in {SAYS_SO}; it stands in every row of a figure"
        )
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        preset = Preset.model_validate(raw)
    except (yaml.YAMLError, ValidationError) as error:
        raise PresetProblem(f"{shown}: {' '.join(str(error).split())}") from error
    if not (programme.rollout_plan and programme.budgets):
        raise PresetProblem(f"{shown}: a preset needs a rollout_plan.csv and budgets next to it")
    return Setting(preset, programme)
