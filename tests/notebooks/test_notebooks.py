"""Notebooks run from top to bottom on a real release, and are committed without outputs."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from orchestration import paths

NOTEBOOKS = sorted((paths.ROOT / "notebooks").glob("*.ipynb"))
CHARTS = 5


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    kept = [cell.id for cell in code(read(path)) if cell.outputs or cell.execution_count]
    assert kept == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_reads_released_tables_with_polars_alone(path: Path) -> None:
    text = "\n".join(cell.source for cell in code(read(path)))
    for word in ("pandas", "duckdb", "orchestration", "shared"):
        assert word not in text


def test_the_chicago_notebook_runs_on_the_real_release(
    real_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_RELEASE", str(real_release))
    notebook = read(paths.ROOT / "notebooks" / "chicago_first_look.ipynb")
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    charts = [output for output in outputs if "vega" in str(output.get("data", ""))]
    assert len(charts) == CHARTS
    printed = "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stdout")
    assert "effect" not in printed.lower()
    assert [o for o in outputs if o.get("name") == "stderr"] == []
