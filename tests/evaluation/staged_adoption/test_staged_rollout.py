"""The staged roll-out: what it finds, what else it prints, what it refuses."""

from datetime import date, timedelta
from math import log
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.staged_adoption.panel import StagedKeys
from orchestration.evaluation.staged_adoption.staged_rollout import staged_rollout
from orchestration.evaluation.wording import BANNED
from tests.evaluation.staged_adoption.simulated_panels import COUNTS, table

FIRST = pl.col("first")


def run(rows: pl.DataFrame, **more: Any) -> Result:
    given = {"seed": 5, "draws": 99, "sensitivity_analyses": False, "leads": 3, **COUNTS, **more}
    return staged_rollout(StagedKeys(**given), rows)


def long_table(log_ratio: float = 0.0) -> pl.DataFrame:
    """Thirty periods with a past of fourteen before the first cameras."""
    return table(log_ratio, periods=30, start=10)


@pytest.fixture(scope="module")
def found() -> Result:
    return run(long_table(log(0.7)))


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


def test_one_cell_that_carries_the_estimate_is_named_with_what_is_left_without_it() -> None:
    is_one = (pl.col("unit") == "c") & (pl.col("period") == 20)
    rows = long_table().with_columns(count=pl.when(is_one).then(40_000).otherwise(pl.col("count")))
    [said] = [note for note in run(rows).notes if "One cell carries" in note]
    assert "without c in 20 (40,000 counted)" in said
    assert run(rows).values["carrying_cell"] == "c, 20 (40,000 counted)"
    assert not any("One cell carries" in note for note in run(long_table()).notes)


def test_words_say_nothing_of_causes(found: Result) -> None:
    assert BANNED.findall(found.summary) == []
    assert "Nothing was randomised" in found.summary


def test_too_short_a_past_fails_its_gate_with_the_figure() -> None:
    gate = run(table(log(0.7))).gates[0]
    assert not gate.passed
    assert "months before the first: 4, needed 12" in gate.reason


def test_few_units_carry_no_interval() -> None:
    few = run(table(log(0.7)).filter(pl.col("unit").is_in(["a", "c", "e", "g"])))
    assert few.interval_low is None
    assert few.values["p_randomisation"] is not None
    assert "units: 4, needed 8" in few.summary


def test_the_order_of_rows_changes_nothing(found: Result) -> None:
    mixed = long_table(log(0.7)).sample(fraction=1, shuffle=True, seed=2)
    assert run(mixed).document() == found.document()


BAD = {
    "all counts are zero": lambda rows: rows.with_columns(count=pl.lit(0)),
    "where it must be 0 or more": lambda rows: rows.with_columns(count=pl.col("count") - 1000),
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
    with pytest.raises(Refusal, match="are not identified"):
        run(rows, covariates=("one", "two"))


def test_a_break_is_spanned_only_by_choice() -> None:
    breaks = [{"at": date(2017, 5, 15), "what": "A new form."}]
    with pytest.raises(Refusal, match=r"break of 2017-05-15: A new form\."):
        run(dated(table()), breaks=breaks)
    noted = run(dated(table()), breaks=breaks, spans_breaks=True).notes
    assert noted[0] == "Runs over the break of 2017-05-15: A new form."


@pytest.mark.parametrize(("last_cut_too_early", "lag"), [
    (date(2017, 10, 30), 0), (date(2018, 1, 30), 3),
])  # fmt: skip
def test_a_last_month_matures_as_many_months_after_its_last_day(
    last_cut_too_early: date, lag: int
) -> None:
    with pytest.raises(Refusal, match="outcome of 2017-10-31 has not matured"):
        run(dated(table()), data_cut=last_cut_too_early, matures_after=lag)
    ripe = last_cut_too_early + timedelta(days=1)
    assert run(dated(table()), data_cut=ripe, matures_after=lag).values["log_ratio"] is not None


def test_a_last_quarter_matures_after_the_last_of_its_three_months() -> None:
    quarters: dict[str, Any] = {"quarters": True, "leads": 2, "matures_after": 3}
    with pytest.raises(Refusal, match="outcome of 2017-09-30 has not matured"):
        run(dated(table(periods=9)), **quarters, data_cut=date(2017, 12, 30))
    found = run(dated(table(periods=9)), **quarters, data_cut=date(2017, 12, 31))
    assert found.values["log_ratio"] is not None


def test_numbered_periods_are_not_compared_with_the_day_of_a_cut() -> None:
    with pytest.raises(Refusal, match="numbered periods cannot be compared"):
        run(table(), data_cut=date(2018, 2, 1))


def test_a_lag_without_a_cut_is_no_study() -> None:
    with pytest.raises(ValidationError, match="matures_after needs data_cut"):
        run(dated(table()), matures_after=3)


def test_a_break_within_the_last_month_is_within_the_table() -> None:
    with pytest.raises(Refusal, match=r"break of 2017-10-15"):
        run(dated(table()), breaks=[{"at": date(2017, 10, 15), "what": "A new form."}])


def test_months_are_added_up_to_quarters() -> None:
    rows = dated(table(periods=9))
    assert run(rows, quarters=True, leads=2).values["last_identified"] == "2017-07-01"
    with pytest.raises(Refusal, match="do not fill whole quarters"):
        run(dated(table()), quarters=True)


def test_other_methods_and_checks_stand_beside() -> None:
    beside = run(table(log(0.7)), sensitivity_analyses=True, leave_out=("a",)).diagnostics
    lines = {
        each["name"]: each for each in beside["sensitivity_analyses"] + beside["robustness_checks"]
    }
    for name in ("two_way_poisson", "callaway_santanna_log_rate", "sun_abraham_log_rate", "donut"):
        assert lines[name]["estimate"] == pytest.approx(log(0.7), abs=0.2), lines[name]
    assert {"without_wave_4", "without_left_out", "callaway_santanna_rate"} <= set(lines)
