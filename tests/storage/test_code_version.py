"""The version of code: what a module does counts, and not what it says."""

from hashlib import sha256
from pathlib import Path

import pytest

from orchestration.storage.hashes import of_sources, syntax

MODULE = '''"""What it is."""

import asyncio
from dataclasses import dataclass

LIMIT = 3
"""Why three."""


@dataclass(frozen=True)
class Pair:
    """Two things."""

    left: int = 0
    right: "int | None" = None


async def both(first: int, /, *rest: int, key: str = "a", **more: float) -> list[str]:
    """A comment, below, and a text that is returned."""
    # Why.
    async with asyncio.timeout(LIMIT):
        match first:
            case 0 | 1 if rest:
                return [f"{one!r:>{LIMIT}}" for one in rest if one != -1j]
            case Pair(left=x, right=None):
                return ["not a docstring" "joined", *(str(x),)]
            case [1, *others]:
                return [*map(str, others), b"bytes".decode(), ...]
    try:
        return [lambda y=1: y ** 2, {**more, "k": {1, 2}}, not first, rest[1:2], (z := 3) @ x]
    except* ValueError as error:
        raise SystemExit from error
'''
# The same under every version of Python that the project runs on.
KNOWN = "96ae70b7d81b85546e4b5fb3b066844b928ba40f344e50eb79e7dcebb78f180b"


def test_the_version_is_the_same_under_every_python() -> None:
    assert sha256(syntax(MODULE.encode()).encode()).hexdigest() == KNOWN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""What it is."""', '"""What it was."""'),
        ('"""Why three."""\n', ""),
        ('    """Two things."""\n', ""),
        ("    # Why.\n", ""),
        ("LIMIT = 3", "LIMIT  =  (3)  # three"),
        ('"not a docstring" "joined"', "'not a docstringjoined'"),
    ],
)
def test_comments_docstrings_and_layout_make_no_other_version(old: str, new: str) -> None:
    assert MODULE.count(old) == 1
    assert syntax(MODULE.replace(old, new).encode()) == syntax(MODULE.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("left: int = 0", "left: int = False"),
        ("left: int = 0", "left: int"),
        ('key: str = "a"', 'key: str = "b"'),
        ("one != -1j", "one != 1j"),
        ("!r:>", "!s:>"),
        ("except*", "except"),
    ],
)
def test_anything_else_makes_another_version(old: str, new: str) -> None:
    assert MODULE.count(old) == 1
    assert syntax(MODULE.replace(old, new).encode()) != syntax(MODULE.encode())


def test_files_count_by_name_and_folder_and_others_than_python_by_each_byte(tmp_path: Path) -> None:
    for name in ("code/one.py", "code/words/two.py", "models/three.sql", "code/.hidden.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("select = 1\n")

    def version() -> str:
        names = ["code", "models/three.sql", "not/there"]
        return of_sources(tmp_path, names, without=["code/words"])

    before = version()
    (tmp_path / "code" / "words" / "two.py").write_text("select = 2\n")
    (tmp_path / "code" / ".hidden.py").write_text("select = 2\n")
    (tmp_path / "code" / "one.py").write_text("select = 1  # one\n")
    assert version() == before
    (tmp_path / "models" / "three.sql").write_text("select = 1 \n")
    changed = version()
    assert changed != before
    (tmp_path / "code" / "one.py").rename(tmp_path / "code" / "other.py")
    assert version() not in {before, changed}
