"""The library of published findings holds the figures of the research behind it, row by row."""

import re
from pathlib import Path

import polars as pl
import pytest

from orchestration import paths

SEED = paths.SEEDS / "published_effects.csv"
RESEARCH = Path("domain") / "published_effects.csv"
FIGURES = {
    "published_effect": "effect",
    "effect_low": "ci_low",
    "effect_high": "ci_high",
    "before_value": "pre_events",
    "after_value": "post_events",
}
SIDES = {
    "treated_value": ("treat_events", "treat_exposure"),
    "control_value": ("control_events", "control_exposure"),
}


def number(text: str | None) -> float | None:
    """The first number of a text such as `+45.1% (all other precincts)`."""
    found = re.search(r"[-+]?\d+(\.\d+)?", text or "")
    return float(found.group()) if found else None


@pytest.fixture
def pairs(real_data: Path) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Each row of the library beside its row of the research."""
    ours = pl.read_csv(SEED, infer_schema=False)
    theirs = pl.read_csv(real_data.parent / RESEARCH, infer_schema=False)
    assert ours["published_study"].to_list() == theirs["study_id"].to_list()
    return list(zip(ours.to_dicts(), theirs.to_dicts(), strict=True))


def test_every_figure_of_the_library_is_that_of_the_research(
    pairs: list[tuple[dict[str, str], dict[str, str]]],
) -> None:
    for ours, theirs in pairs:
        for mine, other in FIGURES.items():
            assert number(ours[mine]) == number(theirs[other]), (ours["effect_id"], mine)
        for mine, (value, units) in SIDES.items():
            said = theirs["treat_events"] or theirs["control_events"]
            expected = number(theirs[value] if said else theirs[units])
            assert number(ours[mine]) == expected, (ours["effect_id"], mine)
        assert ours["significance_as_printed"] == theirs["p_value"], ours["effect_id"]


def test_every_row_of_the_library_names_its_source_or_says_that_none_was_found(
    pairs: list[tuple[dict[str, str], dict[str, str]]],
) -> None:
    for ours, theirs in pairs:
        link = re.search(r"https?://\S+", theirs["source_url"] or "")
        assert ours["source_url"].startswith(link.group() if link else "not found")
        assert ours["place_in_source"]


def test_a_study_that_drew_lots_also_has_findings_that_are_not_randomised() -> None:
    ours = pl.read_csv(SEED, infer_schema=False)
    seven = ours.filter(pl.col("published_study") == "ariel2017_contagious")
    kinds = dict(seven.select("published_effect", "design_class").rows())
    assert kinds == {
        "-92.66": "before_after",
        "0.053": "randomised",
        "-93.3": "before_after",
        "-94.09": "before_after",
        "-97.89": "before_after",
    }
