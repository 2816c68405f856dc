"""Public functions of the estimators say shapes, what is returned, and what is raised."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house_rules.project import files, shown

ARRAYS = re.compile(r"\b(Numbers|NDArray|Matrix|Whole|Mask|ndarray|pl\.Series)\b")
FRAMES = re.compile(r"^(?!Callable).*\bDataFrame\b")
#: "`a` (n,)" or "`a`, `b` and `c` (n, k)": names in backticks, then their shape in brackets.
NAMED = re.compile(r"((?:`\w+`(?:, and |, | and ))*`\w+`)(?: with [\w ]+)? \(([^()]*)\)")
SHAPE = re.compile(r"[a-z0-9]+(?: - [a-z]+)?(?: of the \w+)?,(?: [a-z0-9]+(?:, [a-z0-9]+)*)?")
GRAIN = re.compile(r"one row per \w.*")
Function = ast.FunctionDef


def faults(source: str) -> Iterator[str]:
    """What the docstrings of a module leave out, as `name: what`."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield from _of_function(node, node.name)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _of_fields(node)
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    yield from _of_function(method, f"{node.name}.{method.name}")


def _of_function(node: Function, name: str) -> Iterator[str]:
    if node.name.startswith("_"):
        return
    said = " ".join((ast.get_docstring(node) or "").split())
    if not said:
        yield f"{name}: no docstring"
        return
    yield from (f"{name}: {each}" for each in _unshaped(_arguments(node), said))
    for error in sorted(_raised(node)):
        if not re.search(rf"\bRaises\b.*\b{error}\b", said):
            yield f"{name}: does not say that it raises {error}"
    yield from (f"{name}: {each}" for each in _result(node, said))


def _result(node: Function, said: str) -> Iterator[str]:
    kind = ast.unparse(node.returns) if node.returns else "None"
    is_property = any("property" in ast.unparse(each) for each in node.decorator_list)
    if kind == "None":
        return
    _, word, found = said.partition("Yields" if "Iterator" in kind else "Returns")
    if not is_property and not word:
        yield "does not say what it returns"
        return
    text = said if is_property else found
    wanted = GRAIN if FRAMES.search(kind) else SHAPE if ARRAYS.search(kind) else None
    if wanted and not any(wanted.fullmatch(each) for each in re.findall(r"\(([^()]*)\)", text)):
        yield "does not say the shape of what it returns"


def _of_fields(node: ast.ClassDef) -> Iterator[str]:
    """Fields that are arrays; those of a study's keys are never arrays."""
    fields = [
        (each.target.id, ast.unparse(each.annotation))
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]
    said = " ".join((ast.get_docstring(node) or "").split())
    yield from (f"{node.name}: {each}" for each in _unshaped(fields, said))


def _arguments(node: Function) -> list[tuple[str, str]]:
    """Names and annotations; an argument that is not read, `_table`, says nothing."""
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    given += [node.args.kwarg] if node.args.kwarg else []
    return [
        (each.arg, ast.unparse(each.annotation))
        for each in given
        if each.annotation and not each.arg.startswith("_")
    ]


def _unshaped(given: list[tuple[str, str]], said: str) -> Iterator[str]:
    shapes = {
        name: shape
        for names, shape in NAMED.findall(said)
        for name in re.findall(r"`(\w+)`", names)
    }
    for name, kind in given:
        wanted = GRAIN if FRAMES.search(kind) else SHAPE if ARRAYS.search(kind) else None
        shape = shapes.get(name, "")
        if wanted and not wanted.match(shape.partition(":")[0]):
            yield f"`{name}` has no shape"


def _raised(node: Function) -> set[str]:
    calls = [each.exc for each in ast.walk(node) if isinstance(each, ast.Raise) and each.exc]
    named = [each.func for each in calls if isinstance(each, ast.Call)]
    return {each.id for each in named if isinstance(each, ast.Name)}


@pytest.mark.parametrize("path", files("orchestration/evaluation/*.py"), ids=shown)
def test_docstrings_of_estimators_say_shapes_results_and_refusals(path: Path) -> None:
    assert [*faults(path.read_text())] == []


@pytest.mark.parametrize(
    ("docstring", "left_out"),
    [
        ("", ["f: no docstring"]),
        ("Adds.", ["`x` has no shape", "`t` has no shape", "raises Refusal", "what it returns"]),
        ("`x` (n,). `t` (one row per unit). Raises Refusal.", ["what it returns"]),
        (
            "`x` of n. `t` (one row per unit). Returns it (n,). Raises Refusal.",
            ["`x` has no shape"],
        ),
        ("`x` (n,). `t` (units). Returns it (n,). Raises Refusal.", ["`t` has no shape"]),
        ("`x` (n,). `t` (one row per unit). Returns it. Raises Refusal.", ["the shape of what"]),
        ("`x` (n,). `t` (one row per unit). Returns it (n,).", ["raises Refusal"]),
        ("`x` (n,). `t` (one row per unit). Returns it (n,). Raises Refusal.", []),
    ],
)
def test_a_docstring_that_leaves_something_out_is_found(
    docstring: str, left_out: list[str]
) -> None:
    source = f'''
def f(x: Numbers, t: pl.DataFrame | None) -> Numbers:
    """{docstring}"""
    raise Refusal("no")
'''
    found = [*faults(source)]
    assert len(found) == len(left_out), found
    assert all(part in each for part, each in zip(left_out, found, strict=True)), found


def test_an_array_that_a_class_holds_without_a_shape_is_found() -> None:
    source = 'class Fit:\n    """A fit: `a` (n,)."""\n    a: Numbers\n    b: Numbers\n'
    assert [*faults(source)] == ["Fit: `b` has no shape"]
