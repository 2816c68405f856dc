"""YAML read with the positions of its parts, so that every fault is shown by line and column."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Place = tuple[int, int]
Path = tuple[int | str, ...]
#: No file of ours is nested deeper; the parser would overflow the stack and crash the process.
DEEPEST = 20
Model = TypeVar("Model", bound=BaseModel)


class YamlProblem(ValueError):
    """A YAML text that cannot be used; the message lists each fault with file, line and column."""


class YamlFaults(ValueError):
    """Several faults of one model, each with the path of the key at fault; for its validators."""

    def __init__(self, faults: Sequence[tuple[Path, str]]) -> None:
        super().__init__("; ".join(message for _, message in faults))
        self.each = list(faults)


def parse(text: str, name: str, what: str) -> tuple[Any, yaml.Node]:
    """The document and its tree of nodes.

    Raises YamlProblem where the text is not YAML, is not a mapping, repeats a key, is nested too
    deeply, or repeats a part by reference: a few lines of references within references would fill
    any memory. `what` names such a file in the message: "a study".
    """
    try:
        _written_out(text, name)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        # The library has a limit of its own, which it may reach while it looks ahead.
        is_deep = "nesting depth" in str(error.problem)
        why = f"nested more than {DEEPEST} deep" if is_deep else f"not YAML: {error.problem}"
        raise YamlProblem(said(name, at, why)) from error
    except yaml.YAMLError as error:
        raise YamlProblem(said(name, (1, 1), f"not YAML: {error}")) from error
    if not isinstance(node, yaml.MappingNode):
        raise YamlProblem(said(name, (1, 1), f"{what} is a mapping of keys to values"))
    if twice := list(_said_twice(node, name)):
        raise YamlProblem(listed(twice))
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader), node
    except (ValueError, yaml.YAMLError) as error:
        # A day such as 2026-02-30 looks like a date to YAML but is not one.
        raise YamlProblem(said(name, _impossible(node), f"not a value: {error}")) from error


def check(model: type[Model], document: Any, node: yaml.Node, name: str, above: Path = ()) -> Model:
    """The document as a model; raises YamlProblem with every fault. `above` is where it stands."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise YamlProblem(listed(faults_of(error, model, node, name, above))) from error


def faults_of(
    error: ValidationError, model: type[BaseModel], node: yaml.Node, name: str, above: Path = ()
) -> list[str]:
    """Each fault as a line: file, line, column, key, what is wrong.

    A misspelt key is both unknown and missing: the unknown one is where to look, and comes first.
    """
    every = sorted(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    missing = {each["loc"] for each in every if each["type"] == "missing"}
    found = []
    for each in every:
        path = (*above, *each["loc"])
        inner = each.get("ctx", {}).get("error")
        if isinstance(inner, YamlFaults):
            found += [_line(node, name, (*path, *below), text) for below, text in inner.each]
            continue
        message = str(each["msg"]).removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            message += nearest(str(path[-1]), _known(model, each["loc"], missing))
        found.append(_line(node, name, path, message))
    return found


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?` with the known name that is most like this one; empty without one."""
    close = most_like(name, known)
    return f"; did you mean {close}?" if close else ""


def most_like(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name most similar to this one, ignoring case; None below the cutoff."""
    folded = {each.casefold(): each for each in known}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def listed(faults: Sequence[str]) -> str:
    """A single fault as it is, several as a list with their number."""
    if len(faults) == 1:
        return faults[0]
    return "\n".join([f"{len(faults)} faults:", *(f"- {fault}" for fault in faults)])


def said(name: str, place: Place, message: str) -> str:
    """One line: file, line, column, what is wrong."""
    return f"{name}, line {place[0]}, column {place[1]}: {message}"


def place_of(node: yaml.Node, path: Sequence[int | str]) -> Place:
    """Line and column, from 1, of the deepest part of the path that the text holds."""
    mark = node.start_mark
    for part in path:
        found = _child(node, part)
        if found is None:
            break
        mark, node = found
    return mark.line + 1, mark.column + 1


def _line(node: yaml.Node, name: str, path: Path, message: str) -> str:
    key = ".".join(_steps(node, path))
    return said(name, place_of(node, path), f"{key}: {message}" if key else message)


def _steps(node: yaml.Node | None, path: Path) -> Iterator[str]:
    """The path in words: an entry of a list by its name where it has one."""
    for part in path:
        found = _child(node, part) if node else None
        node = found[1] if found else None
        named = _child(node, "name") if isinstance(part, int) and node else None
        yield str(named[1].value) if named else str(part)


def _known(model: type[BaseModel], at: Path, missing: set[Path]) -> list[str]:
    """The keys that could stand where an unknown one does: all at the top, else the missing."""
    if len(at) == 1:
        return [field.alias or key for key, field in model.model_fields.items()]
    return [str(path[-1]) for path in missing if path[:-1] == at[:-1]]


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    return None


def _written_out(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        mark = event.start_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.AliasEvent):
            raise YamlProblem(said(name, at, f"write it out: *{event.anchor} is not read"))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise YamlProblem(said(name, at, f"nested more than {DEEPEST} deep"))


def _said_twice(node: yaml.Node, name: str) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                at = key.start_mark.line + 1, key.start_mark.column + 1
                yield said(name, at, f"{key.value!r} is said twice")
            seen.add(str(key.value))
            yield from _said_twice(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _said_twice(each, name)


def _impossible(node: yaml.Node) -> Place:
    """Where the first value stands that YAML takes for something it cannot be."""
    if isinstance(node, yaml.ScalarNode):
        try:
            yaml.CSafeLoader("").construct_object(node)
        except (ValueError, yaml.YAMLError):
            return node.start_mark.line + 1, node.start_mark.column + 1
        return 0, 0
    parts = node.value if isinstance(node, yaml.SequenceNode) else [v for _, v in node.value]
    return next((at for each in parts if (at := _impossible(each)) != (0, 0)), (0, 0))
