"""The status of every real promise, found again from the CSV files by a slow and obvious reading.

The reading below shares nothing with the models but the words of the rules: it opens the files of a
programme with the csv module, and a person could follow it with the files on paper.
"""

import csv
from pathlib import Path

import polars as pl
import pytest

from orchestration import paths
from tests.metrics.promise_rules import together

Rows = list[dict[str, str]]

#: Every row that the registers of London and West Mercia had, and what became of it.
BECAME = {
    "london": {
        "ldn-pilot": "late",
        "ldn-pilot-ten": "partly_delivered",
        "ldn-protocol": "reported_by_others",
        "ldn-20k": "late",
        "ldn-trial-use": "claim",
        "ldn-outcomes": "partly_delivered",
        "ldn-retention-30": "not_shown_either_way",
        "ldn-ethics": "late",
        "ldn-funding": "not_shown_either_way",
        "ldn-hillingdon": "reported_by_promiser",
        "ldn-32": "not_shown_either_way",
        "ldn-convictions": "not_shown_either_way",
        "ldn-domestic": "claim",
        "ldn-conduct": "not_shown_either_way",
        "ldn-upload": "reported_by_promiser",
        "ldn-retention-31": "not_shown_either_way",
        "ldn-access-subject": "searched_not_found",
        "ldn-access-information": "searched_not_found",
        "ldn-announce": "searched_not_found",
        "ldn-22k-spring16": "not_delivered",
        "ldn-22k-summer17": "partly_delivered",
        "ldn-22k-oct17": "partly_delivered",
        "ldn-all-met": "not_delivered",
        "ldn-force": "claim",
        "ldn-trust": "not_shown_either_way",
        "ldn-2000": "claim",
    },
    "west_mercia": {
        "wm-asap": "reported_by_promiser",
        "wm-process": "partly_delivered",
        "wm-sustainable": "searched_not_found",
        "wm-budget": "not_shown_either_way",
        "wm-share": "not_shown_either_way",
        "wm-order": "not_shown_either_way",
        "wm-use": "not_shown_either_way",
        "wm-complaints": "not_delivered",
        "wm-safety": "not_shown_either_way",
        "wm-value": "not_shown_either_way",
        "wm-confidence": "not_shown_either_way",
        "wm-deter": "searched_not_found",
        "wm-reform": "cannot_be_measured",
    },
}


