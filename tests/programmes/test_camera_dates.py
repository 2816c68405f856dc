"""Days and bounds of London's roll-out: refused where they contradict, and held to totals."""

import csv
from datetime import date
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.programmes.programme import ProgrammeProblem, read_programme
from tests.programmes.test_promises import folder

HEADER = (
    "area,first_day,earliest,latest,date_precision,in_trial,inferred_earliest,inferred_latest,"
    "inference,source_title,source_url,second_source_url,support,retrieved_on,note"
)


def london(name: str) -> list[dict[str, str]]:
    """The rows of a file of London's record."""
    with (paths.PROGRAMMES / "london" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_bounds_of_the_32_boroughs_hold_the_stated_totals_of_10_22_30_and_32() -> None:
    """Counted slowly from the two CSV files: surely by the latest day, possibly by the earliest."""
    boroughs, stated = london("camera_dates"), london("rollout_totals")
    assert len({row["area"] for row in boroughs}) == 32
    checked = []
    for total in stated:
        if total["areas_with_cameras"]:
            day = total["total_on"]
            surely = sum(row["latest"] <= day for row in boroughs)
            possibly = sum(row["earliest"] <= day for row in boroughs)
            checked.append(int(total["areas_with_cameras"]))
            assert surely <= checked[-1] <= possibly, (day, surely, possibly)
    assert checked == [1, 2, 10, 22, 30, 32, 32]


def test_readings_of_several_reports_fit_the_totals_too() -> None:
    boroughs = london("camera_dates")
    for day, stated in (("2017-01-23", 10), ("2017-06-26", 22), ("2017-08-14", 30)):
        surely = sum((row["inferred_latest"] or row["latest"]) <= day for row in boroughs)
        possibly = sum((row["inferred_earliest"] or row["earliest"]) <= day for row in boroughs)
        assert surely <= stated <= possibly, day


def test_cameras_stated_never_reach_what_was_promised() -> None:
    counts = [
        float(row["equipped_count"]) for row in london("rollout_totals") if row["equipped_count"]
    ]
    assert counts == sorted(counts)
    assert max(counts) == 21_000
    assert max(counts) < 22_000


def line(**changes: str) -> str:
    """A date of the area `force`."""
    cells = dict.fromkeys(HEADER.split(","), "")
    cells |= {
        "area": "force",
        "earliest": "2017-01-01",
        "latest": "2017-02-01",
        "date_precision": "interval",
        "in_trial": "false",
        "source_title": "a notice",
        "source_url": "https://example.org",
        "support": "bound_only",
        "retrieved_on": "2026-11-29",
    }
    return ",".join((cells | changes).values())


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line(area="moon")], "moon is no area of this programme"),
        ([line(), line()], "force is listed twice"),
        ([line(latest="2016-12-31")], "must follow each other"),
        ([line(inferred_latest="2017-03-01")], "must follow each other"),
        ([line(date_precision="day")], "only where the day is known"),
        ([line(first_day="2017-01-05")], "only where the day is known"),
    ],
)
def test_dates_that_contradict_themselves_are_refused(
    lines: list[str], said: str, tmp_path: Path
) -> None:
    path = folder(tmp_path)
    (path.parent / "camera_dates.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    with pytest.raises(ProgrammeProblem, match=said):
        read_programme(path)


def test_a_bound_is_kept_as_a_bound(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path.parent / "camera_dates.csv").write_text(f"{HEADER}\n{line()}\n")
    [found] = read_programme(path).camera_dates
    assert (found.first_day, found.earliest, found.latest) == (
        None,
        date(2017, 1, 1),
        date(2017, 2, 1),
    )
