"""Footage of stops, force, complaints and cases: what was deleted, and what was still held."""

from collections import defaultdict
from datetime import date
from typing import Any

from tests.metrics.slow_footage import explain
from tests.metrics.slow_rows import NEVER, Figures, Programme, Row, Tally, month_of

WATCHED = ("stop_and_search", "use_of_force")
Matters = dict[tuple[str, str], list[tuple[str, date]]]


def footage_matters(programme: Programme) -> Figures:
    """Figures that need both footage and what it bears on."""
    rows = programme.rows("recordings")
    for row in rows:
        explain(programme, row)
    return _wrong(programme, rows, _known(programme)) | _held(programme, rows)


def _known(programme: Programme) -> Matters:
    """Kinds and first days of what a reference names, by kind of reference."""
    found: Matters = defaultdict(list)
    for row in programme.rows("encounters"):
        if row["encounter_kind"] in WATCHED:
            about = (row["encounter_kind"], row["started_at"].date())
            found["incident_reference", row["encounter_id"]].append(about)
    for row in programme.rows("complaints"):
        about = ("complaint", row["logged_date"])
        found["incident_reference", row.get("incident_reference") or ""].append(about)
    for row in programme.rows("cases"):
        found["case_reference", row["case_id"]].append(("case", row["charge_date"]))
    return found


def _wrong(programme: Programme, rows: list[Row], known: Matters) -> Figures:
    tally = Tally("wrongly_deleted", has_denominator=False)
    for row in rows:
        if row["gone"] is None:
            continue
        kinds: set[str] = set()
        for reference in ("incident_reference", "case_reference"):
            for kind, day in known.get((reference, row[reference]), []) if row[reference] else []:
                is_early = row["gone"] < (row["until"] or NEVER)
                if is_early or (kind not in WATCHED and day <= row["gone"]):
                    kinds.add(kind)
        parts: list[Any] = [("matter_kind", kind) for kind in kinds]
        parts.append(("deletion_reason", row["deletion_reason"] or "not stated"))
        if kinds:
            tally.add(row["area"], month_of(row["gone"]), parts, up=1)
    return tally.figures(programme)


def _held(programme: Programme, rows: list[Row]) -> Figures:
    tally = Tally("footage_held_at_complaint_share", has_denominator=True)
    for complaint in programme.rows("complaints"):
        named, logged = complaint.get("incident_reference"), complaint["logged_date"]
        filmed = [row for row in rows if named and row["incident_reference"] == named]
        if filmed:
            held = any(row["gone"] is None or row["gone"] > logged for row in filmed)
            area = programme.names[complaint["borough"]]
            tally.add(area, month_of(logged), up=int(held), down=1)
    return tally.figures(programme)
