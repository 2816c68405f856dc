"""A file that asks for more than a machine has is refused in words, and the others go on."""

import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from orchestration import paths
from orchestration.cli import app
from orchestration.ingestion import reading_process
from orchestration.ingestion.delivery import MB, FileLimits, NotNow
from orchestration.ingestion.ledger import read_ledger
from orchestration.ingestion.reading_process import ReadingProcess
from orchestration.ingestion.reading_task import Task
from tests.ingestion.bombs import BOMBS
from tests.ingestion.contract_builder import AS_OF, HEADER, contract, delivery, look, reasons
from tests.ingestion.landing_builder import CLIPS, Place
from tests.ingestion.test_formats import HEADINGS, NOON, SHEET, workbook

ROW = "R1,2024-05-01 10:00:00,60,x"
# The others take up to half a minute each: `make prove` tries them all.
QUICK = (
    *("blank lines and short rows", "short rows", "wide header", "wide row", "many members"),
    *("other members", "far cell", "far down"),
)


@pytest.fixture
def reading() -> Any:
    process = ReadingProcess()
    yield process
    process.close()


def _task(folder: Path, text: str = f"{HEADER}\n{ROW}\n", **how: Any) -> Task:
    path = folder / "recordings.csv"
    path.write_text(text)
    return Task(path, contract(), AS_OF, "Europe/London", None, **how)


@pytest.mark.parametrize("name", QUICK)
def test_a_small_file_that_asks_for_too_much_is_refused_with_the_limit_it_met(
    name: str, tmp_path: Path
) -> None:
    form, write, says = BOMBS[name]
    path = tmp_path / f"recordings.{form}"
    write(path)
    of = contract() if form == "csv" else contract(format={"type": form})
    found = look(path, of, folder=tmp_path)
    assert says in (found.refused or "")
    assert found.met_limit


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path, reading: ReadingProcess) -> None:
    output = tmp_path / "raw.parquet"
    task = _task(tmp_path, delivery=delivery(tmp_path / "recordings.csv"), output=output)
    found = reading.read(task).result
    assert (found.accepted, found.refused) == (1, None)
    assert pl.read_parquet(output)["recording_id"].to_list() == ["R1"]
    before = reading.start()
    assert reading.read(task).result.accepted == 1
    assert reading.start() is before


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_is_read(
    tmp_path: Path, reading: ReadingProcess
) -> None:
    small = FileLimits(memory_mb=20)
    rows = f"{HEADER}\n" + f"{ROW}\n" * 200_000
    said = reading.read(_task(tmp_path, rows, limits=small)).result
    assert "more than 20 MB of memory (BODYWORN_FILE_MEMORY_MB" in (said.refused or "")
    assert said.met_limit
    assert reading.read(_task(tmp_path)).result.accepted == 1


