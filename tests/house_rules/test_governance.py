"""What the governance documents call a proof is there, in every row, and their links lead on."""

import ast
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests.house_rules.project import ROOT, files, shown

DOCUMENTS = [*files("docs/governance/*.md"), ROOT / "docs" / "accessibility.md"]
LINKED = [*DOCUMENTS, *files("SECURITY.md", "docs/deploy.md", "docs/audit_log.md", "README.md")]
#: Documents of which every row of a table answers for something.
ANSWERING = (
    "algorithmic_transparency_record",
    "dpia",
    "osr_self_assessment",
    "rap_self_assessment",
)
TEST = re.compile(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`")
PROVES = (".ci/run", "uv.lock", "LICENSE")
#: Answers that need no proof: the force's own, and what is said not to be so.
OPEN = re.compile(r"\[force\]|\*\*no\*\*|\*\*No\.\*\*|\*\*in part\*\*")


def rows(text: str) -> list[list[str]]:
    """The rows of every table of a document, without heads, rules and lines of a group's name."""
    lines = text.splitlines()
    found = []
    for before, line in pairwise(lines):
        is_row = line.startswith("|") and before.startswith("|") and not line.startswith("|--")
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if is_row and any(cells[2:] or cells[1:]):
            found.append(cells)
    return found


@cache
def functions(path: Path) -> set[str]:
    """Names of the functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def is_there(path: str, name: str) -> bool:
    """Whether a file or folder of tests exists, and holds the test that is named."""
    file = ROOT / path
    return file.exists() and (not name or (file.is_file() and name in functions(file)))


@cache
def headings(path: Path) -> set[str]:
    """What the headings of a page are linked by."""
    found = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in found}


def proofs(cells: list[str]) -> list[str]:
    """What proves a row: tests, outputs of proofs, and files that are a proof by being there."""
    text = " ".join(cells)
    named = [path for path, _ in TEST.findall(text)]
    named += re.findall(r"\]\([./]*(proof_of_\w+\.txt)\)", text)
    return named + [each for each in PROVES if f"`{each}`" in text or f"/{each})" in text]


@pytest.mark.parametrize("name", ANSWERING)
def test_every_answer_has_a_proof_or_says_that_it_is_none(name: str) -> None:
    found = rows((ROOT / "docs" / "governance" / f"{name}.md").read_text(encoding="utf-8"))
    assert len(found) >= 9
    bare = [cells for cells in found if not proofs(cells) and not OPEN.search(" ".join(cells))]
    assert bare == []


def test_every_test_that_is_called_a_proof_exists() -> None:
    pages = {shown(path): path.read_text(encoding="utf-8") for path in LINKED}
    named = [(page, *one) for page, text in pages.items() for one in TEST.findall(text)]
    assert len(named) > 40
    assert [each for each in named if not is_there(*each[1:])] == []


@pytest.mark.parametrize("page", LINKED, ids=shown)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"\w+:", target):
            continue
        file, _, heading = target.partition("#")
        place = (page.parent / file).resolve() if file else page
        if not place.exists() or (heading and heading not in headings(place)):
            lost.append(target)
    assert lost == []


def test_a_self_assessment_counts_its_own_answers() -> None:
    for name, points in (("rap_self_assessment", 18), ("osr_self_assessment", 9)):
        text = (ROOT / "docs" / "governance" / f"{name}.md").read_text(encoding="utf-8")
        found = re.findall(r"^\| (\d+) \|[^|]*\| ([^|]*) \|", text, re.MULTILINE)
        assert [int(number) for number, _ in found] == list(range(1, points + 1))
        answers = [answer.strip("* ") for _, answer in found]
        said = re.findall(r"(\d+) met, (\d+) in part, (\d+) not", text)[0]
        assert tuple(map(int, said)) == tuple(map(answers.count, ("yes", "in part", "no")))


def test_every_command_and_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = "".join(path.read_text(encoding="utf-8") for path in LINKED)
    named = set(re.findall(r"`make ([a-z-]+)`", text))
    assert named >= {"access-proof", "deploy-proof", "erasure-proof", "sbom"}
    assert named - targets == set()


def test_what_a_long_proof_printed_is_kept_under_one_kind_of_name_and_found_no_fault() -> None:
    found = sorted((ROOT / "docs").rglob("*proof*.txt"))
    assert [path for path in found if path.parent.name != "docs"] == []
    kept = {path.name: path.read_text(encoding="utf-8") for path in found}
    assert [name for name in kept if not name.startswith("proof_of_")] == []
    assert [name for name, text in kept.items() if "FAULT" in text or "LEAK" in text] == []
    text = kept["proof_of_access.txt"]
    assert set(re.findall(r"(\d+) leaks", text)) == {"0"}
    assert re.search(r"10,000 requests of role, programme, area and tier", text)
    assert re.search(r"CI asks all of the former and \d+ of the latter in every run", text)
    statements = kept["proof_of_deployment.txt"]
    said = re.search(r"^(\d+) statements, 0 faults", statements, re.MULTILINE)
    assert said
    assert int(said[1]) == statements.count("holds  ")
