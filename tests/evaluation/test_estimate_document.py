"""docs/estimate.md names every design with its keys and an example, and each example runs."""

import dataclasses
import re

import pytest

from orchestration import paths
from orchestration.evaluation.catalogue import DESIGNS, FIGURES
from orchestration.evaluation.core import Design, Result
from orchestration.evaluation.wording import BANNED
from orchestration.studies.document_designs import BEGIN, described, figures_of
from orchestration.studies.study import estimate, study_from
from tests.known_answers.golden.test_golden import CASES, result

PAGE = (paths.ROOT / "docs" / "estimate.md").read_text()


def test_the_page_says_of_every_design_what_the_catalogue_says() -> None:
    assert PAGE.split(BEGIN)[1] == described()


#: Whole numbers that are counted, printed or pick a seed: no work grows with them.
NO_WORK = {
    "days", "events", "heterogeneity_df", "clusters_per_arm", "schedule_seed", "seed", "size",
    "studies", "whole_window",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_every_number_by_which_work_grows_has_a_maximum_and_the_page_says_which(name: str) -> None:
    fields = DESIGNS[name].keys.model_json_schema().get("properties", {})
    open_ended = {
        key
        for key, field in fields.items()
        for kind in field.get("anyOf", [field])
        if kind.get("type") == "integer" and "maximum" not in kind
    }
    assert open_ended - {"never"} <= NO_WORK
    section = PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]
    for key, field in fields.items():
        if field.get("type") == "integer" and "maximum" in field:
            [row] = [line for line in section.splitlines() if line.startswith(f"| `{key}` |")]
            assert f"at most {field['maximum']:,}" in row


#: Names with a figure in them: an arm, a year or a number would stand where a general name should.
HOLDS_A_VALUE = re.compile(r"\d{2,}|[^A-Za-z0-9_]")


def gives(found: Result, design: Design) -> None:
    """Compares the names of a result with those that its design declares."""
    said = design.gives
    assert set(said.values) <= set(found.values) <= {*said.values, *said.sometimes}
    assert found.tables.keys() == said.tables.keys()
    for table, rows in found.tables.items():
        assert {name for row in rows for name in row} <= set(said.tables[table])
    assert set(found.diagnostics) <= set(said.diagnostics)


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_the_example_of_a_design_runs_and_gives_the_names_that_the_page_lists(name: str) -> None:
    design = DESIGNS[name]
    found = estimate(study_from(design.example, f"{name}.yml"))
    assert found.summary
    assert BANNED.findall(found.summary) == []
    gives(found, design)
    listed = {place.split(", ")[0] for place, _, _ in figures_of(design)}
    document = found.document()
    assert {f"values.{each}" for each in document["values"]} <= listed
    assert {
        f"tables.{table}[].{each}"
        for table, rows in document["tables"].items()
        for row in rows
        for each in row
    } <= listed


@pytest.mark.parametrize("case", CASES)
def test_a_known_answer_gives_the_names_that_its_design_says(case: str) -> None:
    found = result(case)
    gives(found, DESIGNS[found.design])


def test_every_name_is_general_explained_and_used() -> None:
    used = {
        name
        for design in DESIGNS.values()
        for names in (design.gives.values, design.gives.sometimes, *design.gives.tables.values())
        for name in names
    }
    assert used == set(FIGURES)
    assert [name for name in FIGURES if HOLDS_A_VALUE.search(name)] == []


def test_every_field_of_a_result_is_explained_above_the_designs() -> None:
    above = PAGE.split(BEGIN)[0]
    fields = (each.name for each in dataclasses.fields(Result))
    assert [
        name for name in fields if f"| `{name}`" not in above and f", `{name}`" not in above
    ] == []


def test_every_key_of_every_design_is_on_the_page() -> None:
    for name, design in DESIGNS.items():
        part = re.split(r"^## ", PAGE.split(f"## {name}\n")[1], flags=re.MULTILINE)[0]
        for key in design.keys.model_fields:
            assert f"| `{key}` |" in part, f"{name} does not describe {key}"
