"""JSON objects exactly as written: numbers digit by digit, and no member given twice.

The engine reads a number into a double and prints it again, so that 1.10 becomes 1.1 and an id of
twenty digits another id; of two members with one name it takes one. Lines where that may happen are
read here instead.
"""

import json
import re
from typing import Any

# What the engine may print differently: exponents, trailing zeros, negative zero, and more digits
# than a double has. A text that merely looks so costs time and nothing else.
ALTERED = r"\d[eE][+-]?\d|\.\d*0[\s,\]}]|[:,\[]\s*-0|[\d.]{16}"
# A nested object, whose members nothing else compares.
NESTED = r"^\s*\{.*\{"
BLANKS = re.compile(r"[ \t\r\n]*")


class RepeatedMember(Exception):
    """An object has two members of one name."""


def exact_object(line: str) -> str:
    """The object of a line, each value as the text in the file.

    A text stays what it is and null stays null; any other value becomes its text, to the last
    digit. Raises RepeatedMember where an object, or one within it, has two members of one name, and
    ValueError or RecursionError where the line is not one object.
    """
    members: dict[str, str | None] = {}
    at = _past_blanks(line, 0)
    if line[at : at + 1] != "{":
        raise ValueError("no object")
    at = _past_blanks(line, at + 1)
    while line[at : at + 1] != "}":
        name, at = DECODER.raw_decode(line, at)
        at = _past(":", line, at)
        value, end = DECODER.raw_decode(line, at)
        if name in members:
            raise RepeatedMember
        members[name] = value if value is None or isinstance(value, str) else line[at:end]
        at = _past_blanks(line, end)
        if line[at : at + 1] != "}":
            at = _past(",", line, at)
    return json.dumps(members)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise RepeatedMember
    return members


DECODER = json.JSONDecoder(object_pairs_hook=_unrepeated)


def _past_blanks(line: str, at: int) -> int:
    found = BLANKS.match(line, at)
    return found.end() if found else at


def _past(sign: str, line: str, at: int) -> int:
    at = _past_blanks(line, at)
    if line[at : at + 1] != sign:
        raise ValueError(f"no {sign}")
    return _past_blanks(line, at + 1)
