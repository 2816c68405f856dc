"""The settings of a home folder: `home.yml`, which may be absent."""

from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration import paths


class HomeProblem(ValueError):
    """A home.yml that cannot be used, and what to change in it."""


class HomeSettings(BaseModel):
    """The settings of a home; an unknown key is refused, so that a typing error is noticed.

    `landing` is `kept` where files stay in landing, so that removing a file withdraws it, or
    `emptied` where a transfer takes them away after each run, so that they go on counting.
    `approval` is `two_people` where one proposes what another accepts, or `one_person` where there
    is one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    landing: Literal["kept", "emptied"] = "kept"
    approval: Literal["two_people", "one_person"] = "two_people"


def read_home_settings() -> HomeSettings:
    """The settings of this home, with the defaults where it has no home.yml.

    Raises HomeProblem with what to change.
    """
    file = paths.home() / "home.yml"
    if not file.is_file():
        return HomeSettings()
    try:
        return HomeSettings.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except yaml.YAMLError as problem:
        raise HomeProblem(f"{file} cannot be read as YAML: {problem}") from problem
    except ValidationError as problem:
        said = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problem.errors()
        )
        raise HomeProblem(
            f"{file}: {said}. It takes `landing: kept` or `landing: emptied`, and"
            " `approval: two_people` or `approval: one_person`."
        ) from problem
