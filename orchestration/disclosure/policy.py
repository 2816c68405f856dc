"""The policy of disclosure: classes with their thresholds, and the cube that is made public.

By it, primary suppression hides counts because of their own value.
"""

from functools import cache, reduce
from pathlib import Path
from typing import Annotated, Literal, Self

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.disclosure.cells import SLACK, LinkedCells

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


def _groups(found: LinkedCells) -> pl.DataFrame:
    """For each cell, the people it is a part of, and whether it says the same about all of them.

    It does where it counts all of them though it need not, and where a share counts none.
    """
    within = found.links.filter(pl.col("kind").str.contains("^(breakdown|share) "))
    counts = found.cells.select("cell", "count")
    return (
        within.join(counts.rename({"cell": "whole", "count": "of"}), on="whole")
        .join(counts.rename({"cell": "part"}), on="part")
        .with_columns(others=pl.len().over("relation") - 1)
        .group_by(cell="part")
        .agg(
            pl.col("of").max(),
            fills=(
                (pl.col("others") > 0)
                & (pl.col("of") > 0)
                & (
                    ((pl.col("of") - pl.col("count")).abs() < SLACK)
                    | (pl.col("kind").str.starts_with("share ") & (pl.col("count") < SLACK))
                )
            ).any(),
        )
    )


def _by_class(policy: Policy, field: str) -> pl.Expr:
    """A setting of each cell's class."""
    rules = {name: float(getattr(rule, field)) for name, rule in policy.classes.items()}
    return pl.col("klass").replace_strict(rules, return_dtype=pl.Float64)


def with_rules(cells: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Each cell with `threshold` and `round_to` of its class."""
    return cells.with_columns(
        threshold=_by_class(policy, "threshold"), round_to=_by_class(policy, "round_to")
    )


def primary(found: LinkedCells, policy: Policy) -> pl.Series:
    """Whether each cell is sensitive by itself, in the order of `found.cells`.

    A count from 1 to below its class's threshold; a zero that might have been otherwise among too
    few people at risk; a part that is the whole of its group, and a share of 100 % or 0 % (class
    disclosure).
    """
    cells = with_rules(found.cells, policy).join(
        _groups(found), on="cell", how="left", maintain_order="left"
    )
    at_risk = pl.coalesce("at_risk", "of", pl.lit(0.0))
    small = (pl.col("count") > SLACK) & (pl.col("count") < pl.col("threshold") - SLACK)
    zero = (
        (pl.col("count").abs() <= SLACK)
        & ~pl.col("is_structural")
        & (at_risk < _by_class(policy, "zero_needs"))
    )
    whole = (
        pl.col("is_printed")
        & pl.col("fills").fill_null(value=False)
        & (_by_class(policy, "class_disclosure") > 0)
    )
    return cells.select(sensitive=reduce(pl.Expr.or_, [small, zero, whole]))["sensitive"]


def rounded(count: pl.Expr, round_to: pl.Expr) -> pl.Expr:
    """Counts as they are printed: to the nearest multiple of `round_to`, which may be 1 (as is)."""
    nearest = ((count / round_to) + 0.5).floor() * round_to
    return pl.when(round_to > 1).then(nearest).otherwise(count)
