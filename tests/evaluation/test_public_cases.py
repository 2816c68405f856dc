"""The public cases of estimates, and their kind: the right answer, or a refusal with its row."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.commands.estimate import REFUSED
from orchestration.evaluation.core import Refusal, Result
from orchestration.studies.study import estimate, read_table, study_from
from tests.real_data import real_path

#: A key of the case as it is named today.
RENAMED = {"alternatives:": "sensitivity_analyses:"}


def case(name: str) -> Path:
    return real_path(f"cases/turn2/estimate/{name}")


def study_text(name: str) -> str:
    text = case(f"{name}.yml").read_text("utf-8")
    for old, new in RENAMED.items():
        text = text.replace(old, new)
    return text


def found_by(text: str, table: pl.DataFrame) -> Result:
    return estimate(study_from(text, "case.yml"), table)


def starts(text: pl.Expr) -> pl.Expr:
    """The case's starts with another word for units that have none."""
    return pl.when(text == "Inf").then(None).otherwise(text).cast(pl.Int64)


@pytest.mark.parametrize("kind", [pl.String, pl.Float64])
def test_a_start_without_end_is_read_as_never(kind: type[pl.DataType]) -> None:
    rows = read_table(case("never_as_inf.csv"))
    found = found_by(study_text("never_as_inf"), rows.cast({"cameras_from": kind}))
    empty = rows.with_columns(starts(pl.col("cameras_from")))
    assert found.document() == found_by(study_text("never_as_inf"), empty).document()


def test_the_command_gives_no_traceback_for_it(tmp_path: Path) -> None:
    study = tmp_path / "never.yml"
    study.write_text(study_text("never_as_inf"), "utf-8")
    ran = CliRunner().invoke(app, ["estimate", str(study), "--data", str(case("never_as_inf.csv"))])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("word", ["NA", "soon", "3.5", "NaN", "-Inf"])
def test_a_word_or_a_fraction_for_a_first_period_is_refused_with_column_and_row(
    word: str, tmp_path: Path
) -> None:
    text = case("never_as_inf.csv").read_text("utf-8").replace("Inf", word)
    data, study = tmp_path / "table.csv", tmp_path / "study.yml"
    data.write_text(text, "utf-8")
    study.write_text(study_text("never_as_inf"), "utf-8")
    ran = CliRunner().invoke(app, ["estimate", str(study), "--data", str(data)])
    assert ran.exit_code == REFUSED
    assert "column 'cameras_from', row 1: " in ran.output
    assert "Traceback" not in ran.output


@pytest.mark.parametrize("start", [float("nan"), float("-inf")])
def test_what_is_no_number_is_no_start_and_no_never(start: float) -> None:
    rows = read_table(case("never_as_inf.csv"))
    told = pl.col("cameras_from").cast(pl.Float64).replace(float("inf"), start)
    with pytest.raises(Refusal, match="column 'cameras_from', row 1: "):
        found_by(study_text("never_as_inf"), rows.with_columns(told))


def test_na_named_as_never_is_never() -> None:
    rows = read_table(case("never_as_inf.csv"))
    named = rows.with_columns(pl.col("cameras_from").replace("Inf", "NA"))
    text = study_text("never_as_inf").replace("seed: 1", "seed: 1, never: NA")
    found = found_by(text, named)
    assert found.document() == found_by(study_text("never_as_inf"), rows).document()


def test_a_charge_on_the_day_itself_is_no_fault() -> None:
    found = found_by(study_text("same_day_charge"), read_table(case("same_day_charge.csv")))
    assert found.values["log_hazard_ratio_efron"] is not None
    cases = {str(row["arm"]): row["cases"] for row in found.tables["arms"]}
    assert sum(int(str(each)) for each in cases.values()) == 50


@pytest.mark.parametrize(("column", "bad"), [("days", -1), ("charged", 3)])
def test_the_row_that_is_named_is_the_row_of_the_file(column: str, bad: int) -> None:
    rows = read_table(case("same_day_charge.csv")).with_row_index("place", offset=1)
    is_bad = pl.col("place") == 49
    worse = rows.with_columns(pl.when(is_bad).then(bad).otherwise(column).alias(column))
    with pytest.raises(Refusal, match=f"column '{column}', row 49: {bad}, where it must be"):
        found_by(study_text("same_day_charge"), worse.drop("place"))


TEAMS = """\
design: cluster_trial
title: t
question: q
keys: {outcome: events, exposure: years}
"""
SPANS = """\
design: before_after
title: t
question: q
keys: {outcome: C, count: count, period: month, before: {from: 2, to: 3}, after: {from: 4, to: 5}}
"""


def test_rows_that_were_sorted_or_filtered_keep_their_number() -> None:
    teams = pl.DataFrame(
        {
            "cluster": [*"dcba"],
            "arm": ["T", "C", "T", "C"],
            "events": [3, 4, 5, 6],
            "years": [10.0, 10.0, -1.0, 10.0],
        }
    )
    with pytest.raises(Refusal, match="column 'years', row 3: -1, where it must be above 0"):
        found_by(TEAMS, teams)
    months = pl.DataFrame({"month": [1, 2, 3, 4, 5], "count": [9, 9, 9, 9, -2]})
    with pytest.raises(Refusal, match="column 'count', row 5: -2"):
        found_by(SPANS, months)


def test_a_word_in_a_column_of_numbers_names_its_row() -> None:
    rows = read_table(case("same_day_charge.csv"))
    words = rows.with_columns(pl.col("days").cast(pl.String).replace("45", "unknown"))
    row = rows["days"].to_list().index(45) + 1
    with pytest.raises(Refusal, match=f"column 'days', row {row}: 'unknown', where it must be a"):
        found_by(study_text("same_day_charge"), words)


def test_a_fraction_of_an_event_is_refused() -> None:
    months = pl.DataFrame({"month": [1, 2, 3, 4, 5], "count": [9.0, 9.5, 9.0, 9.0, 2.0]})
    with pytest.raises(Refusal, match=r"row 2: 9\.5, where it must be a whole number of events"):
        found_by(SPANS, months)
