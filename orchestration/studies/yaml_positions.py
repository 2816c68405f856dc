"""Where in a YAML text a key stands, so that a fault can be shown by line and column."""

from collections.abc import Sequence
from typing import Any

import yaml

from orchestration.evaluation.core import Refusal

Place = tuple[int, int]
#: No study is nested deeper; the parser would fill the stack, and take the process with it.
DEEPEST = 20


class StudyProblem(Refusal):
    """A study file that cannot be read; the message names file, line and column."""


def parse(text: str, name: str) -> tuple[Any, yaml.Node]:
    """The document and its tree of nodes.

    Raises StudyProblem where the text is no YAML, is empty, says one key twice, is nested without
    end, or repeats a part by its name: a few lines of names within names would fill any memory.
    """
    try:
        _written_out(text, name)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise StudyProblem(said(name, at, f"not YAML: {error.problem}")) from error
    if not isinstance(node, yaml.MappingNode):
        raise StudyProblem(said(name, (1, 1), "a study is a mapping of keys to values"))
    _said_once(node, name)
    return yaml.load(text, Loader=yaml.CSafeLoader), node


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
            raise StudyProblem(said(name, at, f"write it out: *{event.anchor} is not read"))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise StudyProblem(said(name, at, f"nested more than {DEEPEST} deep"))


def _said_once(node: yaml.Node, name: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                at = key.start_mark.line + 1, key.start_mark.column + 1
                raise StudyProblem(said(name, at, f"{key.value!r} is said twice"))
            seen.add(key.value)
            _said_once(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _said_once(each, name)
