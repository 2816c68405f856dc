"""Notebooks run from top to bottom on a release, say what they found, and hold no outputs."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from orchestration import paths

FOLDER = paths.ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST = 40
UNSAID = re.compile(r"\b(caus(e|ed|es)|prov(e|ed|es)|significan\w*|no effect|nan)\b", re.IGNORECASE)
#: What a notebook reads, the pictures it draws, and the figures it prints.
Said = tuple[str, int, tuple[str, ...]]
SAID: dict[str, Said] = {
    "chicago_first_look": (
        "real_release",
        5,
        (
            "Chicago Police Department from 2010-01-01 to 2018-12-31",
            "20,679 events in the 24 months of the baseline, 7,745 in the 12 months of 2018",
        ),
    ),
    "cambridge_replication": (
        "nothing",
        2,
        (
            "Counts: 1,539 before, 113 during: -93 %",
            "d = 0.053, from -0.163 to 0.269",
            "Common-effect average: d = 0.0208 (0.0562)",
            "Q = 15.35 on 2 degrees of freedom",
            "4 printed figures do not agree with the others",
            "1,539 events at 1.2 each make 1,282 officers",
        ),
    ),
    "washington_trial": (
        "real_release",
        2,
        (
            "Uses of force: -72.79763 (standard error 329.30109)",
            "95 % interval from -721.0 to 575.4, p = 0.825",
            "Uses of force: +75.2 per 1,000 officers a year, from -34 to 185 (210 of 212 days)",
            "Complaints: +56.0 per 1,000 officers a year, from -10 to 122 (210 of 212 days)",
        ),
    ),
    "chicago_staged_rollout": (
        "real_release",
        4,
        (
            "22 districts, 72 months, 1,584 rows, 29,843 complaint logs",
            "2,283 counted, 2,300 expected: -0.8 %",
            "held back: interval from -12 % to +13 %",
            "NOT MET: enough for a staged roll-out",
            "Before against after: -32 %. Staged roll-out: -0.8 %.",
            "Published for complaints of force: -29 %",
            "complaints_by_month: held back; before against after -37 %",
            "force_complaints_by_quarter: -12.3 % (-37 to +22); before against after -57 %",
        ),
    ),
    "london_synthetic_truth": (
        "demo_release",
        2,
        (
            "Complaints: planted 10,283, found 10,283 (+0.00 %)",
            "Pounds spent: planted 16,492,000, found 16,492,000 (+0.00 %)",
            "Planted ratio 0.887",
            "The interval holds the planted ratio: True",
        ),
    ),
    "plan_your_own_trial": (
        "nothing",
        3,
        (
            "a fall of 59% or more, and none smaller",
            "Made again, the same: True",
            "Weeks added later, the first 52 unchanged: True",
            "met:     the schedule comes again from its seed - 728 of 728 shifts",
            "NOT MET: the schedule comes again from its seed - 698 of 728 shifts",
            "Rate ratio 0.67, from 0.41 to 1.10; planted 0.6",
        ),
    ),
}


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs_and_is_short(path: Path) -> None:
    kept = [cell.id for cell in code(read(path)) if cell.outputs or cell.execution_count]
    assert kept == []
    assert len(read(path).cells) < LONGEST


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_reads_released_tables_with_polars_and_runs_the_engine_alone(path: Path) -> None:
    text = "\n".join(cell.source for cell in code(read(path)))
    for word in ("pandas", "duckdb", "shared"):
        assert word not in text
    engine = tuple(f"orchestration.{each}." for each in ("evaluation", "studies", "synthetic_data"))
    reached = [line.split()[1] for line in text.splitlines() if line.startswith("from orchestr")]
    assert [name for name in reached if not name.startswith(engine)] == []
    assert "import orchestration" not in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_prints_what_it_found(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, charts, said = SAID[path.stem]
    if release != "nothing":
        monkeypatch.setenv("BODYWORN_RELEASE", str(request.getfixturevalue(release)))
    notebook = read(path)
    here = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=here).execute()
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    assert [o for o in outputs if o.get("name") == "stderr"] == []
    drawn = [output for output in outputs if "vega" in str(output.get("data", ""))]
    printed = "".join(o.text for o in outputs if o.output_type == "stream")
    assert len(drawn) == charts
    assert [each for each in said if each not in printed] == []
    assert UNSAID.findall(printed) == []
