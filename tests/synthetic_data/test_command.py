"""`bodyworn synthesise`: one seed one set of bytes, one line for a slip, and a true exit code."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app


def run(*words: str) -> tuple[int, str]:
    """Exit code and everything that was printed."""
    done = CliRunner().invoke(app, ["synthesise", *words])
    return done.exit_code, done.output


def digest(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


@pytest.mark.parametrize("preset", ["london", "west_mercia"])
def test_the_same_words_write_the_same_bytes_truth_included(tmp_path: Path, preset: str) -> None:
    for name in ("one", "two"):
        words = (preset, "--recordings", "2000", "--seed", "5", "--faults", "all")
        code, said = run(*words, "--out", str(tmp_path / name))
        assert code == 0, said
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert "truth.json" in digest(tmp_path / "one")


def test_another_seed_writes_other_records_and_says_so(tmp_path: Path) -> None:
    for seed in ("5", "6"):
        run("london", "--recordings", "2000", "--seed", seed, "--out", str(tmp_path / seed))
    one, other = digest(tmp_path / "5"), digest(tmp_path / "6")
    assert one.keys() == other.keys()
    assert {name for name in one if one[name] == other[name]} == set()
    assert json.loads((tmp_path / "6" / "truth.json").read_text())["seed"] == 6


def test_exactly_as_many_recordings_are_written_as_were_asked_for(tmp_path: Path) -> None:
    run("london", "--recordings", "3210", "--out", str(tmp_path / "out"))
    rows = sum(
        path.read_text().count("\n") - 1 for path in (tmp_path / "out").glob("recordings_*.csv")
    )
    assert rows == 3210


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "there is no preset nowhere; there are: london, west_mercia"),
        (("london", "--faults", "rust"), "no such fault: rust; there are: dock_owner, "),
        (("london", "--recordings", "9"), "9 recordings are too few: ask for 500 or more"),
    ],
)
def test_a_slip_is_told_in_one_line_with_exit_code_2(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    code, printed = run(*words, "--out", str(tmp_path / "out"))
    assert (code, printed.count("\n")) == (2, 1)
    assert printed.startswith(said)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.csv").write_text("x")
    code, printed = run("london", "--out", str(tmp_path))
    assert code == 2
    assert "is not an empty folder" in printed
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]


def test_help_shows_an_example() -> None:
    code, printed = run("--help")
    assert code == 0
    assert "Example: bodyworn synthesise PRESET" in printed
