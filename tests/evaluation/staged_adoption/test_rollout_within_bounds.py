"""A roll-out whose days are bounded: draws within bounds, gates at every draw, and its checks."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation.columns import NEVER
from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.staged_adoption.bounded_dates import (
    BoundedKeys,
    checks_at_middle_days,
    read_bounds,
)
from orchestration.evaluation.staged_adoption.panel import StagedKeys
from orchestration.evaluation.staged_adoption.rollout_within_bounds import (
    estimates_of,
    rollout_within_bounds,
)
from orchestration.evaluation.staged_adoption.staged_rollout import staged_rollout
from orchestration.studies.results import points_of

MONTHS = pl.date_range(date(2015, 1, 1), date(2017, 12, 1), "1mo", eager=True).to_list()
#: Twelve units: known days, bounds of weeks and of months, the last beyond the panel.
BOUNDS = {
    "a": (date(2016, 5, 9), date(2016, 5, 9)),
    "b": (date(2016, 5, 16), date(2016, 6, 20)),
    "c": (date(2016, 7, 6), date(2016, 7, 6)),
    "d": (date(2016, 6, 13), date(2016, 9, 24)),
    "e": (date(2016, 9, 8), date(2016, 9, 8)),
    "f": (date(2016, 10, 1), date(2016, 10, 1)),
    "g": (date(2016, 11, 5), date(2017, 1, 5)),
    "h": (date(2017, 1, 20), date(2017, 2, 20)),
    **dict.fromkeys("ijkl", (date(2018, 3, 4), date(2018, 6, 4))),
}
KEYS: dict[str, Any] = {
    "outcome": "Recorded violence",
    "unit": "unit",
    "period": "month",
    "first": "earliest",
    "latest": "latest",
    "count": "count",
    "seed": 20161017,
    "date_draws": 60,
    "draws": 99,
    "leads": 6,
}
HEADLINE = ("estimate", "standard_error", "interval_low", "interval_high", "p_value")


def table(
    bounds: dict[str, tuple[date, date]] = BOUNDS,
    ratio: float = 1.0,
    control: float = 1.0,
    near: date | None = None,
) -> pl.DataFrame:
    """Counts near 200 and a control near 90, times their ratios from the middle day on."""
    draw = np.random.default_rng(5)
    rows: list[dict[str, Any]] = []
    for place, (unit, (earliest, latest)) in enumerate(bounds.items()):
        middle = earliest + (latest - earliest) // 2
        for at, month in enumerate(MONTHS):
            is_on = month >= middle.replace(day=1)
            season = 1 + 0.1 * np.sin(at)
            mean = (180 + 9 * place) * season * (ratio if is_on else 1)
            rows.append(
                {
                    "unit": unit,
                    "month": month,
                    "earliest": earliest,
                    "latest": latest,
                    "near": near,
                    "count": int(draw.poisson(mean)),
                    "bicycles": int(draw.poisson(90 * season * (control if is_on else 1))),
                }
            )
    return pl.DataFrame(rows, schema_overrides={"near": pl.Date})


def known(bounds: dict[str, tuple[date, date]] = BOUNDS) -> dict[str, tuple[date, date]]:
    """The same units with the earliest day known to be the day."""
    return {unit: (earliest, earliest) for unit, (earliest, _) in bounds.items()}


def found(rows: pl.DataFrame, **more: Any) -> Result:
    """What the design finds in a table."""
    return rollout_within_bounds(BoundedKeys(**KEYS, **more), rows)


def test_where_every_day_is_known_it_finds_what_the_staged_rollout_finds() -> None:
    rows = table(known(), ratio=0.8)
    ours = found(rows)
    keys = {name: KEYS[name] for name in ("outcome", "unit", "period", "count", "seed", "draws")}
    other = staged_rollout(
        StagedKeys(**keys, first="earliest", first_is="day", sensitivity_analyses=False), rows
    )
    assert ours.estimate == pytest.approx(other.estimate)
    assert ours.interval == pytest.approx(other.interval)
    assert ours.p_value == other.p_value
    assert ours.values["date_draws_se"] == 0
    assert (ours.values["units_with_a_day"], ours.values["units_bounded"]) == (12, 0)


def test_an_effect_that_was_planted_is_found_and_none_where_none_was() -> None:
    low, high = found(table(ratio=0.7)).interval
    assert low is not None
    assert high is not None
    assert low < np.log(0.7) < high < 0
    low, high = found(table()).interval
    assert low is not None
    assert high is not None
    assert low < 0 < high


def test_periods_around_the_start_have_points_with_intervals_for_a_release() -> None:
    result = found(table(ratio=0.8))
    points = points_of("a_study", result)
    after = [row for row in points if row["event_period"] >= 0]
    assert len(after) > 6
    assert all(
        row["period_log_ratio_low"] < row["period_log_ratio"] < row["period_log_ratio_high"] < 0
        for row in after[:6]
    )


def test_draws_lie_within_their_bounds_reach_both_ends_and_come_again_with_their_seed() -> None:
    held, _ = read_bounds(BoundedKeys(**KEYS), table())
    drawn = held.drawn(4000, 3)
    assert (drawn >= held.low).all()
    assert (drawn <= held.high).all()
    assert (drawn.min(0) == held.low).all()
    assert (drawn.max(0) == held.high).all()
    assert (drawn == held.drawn(4000, 3)).all()
    assert (drawn != held.drawn(4000, 4)).any()
    middle = (held.low + held.high) / 2
    assert np.abs(drawn.mean(0) - middle).max() < 4


def test_a_day_falls_into_the_month_that_the_calendar_says_day_by_day() -> None:
    held, _ = read_bounds(BoundedKeys(**KEYS), table())
    calendar = held.panel.calendar
    for ahead in range(1200):
        day = date(2015, 2, 1) + timedelta(days=ahead)
        first, begun = calendar.position_of_day(day)
        beyond = first >= calendar.count
        at = np.full(len(held.low), (day - date(1970, 1, 1)).days)
        ours = held.places(at)
        assert ours[0][0] == (NEVER if beyond else first), day
        assert ours[1][0] == (NEVER if begun >= calendar.count else begun), day


def test_days_that_are_less_well_known_make_the_error_larger() -> None:
    rows = table(ratio=0.8)
    wide = rows.with_columns(
        pl.when(pl.col("unit").is_in(list("abcd")))
        .then(pl.lit(date(2017, 2, 20)))
        .otherwise(pl.col("latest"))
        .alias("latest")
    )
    exact, ours, other = (found(each) for each in (table(known(), ratio=0.8), rows, wide))
    errors = [float(each.values["date_draws_se"] or 0) for each in (exact, ours, other)]
    assert errors == sorted(errors)
    assert errors[0] == 0 < errors[1] < errors[2]
    spread = [float(other.values[f"date_draws_{name}"] or 0) for name in ("lowest", "highest")]
    assert spread[0] < float(other.estimate or 0) < spread[1]


def test_a_draw_that_fails_the_gate_holds_the_estimate_back_and_says_how_many_do() -> None:
    ends = {unit: (low, min(high, date(2017, 9, 20))) for unit, (low, high) in BOUNDS.items()}
    ends |= dict.fromkeys("ijkl", (date(2017, 4, 20), date(2017, 9, 20)))
    held = found(table(ends, ratio=0.5))
    gate = held.gates[0]
    assert not gate.passed
    assert "of 60 draws of days meet it" in gate.reason
    assert "months of the wave least observed" in gate.missing
    assert [getattr(held, name) for name in HEADLINE] == [None] * 5
    assert held.summary.startswith("Not enough data for an estimate (months of the wave")
    assert "The smallest fall that such a roll-out finds with 80% power is" in held.summary


def test_the_estimates_over_the_draws_are_those_of_each_draw_by_itself() -> None:
    keys = BoundedKeys(**KEYS | {"date_draws": 20})
    held, _ = read_bounds(keys, table(ratio=0.8))
    ours = estimates_of(held, keys).log_ratio
    rows = table(ratio=0.8)
    for place, days in enumerate(held.drawn(20, keys.seed)[:2]):
        exact = {
            unit: (date(1970, 1, 1) + timedelta(days=int(day)),) * 2
            for unit, day in zip(held.panel.units, days, strict=True)
        }
        alone = rows.with_columns(
            pl.col("unit").replace_strict({k: v[0] for k, v in exact.items()}).alias("earliest"),
            pl.col("unit").replace_strict({k: v[1] for k, v in exact.items()}).alias("latest"),
        )
        assert found(alone).estimate == pytest.approx(ours[place], abs=1e-9)


def test_units_set_apart_are_put_back_and_units_left_out_are_left_out_by_checks() -> None:
    more = {"set_apart": ("a",), "left_out": {"merged_units": ("b", "c")}}
    rows = table(ratio=0.8)
    ours = found(rows, **more)
    checks = {row["check"]: row for row in ours.tables["checks"]}
    whole, without = (rows.filter(~pl.col("unit").is_in(left)) for left in ([], ["a", "b", "c"]))
    assert ours.values["units"] == 11
    for name, other in (("with_units_set_apart", whole), ("without_merged_units", without)):
        assert checks[name]["log_ratio"] == pytest.approx(found(other).values["log_ratio"]), name


def test_months_beside_a_neighbour_with_cameras_are_left_out_by_a_check() -> None:
    keys = BoundedKeys(**KEYS, neighbours_from="near")
    # Where a neighbour had cameras before everybody, no month is left to compare with.
    everything = checks_at_middle_days(keys, *read_bounds(keys, table(near=date(2016, 3, 1))))
    assert everything[0]["check"] == "without_units_beside_cameras"
    assert everything[0]["log_ratio"] is None
    assert everything[0]["reason"]
    late = found(table(ratio=0.8, near=date(2018, 1, 1)), neighbours_from="near")
    [row] = late.tables["checks"]
    assert row["log_ratio"] == pytest.approx(late.values["log_ratio"])
    some = found(table(ratio=0.8, near=date(2017, 1, 1)), neighbours_from="near")
    assert some.tables["checks"][0]["log_ratio"] != pytest.approx(some.values["log_ratio"])


@pytest.mark.parametrize(("control", "is_calm"), [(1.0, True), (0.6, False)])
def test_a_count_that_cameras_cannot_move_warns_where_it_moved(
    control: float, *, is_calm: bool
) -> None:
    ours = found(table(control=control), control_count="bicycles")
    [gate] = [each for each in ours.gates if "bicycles" in each.name]
    assert gate.is_advice
    assert gate.passed is is_calm
    assert ours.estimate is not None


def test_days_too_early_look_at_nothing_that_came_after_the_first_cameras() -> None:
    rows = table()
    first = min(earliest for earliest, _ in BOUNDS.values()).replace(day=1)
    is_later = pl.col("month") >= first
    other = rows.with_columns(pl.when(is_later).then(pl.col("count") // 3 + 1).otherwise("count"))
    checks = [found(each, placebo_months=12).tables["checks"] for each in (rows, other)]
    assert checks[0] == checks[1]
    [row] = checks[0]
    assert row["check"] == "placebo_12_months_early"
    assert row["reason"] is None
    assert abs(float(row["log_ratio"] or 9)) < 0.1


def test_the_order_of_rows_does_not_matter() -> None:
    rows = table(ratio=0.8)
    ours = found(rows, control_count="bicycles", placebo_months=12)
    other = found(
        rows.sample(fraction=1, shuffle=True, seed=3), control_count="bicycles", placebo_months=12
    )
    assert ours.document() == other.document()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"set_apart": ("moon",)}, "the study names the unit moon"),
        ({"left_out": {"far": ("moon",)}}, "the study names the unit moon"),
        ({"first": "latest", "latest": "earliest"}, "which is earlier"),
        ({"neighbours_from": "nowhere"}, "no column 'nowhere'"),
    ],
)
def test_what_cannot_be_read_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        rollout_within_bounds(BoundedKeys(**KEYS | more), table())


def test_covariates_belong_to_another_design() -> None:
    with pytest.raises(ValueError, match="keys of `staged_rollout` alone"):
        BoundedKeys(**KEYS, covariates=("count",))
