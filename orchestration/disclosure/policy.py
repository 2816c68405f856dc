"""The policy of disclosure: classes with their thresholds, and the cube that is made public."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

FILE = Path(__file__).with_name("policy.yml")
Class = Literal["P", "A", "O"]
ADDITIVE = ("count", "share", "rate")
RESTATED = "geography"
Count = Annotated[int, Field(ge=0)]
# Shorthand of the Government Statistical Service, in the order in which marks are written.
SHORTHAND = {
    "[c]": "confidential: hidden to protect people",
    "[x]": "not available: not supplied, or withheld because its counts are rounded",
    "[z]": "not applicable: there is nothing to divide by",
    "[u]": "too few events for a rate: only the counts are given",
    "[p]": "provisional: late records can still change it",
    "[r]": "revised since it was first published",
    "[b]": "break: a definition or way of counting changed within the period",
}


class PolicySection(BaseModel):
    """A piece of policy.yml; unknown keys are refused so that typing errors are noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(PolicySection):
    """What one class hides: counts from 1 to below `threshold`; the others are rounded."""

    threshold: Count
    round_to: Annotated[int, Field(ge=1)]
    zero_needs: Count
    class_disclosure: bool

    @model_validator(mode="after")
    def rounds_no_count_into_hiding(self) -> Self:
        """Refuse a rounding base that would print a shown count as one below the threshold."""
        if self.threshold % self.round_to:
            raise ValueError("threshold must be a multiple of round_to")
        return self

    @property
    def note(self) -> str:
        """The sentence printed in place of a hidden figure, with the threshold of this class.

        A figure hidden to protect another gets the same sentence: any other would reveal which of
        the two is small.
        """
        return (
            f"Hidden to protect people (fewer than {self.threshold},"
            " or it would reveal a figure that is)."
        )


class Cube(PolicySection):
    """The fixed part of the figures that is made public; nobody can filter it further."""

    period_grains: list[Literal["year", "window"]] = Field(min_length=1)
    area_levels: Annotated[int, Field(ge=1, le=2)]
    metrics: dict[str, list[str]] = Field(min_length=1)

    @model_validator(mode="after")
    def adds_up_along_one_tree(self) -> Self:
        """Refuse figures restated to another geography, whose sums the hiding does not know."""
        if restated := sorted(name for name, by in self.metrics.items() if RESTATED in by):
            raise ValueError(f"{', '.join(restated)}: {RESTATED} does not add up along the areas")
        return self


class Licence(PolicySection):
    """The licence of the public extract, as a data package names one."""

    name: str
    title: str
    path: str


class Policy(PolicySection):
    """Everything policy.yml says."""

    classes: dict[Class, Rule]
    undeclared: Class
    open_data: Class
    cube: Cube
    licence: Licence

    def class_of(self, declared: str | None, *, is_open_data: bool) -> Class:
        """The class of a metric of a programme.

        Open data stay as published, whatever the metric declares; a metric that declares nothing
        has the class of the undeclared. Raises ValueError for a class that does not exist.
        """
        if is_open_data:
            return self.open_data
        chosen = declared or self.undeclared
        if chosen not in self.classes:
            known = ", ".join(self.classes)
            raise ValueError(f"there is no disclosure class {chosen}: choose one of {known}")
        return chosen  # type: ignore[return-value]


@cache
def read_policy(path: Path = FILE) -> Policy:
    """The policy in force. Raises pydantic's ValidationError naming a wrong key."""
    return Policy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
