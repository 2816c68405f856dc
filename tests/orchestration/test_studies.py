"""A run's studies: each finds its table in the warehouse, and no refusal stops the run."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration import paths
from orchestration.steps.run_studies import TABLES, write_studies

STUDY = """\
design: staged_rollout
title: Complaints as cameras came
question: How do complaints compare?
outcome_window: {{from: 2013-01-01, to: 2014-12-31}}
keys:
  outcome: Complaints
  unit: area_id
  period: month_start
  first: cameras_from
  first_is: day
  count: complaints
  seed: 1
  draws: 99
evidence:
  table: {table}
  outcome: complaints
  design: Areas that received cameras at different times.
  compared: Areas with cameras, with areas without.
  would_change: More areas.
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose warehouse holds a panel of two programmes, and studies of one of them."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    monkeypatch.setattr(paths, "PROGRAMMES", tmp_path / "programmes")
    folder = tmp_path / "programmes" / "here" / "studies"
    folder.mkdir(parents=True)
    (folder / "rolled.yml").write_text(STUDY.format(table="fct_panel"))
    (folder / "lost.yml").write_text(STUDY.format(table="fct_nowhere"))
    (folder / "broken.yml").write_text("design: [")
    paths.warehouse().parent.mkdir()
    with duckdb.connect(paths.warehouse()) as con:
        con.register("rows", panel())
        con.execute("create table fct_panel as from rows")
    return tmp_path


def panel() -> pl.DataFrame:
    """Nine areas by month, the last three without cameras, with a year past the study's window."""
    months = pl.date_range(date(2013, 1, 1), date(2015, 12, 1), "1mo", eager=True)
    return pl.DataFrame(
        [
            {
                "programme_id": "here",
                "area_id": f"area_{area}",
                "month_start": month,
                "cameras_from": None if area > 6 else date(2014, 2 + area // 2, 1),
                "complaints": 20 + 3 * area + month.month % 5,
            }
            for area in range(1, 10)
            for month in months
        ]
    )


def written(home: Path, table: str = "studies") -> pl.DataFrame:
    return pl.read_parquet(home / "derived" / "evaluation" / f"{table}.parquet")


def test_a_study_takes_its_programmes_rows_within_its_outcome_window(home: Path) -> None:
    assert set(write_studies(["here"])) == set(TABLES)
    row = written(home).filter(study_id="here_rolled").row(0, named=True)
    assert (row["programme_id"], row["refusal_reason"]) == ("here", None)
    values = written(home, "study_values").filter(study_id="here_rolled")
    last = values.filter(value_name="last_identified")["value_text"].item()
    assert last == "2014-12-01"


def test_a_study_of_one_area_takes_the_rows_of_that_area_alone(home: Path) -> None:
    file = home / "programmes" / "here" / "studies" / "rolled.yml"
    file.write_text(
        file.read_text().replace("  table: fct_panel", "  table: fct_panel\n  area: area_2")
    )
    write_studies(["here"])
    reason = written(home).filter(study_id="here_rolled")["refusal_reason"].item()
    assert reason.startswith("all units are treated at once")


def test_a_study_without_its_table_or_its_sense_is_a_row_with_the_reason(home: Path) -> None:
    write_studies(["here"])
    reasons = dict(written(home).select("study_id", "refusal_reason").rows())
    assert "fct_nowhere, which no run makes" in reasons["here_lost"]
    assert "not YAML" in reasons["here_broken"]


def test_a_study_whose_programme_landed_nothing_gives_no_row(home: Path) -> None:
    with duckdb.connect(paths.warehouse()) as con:
        con.execute("delete from fct_panel")
    write_studies(["here"])
    assert "here_rolled" not in written(home)["study_id"].to_list()


def test_studies_of_publications_are_run_whatever_the_programmes_are(home: Path) -> None:
    write_studies([])
    rows = written(home)
    assert rows["programme_id"].null_count() == rows.height >= 4
    assert rows["refusal_reason"].null_count() == rows.height
    tried = rows.filter("is_randomised")
    assert tried["before_after_words"].null_count() == 0


def test_a_study_over_a_month_that_was_not_supplied_says_so_and_counts_no_zero(home: Path) -> None:
    lost = pl.col("month_start").is_between(date(2013, 6, 1), date(2013, 7, 1))
    with duckdb.connect(paths.warehouse()) as con:
        rows = panel().with_columns(pl.when(~lost).then("complaints").alias("complaints"))
        con.register("rows", rows)
        con.execute("create or replace table fct_panel as from rows")
    write_studies(["here"])
    row = written(home).filter(study_id="here_rolled").row(0, named=True)
    assert row["refusal_reason"].rstrip(".") == (
        "the study reads complaints of months that were not supplied: June 2013, July 2013."
        " Deliver their files, or let `outcome_window` leave them out"
    )
    # A month beyond the window of the study is none of its months.
    study = home / "programmes" / "here" / "studies" / "rolled.yml"
    study.write_text(STUDY.format(table="fct_panel").replace("2013-01-01", "2013-08-01"))
    write_studies(["here"])
    row = written(home).filter(study_id="here_rolled").row(0, named=True)
    assert "not supplied" not in str(row["refusal_reason"])
