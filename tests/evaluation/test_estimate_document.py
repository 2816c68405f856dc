"""docs/estimate.md names every design with its keys and an example, and each example runs."""

import re

import pytest

from orchestration import paths
from orchestration.evaluation.catalogue import DESIGNS
from orchestration.evaluation.interval_wording import BANNED
from orchestration.studies.document_designs import BEGIN, described
from orchestration.studies.run import estimate
from orchestration.studies.study import study_from

PAGE = (paths.ROOT / "docs" / "estimate.md").read_text()


def test_the_page_says_of_every_design_what_the_catalogue_says() -> None:
    assert PAGE.split(BEGIN)[1] == described()


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_the_example_of_a_design_runs(name: str) -> None:
    found = estimate(study_from(DESIGNS[name].example, f"{name}.yml"))
    assert found.words
    assert BANNED.findall(found.words) == []


def test_every_key_of_every_design_is_on_the_page() -> None:
    for name, design in DESIGNS.items():
        part = re.split(r"^## ", PAGE.split(f"## {name}\n")[1], flags=re.MULTILINE)[0]
        for key in design.keys.model_fields:
            assert f"| `{key}` |" in part, f"{name} does not describe {key}"
