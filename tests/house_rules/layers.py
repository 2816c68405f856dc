"""The layers of packages, worked out from the imports; `make layers` draws and counts them.

The picture is between two marks in docs/where_things_live.md, and a test compares it with the code.
"""

import ast
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

from tests.house_rules.project import ROOT, nodes

PAGE = ROOT / "docs" / "where_things_live.md"
BEGIN, END = "<!-- layers -->\n", "<!-- /layers -->\n"
# From the top: a package imports from those below, and from its own line only without a circle.
LAYERS = (
    ("cli",),
    ("commands",),
    ("runner",),
    ("definitions",),
    ("defs",),
    ("steps", "synthetic_data"),
    ("ingestion", "dashboards"),
    ("studies", "release", "programmes"),
    ("evaluation", "disclosure", "access"),
    ("storage",),
    ("paths",),
)
SMALL = 60
Imports = dict[str, set[str]]


@cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name; a package by the name of its folder."""
    tops = (ROOT / "orchestration", ROOT / "dashboards")
    found = sorted(file for top in tops for file in top.rglob("*.py"))
    return {_dotted(file): file for file in found}


def _dotted(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports() -> Imports:
    """The modules of the product that each module imports, wherever in it the import stands."""
    known = modules()
    found: Imports = {}
    for module, file in known.items():
        named = {name for node in nodes(file) for name in _names(node, known)}
        found[module] = named - {module}
    return found


def _names(node: ast.AST, known: dict[str, Path]) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names if each.name in known]
    if not isinstance(node, ast.ImportFrom) or node.module not in known:
        return []
    inside = [f"{node.module}.{each.name}" for each in node.names]
    return [name if name in known else node.module for name in inside]


def package(module: str) -> str:
    """The package of the layers that a module belongs to; empty for `orchestration` itself."""
    top, *rest = module.split(".")
    return top if top == "dashboards" else "".join(rest[:1])


def package_imports() -> Imports:
    """The packages of the layers that each of them imports."""
    return _between({module: package(module) for module in modules()})


def room_imports(top: str) -> Imports:
    """The packages within one package that each of them imports; its own modules stand outside."""
    rooms = {
        module: module[len(top) + 1 :].partition(".")[0]
        for module, file in modules().items()
        if module.startswith(f"{top}.") and file.parent != modules()[top].parent
    }
    return _between(rooms)


def _between(places: dict[str, str]) -> Imports:
    found: Imports = defaultdict(set)
    for module, here in places.items():
        for name in imports()[module]:
            there = places.get(name)
            if there and there != here:
                found[here].add(there)
    return dict(found)


def circle(graph: Imports) -> list[str]:
    """One circle of a graph, first name again at the end; empty when there is none."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph.get(name, ())):
            if found := walk(other, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := walk(name, []))), [])


def picture() -> str:
    """The layers as lines of text, what each package imports beside it."""
    graph = package_imports()
    order = {name: place for place, layer in enumerate(LAYERS) for name in layer}
    lines = []
    for layer in LAYERS:
        for at, name in enumerate(layer):
            below = sorted(graph.get(name, set()), key=lambda each: (order[each], each))
            shown = f"{name:<15}" + (f"-> {', '.join(below)}" if below else "")
            lines.append((" | " if at else "   ") + shown.rstrip())
    return "```\n" + "\n".join(lines) + "\n```\n"


def small_modules() -> list[str]:
    """Modules under 60 lines that only one other imports: each has to have its reason."""
    importers: dict[str, set[str]] = defaultdict(set)
    for module, named in imports().items():
        for name in named:
            importers[name].add(module)
    return [
        module
        for module, file in own_modules().items()
        if len(importers[module]) == 1 and len(file.read_text().splitlines()) < SMALL
    ]


def own_modules() -> dict[str, Path]:
    """All modules except the `__init__` of packages."""
    return {name: file for name, file in modules().items() if file.name != "__init__.py"}


def count() -> str:
    """How many modules there are, and how many of them are small: to watch, not to obey."""
    return f"{len(own_modules())} modules, {len(small_modules())} small ones with one importer\n"


def with_picture(page: str) -> str:
    """The page with today's picture between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + picture() + END + after


if __name__ == "__main__":
    PAGE.write_text(with_picture(PAGE.read_text()))
    sys.stdout.write(picture() + count())
