"""Schedules come again from their seed, and the audit of the trial accepts them."""

from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.planning.schedules import (
    SHIFT_SCHEDULE,
    cluster_schedule,
    shift_schedule,
)
from orchestration.evaluation.trials.randomisation import randomise_blocks
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys
from orchestration.evaluation.trials.shift.shift_trial import shift_trial

FIRST = date(2026, 3, 2)
TOURS = {"day": time(7), "night": time(19)}
ALLOCATED = datetime.fromisoformat("2026-02-20T09:00:00")


def schedule(seed: int = 5, sites: tuple[str, ...] = ("a", "b"), weeks: int = 6) -> pl.DataFrame:
    """Twelve shifts and two a week and site."""
    return shift_schedule(sites, FIRST, weeks, TOURS, chance=0.5, seed=seed, allocated_at=ALLOCATED)


def test_the_audit_of_a_trial_accepts_a_schedule() -> None:
    table = schedule()
    counts = np.random.default_rng(1).poisson(0.5, table.height)
    found = shift_trial(
        ShiftKeys(outcome="complaints", draws=99, schedule_seed=5),
        table.with_columns(complaints=pl.Series(counts)),
    )
    audit = {gate.name: gate.passed for gate in found.gates}
    assert audit["allocated before the shift"]
    assert audit["block totals reproduce"]
    assert audit["the schedule comes again from its seed"]


def test_every_week_of_every_site_is_drawn_half_and_half() -> None:
    halves = schedule().group_by("site_id", "block_id").agg((pl.col("alloc") == "T").sum())
    assert halves["alloc"].to_list() == [7] * 12


def test_a_schedule_repeats_with_its_seed_and_changes_with_another() -> None:
    assert schedule().equals(schedule())
    assert not schedule(6)["alloc"].equals(schedule()["alloc"])


def test_weeks_and_sites_added_later_leave_the_first_ones_as_they_were() -> None:
    longer = schedule(sites=("a", "b", "c"), weeks=9)
    kept = longer.join(schedule().select("shift_id"), on="shift_id", how="semi")
    assert kept.sort("shift_id").equals(schedule().sort("shift_id"))


def test_the_order_of_units_does_not_change_a_lot() -> None:
    units = pl.DataFrame({"unit": [f"u{n}" for n in range(30)], "block": list("abc") * 10})
    mixed = units.with_row_index("at").sample(fraction=1, shuffle=True, seed=2)
    there = randomise_blocks(units, np.full(30, 0.4), 9)
    back = randomise_blocks(mixed.drop("at"), np.full(30, 0.4), 9)
    assert (there[mixed["at"].to_numpy()] == back).all()


def test_a_part_of_a_unit_is_drawn_too() -> None:
    units = pl.DataFrame({"unit": list("abc"), "block": ["x"] * 3})
    sizes = [randomise_blocks(units, np.full(3, 0.5), seed).sum() for seed in range(200)]
    assert set(sizes) == {1, 2}
    assert np.mean(sizes) == pytest.approx(1.5, abs=0.12)


def test_teams_are_drawn_within_their_boroughs() -> None:
    table = pl.DataFrame(
        {
            "cluster": [f"{b}{n}" for b in "xyz" for n in range(5)],
            "stratum": list("xxxxxyyyyyzzzzz"),
        }
    )
    drawn = cluster_schedule(table, share=0.4, seed=1)
    counts = drawn.group_by("stratum").agg((pl.col("arm") == "T").sum()).sort("stratum")
    assert counts["arm"].to_list() == [2, 2, 2]


def test_schedules_that_are_no_lots_are_refused_with_the_reason() -> None:
    with pytest.raises(Refusal, match="after the first shift begins"):
        shift_schedule(
            ("a",),
            FIRST,
            2,
            TOURS,
            chance=0.5,
            seed=1,
            allocated_at=datetime.combine(FIRST, time(8)),
        )
    twice = pl.DataFrame({"cluster": ["a", "a"], "stratum": ["x", "x"]})
    with pytest.raises(Refusal, match="duplicate cluster 'a'"):
        cluster_schedule(twice, share=0.5, seed=1)
    alone = pl.DataFrame({"cluster": ["a", "b", "c"], "stratum": ["x", "x", "y"]})
    with pytest.raises(Refusal, match="one arm only"):
        cluster_schedule(alone, share=0.5, seed=1)


def test_the_command_writes_a_schedule_once_and_refuses_what_is_no_plan(tmp_path: Path) -> None:
    study, out = tmp_path / "plan.yml", tmp_path / "schedule.csv"
    study.write_text(SHIFT_SCHEDULE.example)
    command = ["plan", str(study), "--out", str(out)]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert pl.read_csv(out).height == 2 * 28 * 2
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 2
    assert "is never overwritten" in again.output
    study.write_text("design: rate\ntitle: t\nquestion: q\nkeys: {events: 3, exposure: 2}\n")
    refused = CliRunner().invoke(app, ["plan", str(study)])
    assert refused.exit_code == 2
    assert "rate is no plan" in refused.output