def test_a_file_that_takes_too_long_waits_for_the_next_run(
    tmp_path: Path, reading: ReadingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.ingestion.delivery.PATIENCE", 0)
    with pytest.raises(NotNow, match="next run tries again"):
        reading.read(_task(tmp_path, f"{HEADER}\n" + f"{ROW}\n" * 200_000))


def test_a_file_on_which_the_process_breaks_down_is_refused_and_the_next_is_read(
    tmp_path: Path, reading: ReadingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def abort(pid: int) -> reading_process._Use:
        os.kill(pid, signal.SIGABRT)
        return reading_process._Use(0, 0.0)

    with monkeypatch.context() as patched:
        patched.setattr(reading_process, "_use_of", abort)
        said = reading.read(_task(tmp_path, f"{HEADER}\n" + f"{ROW}\n" * 200_000)).result
    assert "broke down on it (SIGABRT)" in (said.refused or "")
    assert reading.read(_task(tmp_path)).result.accepted == 1


def test_a_process_that_ended_for_want_of_work_is_started_again(
    tmp_path: Path, reading: ReadingProcess
) -> None:
    child = reading.start()
    child._tasks.close()
    deadline = time.monotonic() + 30
    while child.is_alive and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.is_alive
    assert reading.read(_task(tmp_path)).result.accepted == 1


def test_the_process_ends_with_the_one_that_waits_for_it(tmp_path: Path) -> None:
    code = (
        "import os; from orchestration.ingestion.reading_process import READING;"
        "print(READING.start()._process.pid, flush=True); os._exit(9)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=paths.ROOT, check=False
    )
    deadline = time.monotonic() + 30
    while Path(f"/proc/{int(said.stdout)}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{int(said.stdout)}").exists()


def test_a_refusal_for_a_limit_stands_until_the_limit_is_set_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_FILE_COLUMNS", "3")
    place.deliver("clips.csv", CLIPS)
    (row,) = place.load()
    assert "Line 1 has 4 fields, more than the 3" in (row.reason or "")
    assert place.scan().deliveries == []
    monkeypatch.setenv("BODYWORN_FILE_COLUMNS", "4")
    assert [row.load_status for row in place.load()] == ["accepted"]
    monkeypatch.setenv("BODYWORN_FILE_COLUMNS", "5")
    assert place.scan().deliveries == []
    assert len(read_ledger()) == 1


def test_limits_grow_with_the_file_and_stop_at_their_settings() -> None:
    limits = FileLimits(memory_mb=3000)
    small, large = limits.allowance(0), limits.allowance(50 * MB)
    assert (small.memory, large.memory) == (1000 * MB, 2200 * MB)
    assert limits.allowance(5000 * MB).memory == 3000 * MB
    assert large.seconds > small.seconds
    assert large.output > small.output


def test_a_limit_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BODYWORN_FILE_SECONDS", "a minute")
    with pytest.raises(ValueError, match="BODYWORN_FILE_SECONDS is 'a minute'"):
        FileLimits.from_environment()


def test_check_says_in_a_sentence_that_there_was_too_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYWORN_FILE_MEMORY_MB", "20")
    path = tmp_path / "spend.csv"
    path.write_text("month,item,amount\n" * 500_000)
    done = CliRunner().invoke(app, ["check", str(path), "--source", "bodyworn", "--table", "spend"])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert "memory" in done.output


@pytest.mark.parametrize("error", ["#N/A", "#SPILL!", "#REF!"])
def test_a_cell_that_holds_an_error_costs_its_row_and_not_the_workbook(
    tmp_path: Path, error: str
) -> None:
    rows: list[list[Any]] = [[*HEADINGS, "Other"], *([f"R{n}", NOON, 60, "x", "y"] for n in "123")]
    rows[2][3] = rows[3][4] = "E"
    path = _with_error(workbook(tmp_path, rows), error)
    found = look(path, SHEET, folder=tmp_path)
    assert reasons(found) == [(2, 3, "Note", "cell_error")]
    assert found.accepted == 2


def _with_error(path: Path, error: str) -> Path:
    """The workbook with an error in the place of each cell that holds the text E."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = re.findall(rb"<si><t>(.*?)</t></si>", parts["xl/sharedStrings.xml"])
    number, sheet = str(texts.index(b"E")).encode(), "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(
        rb't="s"><v>' + number + rb"</v>", b't="e"><v>' + error.encode() + b"</v>", parts[sheet]
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("content", "of", "says"),
    [
        (f"{HEADER}\n".encode("utf-16"), contract(), "looks like UTF-16"),
        (f"{HEADER}\n".encode("utf-16-le"), contract(), "Save it as UTF-8"),
        (f"{HEADER}\n{ROW}\n".encode(), SHEET, "wants an XLSX workbook"),
        (b"%PDF-1.7\n", contract(), "is a PDF, and the pattern in its contract"),
        (b"PAR1....", contract(), "is Parquet, and the pattern"),
    ],
    ids=["utf-16", "utf-16 without a mark", "csv for a workbook", "pdf", "parquet for csv"],
)
def test_a_file_of_another_format_is_named(
    content: bytes, of: Any, says: str, tmp_path: Path
) -> None:
    assert says in (look(content, of, folder=tmp_path).refused or "")


def test_a_workbook_where_csv_is_wanted_says_so(tmp_path: Path) -> None:
    path = workbook(tmp_path, [HEADINGS, ["R1", NOON, 60, ""]])
    said = look(path, contract(), folder=tmp_path).refused or ""
    assert said.startswith("The file is an XLSX workbook, and the pattern")
    assert "wants CSV. Save it as CSV" in said
