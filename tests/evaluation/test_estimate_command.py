"""`bodyworn estimate`: a result for a program and for a person, and a refusal that says where."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration import paths
from orchestration.cli import app

STUDY = """\
design: common_effect
title: Two trials
question: What is their average?
keys:
  measure: log_rate_ratio
  outcome: Complaints
  is_randomised: true
  label: site
  from_rates:
    treated_events: events
    treated_exposure: hours
    control_events: other_events
    control_exposure: other_hours
"""
TABLE = "site,events,hours,other_events,other_hours\na,10,100,20,100\nb,30,200,30,100\nc,0,5,0,5\n"


def run(*words: str) -> tuple[int, str]:
    """Exit code and everything that was printed."""
    done = CliRunner().invoke(app, ["estimate", *words])
    return done.exit_code, done.output


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text(TABLE)
    file = tmp_path / "two_trials.yml"
    file.write_text(STUDY)
    return file


def test_a_study_on_a_table_gives_json_with_every_figure(study: Path) -> None:
    code, said = run(str(study), "--data", str(study.parent / "table.csv"), "--json")
    found = json.loads(said)
    assert code == 0
    assert found["values"]["k"] == 2
    # Both rate ratios are one half, and so is their average; two studies are not averaged.
    assert found["values"]["estimate"] == pytest.approx(-0.6931471805599453)
    assert found["estimate"] is None
    assert found["gates"][0] == {
        "name": "enough studies to pool",
        "passed": False,
        "reason": "studies: 2, needed 3",
        "is_advice": False,
        "missing": "studies: 2, needed 3",
    }
    assert len(found["study_sha256"]) == 64


def test_a_study_may_name_its_table_beside_it(study: Path) -> None:
    study.write_text(STUDY + "data: table.csv\n")
    code, said = run(str(study))
    assert code == 0
    assert said.startswith("Two trials\nNot enough data for an estimate (studies: 2, needed 3).")
    assert "NOT MET: enough studies to pool" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STUDY.replace("measure: log_rate", "measur: log_rate"), "line 5, column 3: keys.measur"),
        (STUDY.replace("log_rate_ratio", "percent"), "line 5, column 3: keys.measure"),
        (STUDY.replace("common_effect", "guess"), "line 1, column 1: there is no design 'guess'"),
        (STUDY + "keys: {}\n", "line 14, column 1: 'keys' is said twice"),
        (STUDY + "x: [", "line 15, column 1: not YAML"),
        ("- 1\n", "line 1, column 1: a study is a mapping"),
        (STUDY + "inline: {a: [1], b: [1, 2]}\n", "column 18: b has 2 entries and a 1"),
        (STUDY + "inline: {a: [1]}\ndata: t.csv\n", "`data:` or holds `inline:`, not both"),
        (STUDY + "outcome_window: {from: 2020-02-01, to: 2020-01-01}\n", "ends before it begins"),
    ],
)
def test_a_fault_in_a_study_is_shown_by_line_and_column(
    study: Path, text: str, message: str
) -> None:
    study.write_text(text)
    code, said = run(str(study))
    assert (code, "two_trials.yml, line " in said) == (2, True)
    assert message in said


def test_a_missing_key_is_placed_where_it_should_stand(study: Path) -> None:
    study.write_text(STUDY.replace("  outcome: Complaints\n", ""))
    assert run(str(study)) == (
        2,
        "two_trials.yml, line 4, column 1: keys.outcome: Field required\n",
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.replace("hours,other", "shifts,other"), "no column 'hours'; there are: site, "),
        (TABLE.replace("30,200", "30,0"), "column 'hours', row 2: 0, where it must be above 0"),
        (TABLE.replace("30,200", "-3,200"), "column 'events', row 2: -3, where it must be 0 or"),
        (TABLE.replace("30,200", ",200"), "column 'events', row 2: empty"),
        (TABLE.replace("\nb,", "\na,"), "study 'a' stands in the table twice"),
        (TABLE.split("\n", maxsplit=1)[0] + "\n", "the table has no rows"),
        (TABLE.replace("b,30,200,30,100\n", ""), "1 studies with an effect"),
    ],
)
def test_a_table_that_cannot_be_estimated_is_refused_by_row(
    study: Path, table: str, message: str
) -> None:
    (study.parent / "table.csv").write_text(table)
    code, said = run(str(study), "--data", str(study.parent / "table.csv"))
    assert code == 2
    assert message in said


def test_starting_the_command_loads_no_statistical_library() -> None:
    code = "import sys, orchestration.cli as c; print({m.split('.')[0] for m in sys.modules})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    for heavy in ("statsmodels", "scipy", "pyfixest", "diff_diff", "polars"):
        assert f"'{heavy}'" not in done.stdout
