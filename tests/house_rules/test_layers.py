"""Imports run downwards only, and a module is as large as its subject."""

import ast
from collections import defaultdict

import pytest

from tests.house_rules import layers
from tests.house_rules.project import nodes

# Modules with one importer and under 60 lines, each with what makes it worth a file.
SMALL = {
    "dashboards.paper.take_away": "imports Typst only when a button is pressed",
    "orchestration.commands": "one module per command",
    "orchestration.defs.publication": "one module per group of assets",
    "orchestration.evaluation.staged_adoption.diff_diff_influence": "reads private parts",
    "orchestration.runner.dagster_storage": "the one place that changes private modules of Dagster",
    "orchestration.runner.demonstration": "the one place that writes into landing",
}
SAME_PART = {
    "area_map", "audit_log", "backup", "complaints", "data_and_methods",
    "doctor", "erase", "evidence", "home", "keys", "promises", "publish",
    "record", "release", "reproduce", "research", "run", "status", "study",
    "synthesise", "withdraw",
}  # fmt: skip
"""Module names used in several packages, where they play the same part in each."""


def _rank(package: str) -> int:
    return next(at for at, layer in enumerate(layers.LAYERS) if package in layer)


def test_every_package_has_its_layer() -> None:
    known = {name for layer in layers.LAYERS for name in layer}
    assert {layers.package(module) for module in layers.modules()} - {""} == known


def test_no_import_goes_up_the_layers() -> None:
    upwards = [
        f"{module} imports {name}"
        for module, named in layers.imports().items()
        for name in named
        if layers.package(module)
        and layers.package(name)
        and _rank(layers.package(name)) < _rank(layers.package(module))
    ]
    assert upwards == []


def test_packages_do_not_import_in_a_circle() -> None:
    assert layers.circle(layers.package_imports()) == []


@pytest.mark.parametrize(
    "top",
    [
        "dashboards",
        "orchestration.evaluation",
        "orchestration.ingestion",
        "orchestration.release",
    ],
)
def test_packages_within_a_package_do_not_import_in_a_circle(top: str) -> None:
    rooms = layers.room_imports(top)
    assert rooms, f"{top} holds no packages that import one another"
    assert layers.circle(rooms) == []


def test_modules_do_not_import_in_a_circle() -> None:
    assert layers.circle(layers.imports()) == []


def test_a_circle_would_be_found() -> None:
    assert layers.circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert layers.circle({"a": {"b", "c"}, "b": {"c"}}) == []


def test_the_picture_in_the_documents_is_todays() -> None:
    page = layers.PAGE.read_text()
    assert layers.with_picture(page) == page, "run `make layers`"


def test_a_small_module_with_one_importer_is_worth_its_file() -> None:
    small = layers.small_modules()
    unexplained = [
        name for name in small if name not in SMALL and name.rpartition(".")[0] not in SMALL
    ]
    assert unexplained == []
    packages = {name.rpartition(".")[0] for name in small}
    assert [name for name in SMALL if name not in {*small, *packages}] == []


def test_a_module_name_comes_twice_only_for_the_same_part() -> None:
    names: dict[str, list[str]] = defaultdict(list)
    for module, file in layers.own_modules().items():
        names[file.stem].append(module)
    twice = {name for name, found in names.items() if len(found) > 1}
    assert twice - SAME_PART == set()
    assert SAME_PART - twice == set(), "no longer used twice"


def test_no_class_name_comes_twice() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for module, file in layers.modules().items():
        for node in nodes(file):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module)
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}
