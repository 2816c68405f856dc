"""A replication bundle can be run again; what leaves the building holds no small count."""

import hashlib
import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.evaluation.core import Refusal
from orchestration.studies.bundle import bundle_files, zipped
from orchestration.studies.register import Status
from orchestration.studies.study import estimate, study_from

STUDY = """\
design: common_effect
title: Three trials
question: What is their average?
disclosure: {disclosure}
keys:
  measure: log_rate_ratio
  outcome: Complaints
  from_rates:
    treated_events: a
    treated_exposure: x
    control_events: c
    control_exposure: y
"""
TABLE = "a,x,c,y,note\n12,100,2,100,private\n30,200,33,100,words\n4,90,20,100,here\n"


def bundle(folder: Path, disclosure: str, *options: str) -> tuple[Path, str]:
    """The bundle of a study with its table, and what the command printed."""
    (folder / "study.yml").write_text(STUDY.format(disclosure=disclosure))
    (folder / "t.csv").write_text(TABLE)
    out = folder / "bundle"
    words = [str(folder / "study.yml"), "--data", str(folder / "t.csv"), "--out", str(out)]
    done = CliRunner().invoke(app, ["study", "bundle", *words, *options])
    assert done.exit_code == 0, done.output
    return out, done.output


def test_the_commands_of_a_bundle_give_its_result_again(tmp_path: Path) -> None:
    out, _ = bundle(tmp_path, "P")
    command = ["estimate", str(out / "study.yml"), "--data", str(out / "table.csv"), "--json"]
    again = json.loads(CliRunner().invoke(app, command).output)
    assert again == json.loads((out / "result.json").read_text())
    assert "bodyworn estimate study.yml --data table.csv --json" in (out / "README.md").read_text()
    assert set(json.loads((out / "code.json").read_text())) == {"version", "lock"}


def test_the_sums_of_a_bundle_are_those_of_its_files(tmp_path: Path) -> None:
    out, _ = bundle(tmp_path, "O", "--public")
    sums = dict(line.split("  ")[::-1] for line in (out / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {"README.md", "code.json", "result.json", "study.yml", "table.csv"}
    for name, stated in sums.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == stated


@pytest.mark.parametrize(
    ("disclosure", "left"),
    [("P", None), ("A", [[12, None], [30, 33], [None, 20]]), ("O", [[12, 2], [30, 33], [4, 20]])],
)
def test_what_leaves_the_building_is_cut_by_its_class(
    tmp_path: Path, disclosure: str, left: list[list[int | None]] | None
) -> None:
    out, said = bundle(tmp_path, disclosure, "--public")
    if left is None:
        assert not (out / "table.csv").exists()
        assert "the whole table is left out" in said
        return
    table = pl.read_csv(out / "table.csv")
    assert [list(row) for row in table.select("a", "c").rows()] == left
    assert ("note" in table.columns) == (disclosure == "O")
    assert ("hidden: 1 counts of 1 to 4 in a" in said) == (disclosure == "A")


def test_a_bundle_is_not_written_over_another(tmp_path: Path) -> None:
    bundle(tmp_path, "P")
    words = [str(tmp_path / "study.yml"), "--data", str(tmp_path / "t.csv")]
    done = CliRunner().invoke(app, ["study", "bundle", *words, "--out", str(tmp_path / "bundle")])
    assert (done.exit_code, "is not empty" in done.output) == (2, True)


def inline(disclosure: str) -> str:
    """The same study with its table inside."""
    rows = "inline: {a: [12, 30, 4], x: [100, 200, 90], c: [2, 33, 20], y: [100, 100, 100]}\n"
    return STUDY.format(disclosure=disclosure) + rows


@pytest.mark.parametrize("disclosure", ["P", "A", "O"])
def test_rows_inside_a_study_leave_the_building_only_as_its_table_would(disclosure: str) -> None:
    study = study_from(inline(disclosure), "study.yml")
    found = estimate(study), Status("exploratory", "a test")

    def files(*, is_public: bool) -> dict[str, bytes]:
        text = inline(disclosure)
        return bundle_files(text, study, None, found, {}, is_public=is_public)[0]

    assert "study.yml" in files(is_public=False)
    if disclosure == "O":
        assert files(is_public=True) == files(is_public=False)
        return
    with pytest.raises(Refusal, match="holds rows inline that may not leave"):
        files(is_public=True)


def test_an_archive_of_a_bundle_is_the_same_bytes_every_time() -> None:
    files = {"b.csv": b"2", "a.csv": b"1"}
    assert zipped(files) == zipped(dict(reversed(files.items())))
    assert {name: ZipFile(BytesIO(zipped(files))).read(name) for name in files} == files