def rows(programme: str, name: str) -> Rows:
    """The rows of a file of the record."""
    with (paths.PROGRAMMES / programme / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_quantity(promise: dict[str, str], events: Rows) -> str:
    """What reports of a quantity say together: `kept`, `not_kept` or `bears`, and the report."""
    counted = [event for event in events if event["unit"] == promise["unit"] and event["quantity"]]
    reached = [event for event in counted if float(event["quantity"]) >= float(promise["target"])]
    if reached:
        return kept(promise, reached)
    late = [event for event in counted if event["milestone_date"] > (promise["due"] or "9999")]
    return "not_delivered" if late else "not_shown_either_way"


def kept(promise: dict[str, str], reports: Rows) -> str:
    """The status of a promise that all these reports say was kept."""
    if min(each["milestone_date"] for each in reports) > (promise["due"] or "9999"):
        return "late"
    words = {each["said_by"] for each in reports}
    if "document" in words:
        return "delivered"
    return "reported_by_others" if "others" in words else "reported_by_promiser"


def by_findings(promise: dict[str, str], reports: Rows) -> str:
    """The status that what reports find makes."""
    found = {each["finds"] for each in reports} - {"bears"}
    if "partly" in found:
        return "partly_delivered"
    if found == {"kept"}:
        return kept(promise, [each for each in reports if each["finds"] == "kept"])
    return "not_delivered" if found == {"not_kept"} else "not_shown_either_way"


def by_order(promise: dict[str, str], events: Rows) -> str:
    """The status by the group that was equipped first."""
    groups = [event for event in events if event["equipped_group"]]
    if not groups:
        return "not_shown_either_way"
    first = min(groups, key=lambda event: (event["milestone_date"], event["milestone_id"]))
    is_kept = first["equipped_group"] == promise["target_words"]
    return kept(promise, [first]) if is_kept else "not_delivered"


def alone(promise: dict[str, str], reports: Rows, *, is_searched: bool) -> str:
    """The status of a promise that is no whole of several parts and no claim."""
    if promise["rule"] == "not_measurable":
        return "cannot_be_measured"
    if not reports:
        return "searched_not_found" if is_searched else "cannot_be_measured"
    actual = [report for report in reports if report["planned_or_actual"] == "actual"]
    by_rule = {"record_quantity": by_quantity, "record_order": by_order}
    return by_rule.get(promise["rule"], by_findings)(promise, actual)


def reading(programme: str) -> dict[str, str]:
    """Status of each promise of a programme that is no claim, by its name."""
    promises = {row["promise_id"]: row for row in rows(programme, "promises")}
    events = {row["milestone_id"]: row for row in rows(programme, "milestones")}
    searched = {row["promise_id"] for row in rows(programme, "searched")}
    reports = [report | events[report["milestone_id"]] for report in rows(programme, "reports")]
    found = {}
    for name, promise in promises.items():
        mine = [report for report in reports if report["promise_id"] == name]
        if promise["rule"] not in {"claim", "all_parts"}:
            is_searched = (promise["part_of"] or name) in searched
            found[name] = alone(promise, mine, is_searched=is_searched)
    for name, promise in promises.items():
        if promise["rule"] == "all_parts":
            parts = [each for each in promises if promises[each]["part_of"] == name]
            found[name] = together([found[part] for part in parts])
    return found


@pytest.mark.parametrize("programme", sorted(BECAME))
def test_the_release_gives_every_real_promise_the_status_that_a_slow_reading_gives(
    programme: str, demo_release: Path
) -> None:
    released = pl.read_parquet(
        demo_release / "internal/parquet" / "fct_promise_status.parquet"
    ).filter(programme_id=programme)
    statuses = dict(released.select("promise_id", "promise_status").iter_rows())
    assert statuses == reading(programme)


@pytest.mark.parametrize("programme", sorted(BECAME))
def test_every_row_of_the_registers_became_what_is_written_here(programme: str) -> None:
    found = reading(programme)
    claims = {row["promise_id"] for row in rows(programme, "promises") if row["rule"] == "claim"}
    became = {name: "claim" if name in claims else found[name] for name in BECAME[programme]}
    assert became == BECAME[programme]


@pytest.mark.parametrize("programme", sorted(BECAME))
def test_every_promise_of_the_registers_was_searched_for_on_a_day(programme: str) -> None:
    wholes = {row["promise_id"] for row in rows(programme, "promises") if not row["part_of"]}
    searched = rows(programme, "searched")
    # Two versions of the record and the use of cameras stand as rows of their own.
    assert wholes <= {row["promise_id"] for row in searched}
    assert {row["where"] for row in searched} == {
        "stored copies of public web pages, first 2,000 characters"
    }
    reported = {row["promise_id"] for row in rows(programme, "reports")}
    parts = {row["promise_id"]: row["part_of"] for row in rows(programme, "promises")}
    with_reports = {parts[name] or name for name in reported} | reported
    for row in searched:
        assert (row["promise_id"] in with_reports) == (row["found"] == "true"), row["promise_id"]


@pytest.mark.parametrize("programme", sorted(BECAME))
def test_a_report_that_decides_comes_with_its_address_and_whose_word_it_is(programme: str) -> None:
    events = {row["milestone_id"]: row for row in rows(programme, "milestones")}
    for report in rows(programme, "reports"):
        assert events[report["milestone_id"]]["source_url"].startswith("http")
        assert report["said_by"]
