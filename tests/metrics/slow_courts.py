"""Cases, crimes and waiting times counted one row at a time."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.metrics.slow_justice import Choose, both, in_words, on, placed, share
from tests.metrics.slow_rows import Figures, Programme, Row, Tally, month_of

Wait = tuple[int, bool]
Cell = tuple[str, str, date, str, str]
HALF = Fraction(1, 2)


def courts(programme: Programme) -> Figures:
    """Every figure of single cases that is a count or a share."""
    rows = placed(programme, "cases")
    for row in rows:
        row["is_early"] = row["plea"] == "guilty" and row["plea_stage"] == "first_hearing"
    cracked = ("cracked_late_plea", "cracked_dropped")
    found: Figures = {}
    plan: list[tuple[str, str, Choose, Choose]] = [
        (
            "conviction_share", "disposal_date", lambda _: True,
            lambda r: r["outcome"] == "convicted",
        ),
        ("guilty_plea_rate", "disposal_date", lambda r: r["outcome"], _is_guilty),
        ("early_guilty_plea", "first_hearing_date", lambda _: True, _is_early),
        ("early_guilty_plea_of_completed", "disposal_date", lambda r: r["outcome"], _is_early),
        ("early_guilty_plea_of_guilty_pleas", "plea_date", _is_guilty, _is_early),
        (
            "cracked_trials_share", "disposal_date", lambda r: r["trial_result"],
            lambda r: r["trial_result"] in cracked,
        ),
    ]  # fmt: skip
    for name, when, among, counted in plan:
        found |= share(programme, name, rows, on(when), among, counted, both)
    return found | share(
        programme, "pleas_by_stage", rows, lambda r: r["plea_date"], _is_guilty, None,
        lambda r: [("plea_stage", r["plea_stage"]), *both(r)],
    )  # fmt: skip


def _is_guilty(row: Row) -> bool:
    return bool(row["plea"] == "guilty")


def _is_early(row: Row) -> bool:
    return bool(row["is_early"])


def crimes(programme: Programme) -> Figures:
    """Every figure of recorded crimes."""
    rows = placed(programme, "crimes")
    for row in rows:
        row["has_outcome"] = row["outcome_code"] not in {None, "0"}
        row["is_charged"] = row["outcome_code"] == "1"
    found: Figures = {}
    plan: list[tuple[str, str, Choose, Choose]] = [
        ("charge_rate_of_recorded", "recorded_date", _has_outcome, lambda r: r["is_charged"]),
        ("charge_rate_of_all_recorded", "recorded_date", lambda _: True, lambda r: r["is_charged"]),
        ("charge_rate_of_closed", "outcome_date", _has_outcome, lambda r: r["is_charged"]),
        ("crimes_with_an_outcome", "recorded_date", lambda _: True, _has_outcome),
        (
            "victim_attrition_share", "outcome_date", _has_outcome,
            lambda r: r["outcome_code"] in {"14", "16"},
        ),
        (
            "victimless_prosecution_share", "outcome_date",
            lambda r: r["is_charged"] and r["victim_supports"] is not None,
            lambda r: r["victim_supports"] is False,
        ),
    ]  # fmt: skip
    for name, when, among, counted in plan:
        found |= share(programme, name, rows, on(when), among, counted, both)
    return found


def _has_outcome(row: Row) -> bool:
    return bool(row["has_outcome"])


def waiting(programme: Programme) -> Figures:
    """Medians of the three waits, for every area, length of period and part."""
    found: Figures = {}
    for name, started, ended, left in (
        ("days_offence_to_charge", "offence_date", "charge_date", "charge_date"),
        ("days_charge_to_first_hearing", "charge_date", "first_hearing_date", "disposal_date"),
        (
            "days_first_hearing_to_completion",
            "first_hearing_date",
            "disposal_date",
            "disposal_date",
        ),
    ):
        cells: dict[Cell, list[Wait]] = defaultdict(list)
        for row in placed(programme, "cases"):
            for cell, wait in _waits(programme, row, started, ended, left):
                cells[cell].append(wait)
        for (area, grain, start, breakdown, part), waits in cells.items():
            median = kaplan_meier_median(waits)
            if median is not None:
                key = (name, area, grain, start, breakdown, part)
                found[key] = (Decimal(median), Decimal(len(waits)))
    return found


def _waits(
    programme: Programme, row: Row, started: str, ended: str, left: str
) -> Iterator[tuple[Cell, Wait]]:
    begin, first, last = row[started], programme.said["data_from"], programme.said["data_to"]
    if begin is None or not first <= begin <= last:
        return
    until = min(row[ended] or row[left] or last, last)
    days, is_there = (until - begin).days, row[ended] is not None and row[ended] <= last
    if days < 0:
        return
    quarter = date(begin.year, (begin.month - 1) // 3 * 3 + 1, 1)
    long = {"year": date(begin.year, 1, 1), "window": first}
    short = {"month": month_of(begin), "quarter": quarter}
    for area in programme.above(row["area"]):
        for grain, start in (short | long).items():
            yield (area, grain, start, "all", "all"), (days, is_there)
        for name in ("is_domestic_abuse", "camera_evidence_used"):
            for grain, start in long.items():
                yield (area, grain, start, *in_words(name, row[name])), (days, is_there)


def kaplan_meier_median(waits: list[Wait]) -> int | None:
    """First day by which at least half are estimated to be there, in exact fractions."""
    waiting_share = Fraction(1)
    for day in sorted({days for days, is_there in waits if is_there}):
        at_risk = sum(days >= day for days, _ in waits)
        there = sum(days == day and is_there for days, is_there in waits)
        waiting_share *= 1 - Fraction(there, at_risk)
        if waiting_share <= HALF:
            return day
    return None


def incidents(programme: Programme) -> Figures:
    """Complaints by the month of their incident, and how many are expected in the end."""
    last = programme.said.get("extracted_on") or programme.said["data_to"]
    known = [
        (row, (row["logged_date"] - row["incident_date"]).days, (last - row["incident_date"]).days)
        for row in placed(programme, "complaints")
        if row["incident_date"] is not None
        and row["incident_date"] >= programme.said["data_from"]
        and row["incident_date"] <= row["logged_date"] <= last
    ]
    counted = Tally("complaints_by_incident_date", has_denominator=False)
    complete = Tally("incident_date_completeness", has_denominator=True)
    for row, _, seen in known:
        month, logged = month_of(row["incident_date"]), Fraction(1)
        for longer in sorted({lag for _, lag, _ in known if lag > seen}):
            at_risk = sum(lag <= longer <= watched for _, lag, watched in known)
            logged *= 1 - Fraction(sum(lag == longer for _, lag, _ in known), at_risk)
        stands_for = 1 / max(logged, Fraction(1, 100))
        counted.add(row["area"], month, up=1)
        expected = Decimal(stands_for.numerator) / Decimal(stands_for.denominator)
        complete.add(row["area"], month, up=1, down=expected)
    return counted.figures(programme) | complete.figures(programme)
