"""The words of a chart's title, whatever number of lines a window gives them."""

import json
from typing import Any


def lines(said: list[str] | dict[str, str]) -> tuple[list[str], list[str]]:
    """The lines in a narrow and in a wide window."""
    if isinstance(said, list):
        return said, said
    _, _, chosen = said["expr"].partition(" ? ")
    narrow, end = json.JSONDecoder().raw_decode(chosen)
    return narrow, json.loads(chosen[end:].removeprefix(" : "))


def title(spec: dict[str, Any]) -> str:
    """The title, which says the finding."""
    return _words(spec["title"]["text"])


def subtitle(spec: dict[str, Any]) -> str:
    """What stands below it."""
    return _words(spec["title"].get("subtitle", []))


def _words(said: list[str] | dict[str, str]) -> str:
    narrow, wide = map(" ".join, lines(said))
    assert narrow == wide
    return narrow
