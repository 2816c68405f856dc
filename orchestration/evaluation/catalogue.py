"""Every design of the engine, by the name that a study gives it."""

from orchestration.evaluation import (
    areas,
    before_after,
    meta_analysis,
    planning,
    rates,
    staged_adoption,
    survival,
    trials,
)
from orchestration.evaluation.core import Design, Refusal

PACKAGES = (planning, rates, staged_adoption, before_after, meta_analysis, survival, trials, areas)

DESIGNS: dict[str, Design] = {
    design.name: design for package in PACKAGES for design in package.DESIGNS
}


def find_design(name: str) -> Design:
    """Look a design up by the name that a study gives it.

    Returns the Design. Raises Refusal, with the names there are, when no design has that name.
    """
    if name in DESIGNS:
        return DESIGNS[name]
    raise Refusal(f"there is no design {name!r}; there are: {', '.join(sorted(DESIGNS))}")
