"""Complaints, pleas, crimes and safety counted one row at a time."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from orchestration import paths
from tests.metrics.slow_rows import Figures, Programme, Row, Tally, month_of

SPLIT = {
    "is_domestic_abuse": ("domestic abuse", "not domestic abuse"),
    "camera_evidence_used": ("used (association only)", "not used (association only)"),
    "is_encounter_related": ("encounter-related", "not encounter-related"),
    "is_with_injury": ("with injury", "without injury"),
}
Choose = Callable[[Row], Any]


def in_words(name: str, answer: object) -> tuple[str, str]:
    """A part of a breakdown."""
    return name, "not stated" if answer is None else SPLIT[name][0 if answer else 1]


def both(row: Row) -> list[tuple[str, str]]:
    """The two splits of cases and crimes."""
    return [in_words(name, row[name]) for name in ("is_domestic_abuse", "camera_evidence_used")]


def nothing(_: Row) -> list[tuple[str, str]]:
    """No split."""
    return []


def share(
    programme: Programme,
    metric: str,
    rows: list[Row],
    when: Choose,
    among: Choose,
    counted: Choose | None,
    parts: Choose = nothing,
) -> Figures:
    """Rows that count among those that fit, by the month of a day; a count when none are chosen."""
    tally = Tally(metric, has_denominator=counted is not None)
    for row in rows:
        if when(row) is not None and among(row):
            up = 1 if counted is None or counted(row) else 0
            tally.add(row["area"], month_of(when(row)), parts(row), up=up, down=1)
    return tally.figures(programme)


def on(header: str) -> Choose:
    """The day in a column."""
    return lambda row: row[header]


def rate(programme: Programme, metric: str, events: list[Row], when: str, exposure: str) -> Figures:
    """Events of the months for which officers, or their hours, are known anywhere."""
    tally = Tally(metric, has_denominator=True)
    known = [row for row in programme.rows("workforce") if row[exposure] is not None]
    for row in known:
        area = programme.names[row["borough"]]
        tally.add(area, row["month_start"], down=Decimal(row[exposure]))
    months = {row["month_start"] for row in known}
    for event in events:
        if event[when] is not None and month_of(event[when]) in months:
            tally.add(event["area"], month_of(event[when]), up=1)
    return tally.figures(programme)


def placed(programme: Programme, table: str) -> list[Row]:
    """Rows of a table, each with the id of its area; a column that a file lacks is empty."""
    rows: list[Row] = [defaultdict(lambda: None, row) for row in programme.rows(table)]
    for row in rows:
        row["area"] = programme.names[row["borough"] or row["area"]]
    return rows


def _seed(name: str) -> Iterator[Row]:
    with (paths.ROOT / "data" / "seeds" / f"{name}.csv").open(newline="") as file:
        yield from csv.DictReader(file)


def allegations(programme: Programme, complaints: list[Row]) -> list[Row]:
    """Allegations with their regime and what their letter means under it."""
    areas = {row["complaint_id"]: row["area"] for row in complaints}
    known = {
        (row["complaint_regime"], row["published_category_code"]): row
        for row in _seed("complaint_categories")
    }
    rows = programme.rows("allegations")
    for row in rows:
        row["area"] = areas.get(row["complaint_id"], "unknown")
        row["regime"] = "pre_2020" if row["logged_date"] < date(2020, 2, 1) else "from_2020"
        meaning = known.get((row["regime"], row["category_code"]))
        told = {"true": True, "false": False}
        row["related"] = told.get(meaning["is_encounter_related"]) if meaning else None
        words = f"{row['category_code']} {meaning['category_label']}" if meaning else "not stated"
        row["parts"] = [
            ("complaint_regime", row["regime"]),
            ("regime_category", f"{row['regime']}: {words}"),
            (
                "regime_family",
                f"{row['regime']}: {meaning['complaint_family'] if meaning else 'not stated'}",
            ),
            in_words("is_encounter_related", row["related"]),
        ]
    return rows


def complained(programme: Programme) -> Figures:
    """Every figure of complaints that is a count, a share or a rate."""
    rows = placed(programme, "complaints")
    alleged = allegations(programme, rows)
    related = {row["complaint_id"] for row in alleged if row["related"]}
    encounter = [row for row in rows if row["complaint_id"] in related]
    found = share(
        programme, "allegations", alleged, lambda r: r["logged_date"], lambda _: True, None,
        lambda r: r["parts"],
    )  # fmt: skip
    series = {
        "complaints": (rows, "logged_date"),
        "allegations": (alleged, "logged_date"),
        "recorded_complaints": (rows, "recorded_date"),
        "encounter_complaints": (encounter, "logged_date"),
        "encounter_allegations": ([row for row in alleged if row["related"]], "logged_date"),
    }
    found |= rate(
        programme, "complaints_per_1000_employees", rows, "logged_date", "employee_headcount"
    )
    for name, (events, when) in series.items():
        officers = rate(programme, f"{name}_per_1000_officers", events, when, "officer_headcount")
        found |= officers
        if name != "encounter_allegations":
            found |= rate(
                programme, f"{name}_per_1000_officer_hours", events, when, "officer_hours"
            )
    return found | _counts(programme, rows) | _answers(programme, rows)


def _counts(programme: Programme, rows: list[Row]) -> Figures:
    """Complaints by the month they were made in, by status and outcome, and those recorded."""

    def parts(row: Row) -> list[tuple[str, str]]:
        return [
            ("complaint_status", row["status"] or "not stated"),
            ("complaint_outcome", row["outcome"] or "not stated"),
        ]

    found = share(
        programme, "complaints", rows, lambda r: r["logged_date"], lambda _: True, None, parts
    )
    return found | share(
        programme, "recorded_complaints", rows, lambda r: r["recorded_date"], lambda _: True, None
    )


def _answers(programme: Programme, rows: list[Row]) -> Figures:
    known = ("yes", "no")
    found = share(
        programme, "upheld_complaint_share", rows, lambda r: r["closed_date"],
        lambda r: r["outcome"] in {"upheld", "not_upheld"}, lambda r: r["outcome"] == "upheld",
    )  # fmt: skip
    found |= share(
        programme, "footage_available_share", rows, lambda r: r["logged_date"],
        lambda r: r["footage_available"] in known, lambda r: r["footage_available"] == "yes",
    )  # fmt: skip
    found |= share(
        programme, "footage_answered_share", rows, lambda r: r["logged_date"],
        lambda r: r["footage_available"] is not None, lambda r: r["footage_available"] in known,
    )  # fmt: skip
    return found | share(
        programme, "footage_viewed_share", rows, lambda r: r["logged_date"],
        lambda r: r["footage_available"] == "yes" and r["footage_viewed"] in known,
        lambda r: r["footage_viewed"] == "yes",
    )  # fmt: skip


def safe(programme: Programme) -> Figures:
    """Assaults, stops and what people say."""
    assaults = placed(programme, "assaults")
    found = share(
        programme, "assaults", assaults, lambda r: r["assault_date"], lambda _: True, None,
        lambda r: [in_words("is_with_injury", r["is_with_injury"])],
    )  # fmt: skip
    for name, is_injured in (("assaults_with_injury", True), ("assaults_without_injury", False)):
        events = [row for row in assaults if row["is_with_injury"] is is_injured]
        found |= rate(programme, name, events, "assault_date", "officer_headcount")
    found |= share(
        programme, "stop_volumes", placed(programme, "encounters"), lambda r: r["started_at"],
        lambda r: r["encounter_kind"] == "stop_and_search", None,
    )  # fmt: skip
    asked = Tally("confidence_respondents", has_denominator=False)
    sure = Tally("public_confidence", has_denominator=True)
    for row in placed(programme, "confidence"):
        month, question = month_of(row["wave_date"]), row["question_code"]
        positive = Decimal(row["positive_share"])
        base, error = Decimal(row["respondent_count"]), row["standard_error"]
        asked.add_part(row["area"], month, "question_code", question, up=base)
        if error and Decimal(error) > 0 and 0 < positive < 1:
            base = positive * (1 - positive) / Decimal(error) ** 2
        sure.add_part(row["area"], month, "question_code", question, up=positive * base, down=base)
    return found | asked.figures(programme) | sure.figures(programme)
