"""Every command that a document tells a reader to type exists, with its options."""

import re
import shlex
from typing import Any

import pytest
import typer

from orchestration.cli import app
from tests.house_rules.project import files, shown

COMMAND = re.compile(r"(?:uv run |^|`)bodyworn ([a-z][^`\n|#]*)", re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    """Document and command line, as written."""
    pages = files("README.md", "docs/*.md")
    return [(shown(p), line.strip()) for p in pages for line in COMMAND.findall(p.read_text())]


def resolve(words: list[str]) -> Any:
    """The command that the words name; fails when there is none."""
    found: Any = typer.main.get_command(app)
    for word in words:
        if not hasattr(found, "commands"):
            break
        assert word in found.commands, f"there is no `bodyworn {' '.join(words)}`"
        found = found.commands[word]
    return found


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_documented_command_exists_with_its_options(page: str, line: str) -> None:
    words = shlex.split(line)
    command = resolve([word for word in words if not word.startswith("-")])
    known = {option for each in command.params for option in each.opts}
    used = {word.partition("=")[0] for word in words if word.startswith("--")} - {"--help"}
    assert used <= known, f"{page}: {sorted(used - known)}"


def test_documents_do_name_commands() -> None:
    assert len(commands()) >= 3
