"""Footage of stops, force, complaints and cases: what was deleted, and what was still held."""

from collections import defaultdict
from datetime import date
from typing import Any

from tests.metrics.slow_encounter_links import links
from tests.metrics.slow_footage import explain
from tests.metrics.slow_recording_links import Bond, bonds
from tests.metrics.slow_rows import NEVER, Figures, Programme, Row, Tally, month_of

WATCHED = ("stop_and_search", "use_of_force")
#: By recording: the kind of each matter, how it is linked, and the first day on which it was known.
Matters = dict[str, list[tuple[str, str, date]]]


def footage_matters(programme: Programme) -> Figures:
    """Figures that need both footage and what it bears on."""
    rows, bound = programme.rows("recordings"), bonds(programme)
    for row in rows:
        explain(programme, row)
    gone = {row["recording_id"]: row["gone"] for row in rows}
    return _wrong(programme, rows, _known(programme, bound)) | _held(programme, gone, bound)


def _known(programme: Programme, bound: list[Bond]) -> Matters:
    """What each recording bears on."""
    found: Matters = defaultdict(list)
    stops = programme.rows("encounters")
    films = links(programme, stops)
    for stop in stops:
        if stop["encounter_kind"] in WATCHED:
            for link in films[stop["encounter_id"]]:
                about = (stop["encounter_kind"], link.method, stop["started_at"].date())
                found[link.recording["recording_id"]].append(about)
    days: dict[tuple[str, str], date] = {}
    for row in programme.rows("complaints"):
        days["complaint", row["complaint_id"]] = row["logged_date"]
    for row in programme.rows("cases"):
        days["case", row["case_id"]] = row["charge_date"]
    for bond in bound:
        if bond.kind != "request":
            about = (bond.kind, bond.method, days[bond.kind, bond.matter])
            found[bond.recording["recording_id"]].append(about)
    return found


def _wrong(programme: Programme, rows: list[Row], known: Matters) -> Figures:
    tally = Tally("wrongly_deleted", has_denominator=False)
    for row in rows:
        if row["gone"] is None:
            continue
        parts: set[Any] = set()
        for kind, method, day in known[row["recording_id"]]:
            is_early = row["gone"] < (row["until"] or NEVER)
            if is_early or (kind not in WATCHED and day <= row["gone"]):
                parts |= {("matter_kind", kind), ("link_method", method)}
        if parts:
            parts.add(("deletion_reason", row["deletion_reason"] or "not stated"))
            tally.add(row["area"], month_of(row["gone"]), parts, up=1)
    return tally.figures(programme)


def _held(programme: Programme, gone: dict[str, date | None], bound: list[Bond]) -> Figures:
    tally = Tally("footage_held_at_complaint_share", has_denominator=True)
    for complaint in programme.rows("complaints"):
        logged, number = complaint["logged_date"], complaint["complaint_id"]
        by_method: dict[str, bool] = {}
        for bond in bound:
            if (bond.kind, bond.matter) == ("complaint", number):
                deleted = gone[bond.recording["recording_id"]]
                held = deleted is None or deleted > logged
                by_method[bond.method] = by_method.get(bond.method, False) or held
        if by_method:
            area, month = programme.names[complaint["borough"]], month_of(logged)
            tally.add(area, month, up=int(any(by_method.values())), down=1)
            for method, held in by_method.items():
                tally.add_part(area, month, "link_method", method, up=int(held), down=1)
    return tally.figures(programme)
