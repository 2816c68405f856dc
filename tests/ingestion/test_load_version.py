"""What reads every file again, and what does not: real edits of the code that reads and writes."""

import ast
import shutil
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.ingestion import load_version
from orchestration.ingestion.load_version import DECIDING
from orchestration.storage.hashes import of_sources
from tests.ingestion.landing_builder import CLIPS, Place

READS_AND_WRITES = ("ingestion/validation/validate_file.py", "ingestion/write_raw.py")
# What that code imports and that decides nothing of what is stored: where the project lies, how
# bytes reach the disk, where in a file a fault stands, columns of released tables, the engine (its
# version counts) and the key (its fingerprint counts).
SPARED = {
    "orchestration/ingestion/pseudonyms/keys.py",
    "orchestration/paths.py",
    "orchestration/storage/durable.py",
    "orchestration/storage/engine.py",
    "orchestration/storage/table_columns.py",
    "orchestration/storage/yaml_positions.py",
}


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the code, which the version of a load is then taken from."""
    copy = tmp_path / "code"
    compiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ROOT / "orchestration", copy / "orchestration", ignore=compiled)
    monkeypatch.setattr(load_version, "_code", lambda: of_sources(copy, DECIDING))
    return copy / "orchestration"


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"the edit does not fit {file.name} any more"
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("ingestion/validation/flags.py", "# A column has changed", "# Better: a column is"),
        ("ingestion/validation/result.py", '"""Whether every record', '"""Better: every record'),
        ("ingestion/write_raw.py", "import duckdb\n", "import duckdb  # the engine\n\n"),
        ("ingestion/ledger.py", 'DATES = ("as_of", ', 'DATES = ("as_of", "loaded_on", '),
        ("ingestion/landing/files.py", "WAIT_SECONDS = 0.2", "WAIT_SECONDS = 0.3"),
        ("storage/durable.py", "import os\n", "import os\nOTHER = 1\n"),
    ],
    ids=["a comment", "a docstring", "layout", "the ledger", "the look at landing", "the disk"],
)
def test_an_edit_that_decides_nothing_reads_no_file_again(
    place: Place, code: Path, module: str, old: str, new: str
) -> None:
    place.deliver("clips.csv", CLIPS)
    place.load()
    _edit(code / module, old, new)
    assert not place.scan().deliveries


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("ingestion/validation/flags.py", "TYPE_DRIFT_SHARE = 0.5", "TYPE_DRIFT_SHARE = 0.6"),
        ("ingestion/formats/decode.py", "CHUNK = 1 << 20", "CHUNK = 1 << 19"),
        ("ingestion/write_raw.py", "parquet_version v2", "parquet_version v1"),
        ("ingestion/contracts/column.py", "date(1950, 1, 1)", "date(1960, 1, 1)"),
        ("ingestion/pseudonyms/pseudonyms.py", "LETTERS = 26", "LETTERS = 25"),
        ("storage/read_back.py", "ROWS_AT_ONCE = 2 * 122_880", "ROWS_AT_ONCE = 100_000"),
    ],
)
def test_an_edit_that_may_decide_reads_every_file_again(
    place: Place, code: Path, module: str, old: str, new: str
) -> None:
    place.deliver("clips.csv", CLIPS)
    place.load()
    _edit(code / module, old, new)
    assert len(place.scan().deliveries) == 1


def _imported(module: str) -> set[str]:
    """Files that a module may import, packages and names among them."""
    nodes = ast.walk(ast.parse((paths.ROOT / module).read_bytes()))
    names = {
        name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module
        for name in (node.module, *(f"{node.module}.{each.name}" for each in node.names))
    }
    return {f"{name.replace('.', '/')}.py" for name in names}


def test_all_that_reading_and_writing_import_decides() -> None:
    waiting = {f"orchestration/{name}" for name in READS_AND_WRITES}
    reached: set[str] = set()
    while waiting:
        module = waiting.pop()
        reached.add(module)
        found = set() if module in SPARED else _imported(module)
        waiting |= {name for name in found - reached if (paths.ROOT / name).is_file()}
    assert len(reached) > 20
    assert {module for module in reached if not module.startswith(DECIDING)} == SPARED
