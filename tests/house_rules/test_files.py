"""Files say what they are, and hold no machine's paths, hosts or secrets."""

import ast
import re
from pathlib import Path

import pytest

from tests.house_rules.project import ROOT, files, nodes, shown, text_files

VAGUE = re.compile(r"(^|_)(utils?|helpers?|commons?|base|managers?|misc|stuff)$")
# Lock files name the public registry by design.
HOSTS = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|index-url|proxy\.golang")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+|tmp/plan)/")
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}"
    r"|xox[bp]-[0-9A-Za-z-]{20}|(?i:password|secret|token)\s*[=:]\s*['\"][^'\"{$<]{8,}['\"]"
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_a_module_says_on_line_one_what_it_is() -> None:
    silent = [
        shown(path)
        for path in files("*.py")
        if path.stat().st_size and not path.read_text().startswith('"""')
    ]
    assert silent == []


def test_no_file_or_folder_is_a_drawer() -> None:
    parts = {
        part.split(".")[0]
        for path in files("*.py", "*.sql", "*.md")
        for part in Path(shown(path)).parts
    }
    assert sorted(part for part in parts if VAGUE.search(part)) == []


@pytest.mark.parametrize("pattern", [HOSTS, MACHINE_PATHS, SECRETS], ids=["hosts", "paths", "keys"])
def test_no_committed_file_holds_a_host_a_machines_path_or_a_secret(
    pattern: re.Pattern[str],
) -> None:
    here = Path(__file__).resolve()
    found = {
        shown(path): hit.group()
        for path in text_files()
        if path.name != "uv.lock" and path.resolve() != here
        if (hit := pattern.search(path.read_text(errors="replace")))
    }
    assert found == {}


def test_links_in_documents_lead_somewhere() -> None:
    broken = [
        f"{shown(page)}: {target}"
        for page in files("*.md")
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_tests_are_sentences_and_none_is_switched_off() -> None:
    switched_off = re.compile(r"@pytest\.mark\.(skip|xfail)|pytest\.xfail\(")
    off = [shown(path) for path in files("tests/*.py") if switched_off.search(path.read_text())]
    terse = [
        node.name
        for path in files("tests/*.py")
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and node.name.count("_") < 3
    ]
    assert (off, terse) == ([], [])


def test_one_module_of_tests_knows_where_real_data_lie() -> None:
    elsewhere = re.compile(r'BODYWORN_SHARED|/ "shared"|\.\./shared')
    knowing = {shown(path) for path in files("tests/*.py") if elsewhere.search(path.read_text())}
    spared = {"tests/test_real_data.py", "tests/house_rules/test_files.py"}
    assert knowing - spared == {"tests/real_data.py"}


def test_the_tree_holds_no_data_but_maps_programmes_seeds_and_studies() -> None:
    folders = ("data/maps/", "data/programmes/", "data/seeds/", "data/studies/")
    allowed = (*folders, "data/warehouse/.gitkeep")
    kept = [shown(path) for path in files("data/*")]
    assert [name for name in kept if not name.startswith(allowed)] == []
    assert (ROOT / "LICENSE").read_text().lstrip().startswith("Apache License")
