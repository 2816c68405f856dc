"""Presets: a synthetic programme's places, plan and parameters, as its folder describes them.

Parameters are effects, habits, delays, shares and faults.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from orchestration import paths
from orchestration.programmes.programme import Programme, ProgrammeSection, read_programme

Share = Annotated[float, Field(ge=0, le=1)]
Shares = dict[str, Share]
SCOPES = {
    "devices": 0.5, "storage": 0.2, "licences": 0.12, "docks": 0.08, "training": 0.06,
    "support": 0.04,
}  # fmt: skip
PLEAS = {"first_hearing": 0.4, "before_trial": 0.18, "day_of_trial": 0.08}
ENCOUNTER_SHARES = {
    "stop_and_search": 0.34, "use_of_force": 0.08, "arrest": 0.2, "domestic_abuse": 0.18,
    "traffic_stop": 0.12, "other": 0.08,
}  # fmt: skip
ACTIVATION = {
    "stop_and_search": 0.86, "use_of_force": 0.78, "arrest": 0.72, "domestic_abuse": 0.75,
    "traffic_stop": 0.6, "other": 0.45,
}  # fmt: skip


class Effect(ProgrammeSection):
    """What cameras do to complaints; `ratio` is the rate with cameras over the rate without.

    `constant` holds from the first day, `growing` reaches the ratio over `months`, `reporting`
    leaves behaviour alone and changes only how many incidents are complained of.
    """

    kind: Literal["none", "constant", "growing", "reporting"] = "constant"
    ratio: float = Field(default=0.88, gt=0)
    months: float = Field(default=6, gt=0)
    spillover: Share = 0.0
    anticipation_days: int = Field(default=0, ge=0)


class Use(ProgrammeSection):
    """How often cameras are on. Activation varies by officer (logit scale), around these shares."""

    recordings_per_officer_month: float = 4.9
    recordings_per_officer_month_at_most: float = 20.0
    officers_at_most: int = 22_000
    encounters_per_recording: float = 0.45
    others_attending: float = 0.8
    activation: Shares = Field(default_factory=lambda: dict(ACTIVATION))
    encounter_shares: Shares = Field(default_factory=lambda: dict(ENCOUNTER_SHARES))
    officer_sd: float = 1.0
    learning: float = 1.2
    learning_months: float = 3.0
    started_late: Share = 0.2
    stopped_early: Share = 0.14
    reason_written: Share = 0.6
    announced: Share = 0.9
    referenced: Share = 0.9


class CareParameters(ProgrammeSection):
    """What happens to footage after it was recorded."""

    mean_minutes: float = 15.2
    evidential: Share = 0.24
    uploaded_late: Share = 0.05
    never_tagged: Share = 0.04
    tagged_after_a_month: Share = 0.02
    tagged_after_a_week: Share = 0.06
    reviewed: Share = 0.08
    retention_days: int = 31
    kept_past_rule: Share = 0.03
    deleted_by_hand: Share = 0.004
    deleted_in_error: Share = 0.002


class ComplaintParameters(ProgrammeSection):
    """Complaint cases, their lag and their allegations; rates are per officer and year."""

    per_officer_year: float = 0.17
    effect: Effect = Effect()
    overdispersion: float = 0.03
    season: float = 0.12
    area_sd: float = 0.3
    worst_first: Share = 0.0
    rise_before_rollout: float = 1.0
    lag_median_days: float = 14
    lag_sd: float = 1.45
    closing_median_days: float = 95
    extra_allegations: float = 0.66
    recorded: Share = 0.55
    reform_ratio: float = 1.6
    standstill_ratio: float = 0.6
    with_encounter: Share = 0.6


class Courts(ProgrammeSection):
    """Crimes, charges and pleas, by area and day."""

    charges_per_area_day: float = 0.5
    charge_share: Share = 0.12
    pleas: Shares = Field(default_factory=lambda: dict(PLEAS))
    early_pleas_with_cameras: float = 0.03
    early_pleas_by_guideline: float = 0.02
    convicted_at_trial: Share = 0.55
    domestic_abuse: Share = 0.15


class RequestParameters(ProgrammeSection):
    """Requests for footage."""

    per_area_month: float = 2.5
    late: Share = 0.25
    subject_access: Share = 0.7


class Spend(ProgrammeSection):
    """How far spending departed from the budget, and what it went on; the budget says who pays."""

    overrun: float = 0.0
    scopes: Shares = Field(default_factory=lambda: dict(SCOPES))


class RolloutParameters(ProgrammeSection):
    """How the roll-out departed from its plan."""

    delay_days: int = 14
    delay_days_per_phase: int = 5
    brought_forward_phase: int | None = None
    devices_share: float = Field(default=1.0, gt=0)
    failures_a_month: Share = 0.015
    lost: Share = 0.1


class Parameters(ProgrammeSection):
    """Every setting; what a preset leaves out has the value given here."""

    headcounts: tuple[int, int] = (450, 950)
    residents_per_officer: int = 290
    use: Use = Use()
    care: CareParameters = CareParameters()
    complaints: ComplaintParameters = ComplaintParameters()
    courts: Courts = Courts()
    requests: RequestParameters = RequestParameters()
    spend: Spend = Spend()
    rollout: RolloutParameters = RolloutParameters()


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
