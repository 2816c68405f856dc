"""The staged roll-out: what it finds, what it prints beside, what it refuses."""

from datetime import date
from math import log
from typing import Any

import polars as pl
import pytest

from orchestration.evaluation.frame import Refusal, Result
from orchestration.evaluation.rollout.keys import StagedKeys
from orchestration.evaluation.rollout.staged import staged_rollout
from orchestration.evaluation.telling import BANNED
from tests.evaluation.rollout.invented import COUNTS, table

FIRST = pl.col("first")


def run(rows: pl.DataFrame, **more: Any) -> Result:
    given = {"seed": 5, "draws": 99, "alternatives": False, "leads": 3, **COUNTS, **more}
    return staged_rollout(StagedKeys(**given), rows)


@pytest.fixture(scope="module")
def found() -> Result:
    return run(table(log(0.7)))


def dated(rows: pl.DataFrame) -> pl.DataFrame:
    """The same table by month of 2017."""
    month = pl.date(2017, pl.col("period") + 1, 1)
    return rows.with_columns(period=month, first=pl.date(2017, FIRST + 1, 1))


def test_a_fall_of_thirty_per_cent_is_found(found: Result) -> None:
    assert found.interval_low is not None
    assert found.interval_high is not None
    assert found.interval_low < log(0.7) < found.interval_high < 0
    assert found.p_value is not None
    assert found.p_value < 0.05


def test_the_estimate_is_observed_over_expected(found: Result) -> None:
    values = found.values
    observed, expected = (float(str(values[name])) for name in ("observed", "expected"))
    assert found.estimate == pytest.approx(log(observed / expected))
    assert [each["units"] for each in found.diagnostics["waves"]] == [2, 2, 2]


def test_words_say_nothing_of_causes(found: Result) -> None:
    assert BANNED.findall(found.words) == []
    assert "Nothing was drawn by lot" in found.words


def test_too_short_a_past_fails_its_gate_with_the_figure(found: Result) -> None:
    gate = found.gates[0]
    assert not gate.passed
    assert "months before the first: 4, needed 12" in gate.reason


def test_few_units_carry_no_interval() -> None:
    few = run(table(log(0.7)).filter(pl.col("unit").is_in(["a", "c", "e", "g"])))
    assert few.interval_low is None
    assert few.p_value is not None
    assert "no interval" in few.words


def test_the_order_of_rows_changes_nothing(found: Result) -> None:
    mixed = table(log(0.7)).sample(fraction=1, shuffle=True, seed=2)
    assert run(mixed).document() == found.document()


BAD = {
    "all counts are nought": lambda rows: rows.with_columns(count=pl.lit(0)),
    "counts below nought": lambda rows: rows.with_columns(count=pl.col("count") - 1000),
    "must be above 0": lambda rows: rows.with_columns(hours=pl.lit(0.0)),
    "is missing": lambda rows: rows.slice(1),
    "stands twice": lambda rows: pl.concat([rows, rows.head(1)]),
    "at once": lambda rows: rows.with_columns(first=pl.lit(5)),
    "before the second period": lambda rows: rows.with_columns(
        first=pl.when(pl.col("unit") == "a").then(0).otherwise(FIRST)
    ),
    "cannot switch off": lambda rows: rows.with_columns(
        first=pl.when((pl.col("unit") == "a") & (pl.col("period") > 7)).then(None).otherwise(FIRST)
    ),
    "has no event before": lambda rows: rows.with_columns(
        count=pl.when((pl.col("unit") == "a") & (pl.col("period") < 4)).then(0).otherwise("count")
    ),
    "no untreated unit has an event": lambda rows: rows.with_columns(
        count=pl.when((pl.col("unit") >= "g") & (pl.col("period") == 9)).then(0).otherwise("count")
    ),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_table_is_refused_by_its_reason(reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        run(BAD[reason](table()))


def test_covariates_that_cannot_be_told_apart_are_refused() -> None:
    rows = table().with_columns(one=(pl.col("unit") == "a") & (pl.col("period") > 1))
    rows = rows.with_columns(two=2 * pl.col("one").cast(pl.Int64))
    with pytest.raises(Refusal, match="cannot be told apart"):
        run(rows, covariates=("one", "two"))


def test_a_break_is_spanned_only_by_choice() -> None:
    breaks = [{"at": date(2017, 5, 15), "what": "A new form."}]
    with pytest.raises(Refusal, match=r"break of 2017-05-15: A new form\."):
        run(dated(table()), breaks=breaks)
    noted = run(dated(table()), breaks=breaks, spans_breaks=True).notes
    assert noted[0] == "Runs over the break of 2017-05-15: A new form."


def test_an_outcome_that_has_not_matured_is_refused() -> None:
    with pytest.raises(Refusal, match="has not matured"):
        run(dated(table()), data_cut=date(2017, 12, 1), matures_after=3)
    assert run(dated(table()), data_cut=date(2018, 2, 1), matures_after=3).estimate is not None


def test_months_are_added_up_to_quarters() -> None:
    rows = dated(table(periods=9))
    assert run(rows, quarters=True, leads=2).values["last_identified"] == "2017-07-01"
    with pytest.raises(Refusal, match="do not fill whole quarters"):
        run(dated(table()), quarters=True)


def test_other_methods_and_checks_stand_beside() -> None:
    beside = run(table(log(0.7)), alternatives=True, leave_out=("a",)).diagnostics
    lines = {each["name"]: each for each in beside["alternatives"] + beside["checks"]}
    for name in ("two_way_poisson", "group_time_log_rate", "cohorts_log_rate", "donut"):
        assert lines[name]["estimate"] == pytest.approx(log(0.7), abs=0.2), lines[name]
    assert {"without_wave_4", "without_left_out", "group_time_rate"} <= set(lines)
