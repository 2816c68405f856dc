"""Which months the deliveries of each table cover, worked out from the ledger in this one place.

A month without an event counts as zero where a delivery covers it, and as unknown where none does.
Months inside the dates of a file are covered. Its first and last month are covered only if the
file's name, the contract, the days of the programme's data or a neighbouring delivery says so, or
if its dates come so close to the end of the month that hardly any record can be missing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import DAY, Days, month_of, months, named_period
from orchestration.ingestion.ledger import LedgerRow, write_table
from orchestration.programmes.programme import Programme

NEAR_EDGE_DAYS = 3
"""A gap of this many days at the edge of a month may be a weekend or a holiday."""
NEIGHBOUR_DAYS = 10
"""This many days between two deliveries of neighbouring months leave no gap."""
EXPECTED_RECORDS = 3
"""Fewer than this expected in the days without a record: that none came says nothing."""
EMPTY_BY_CHANCE = 0.05
"""Whole months of a file's period are empty by chance no more rarely than this."""
Coverage = Literal["covered", "before", "entered", "left_out"]
SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("programme_id", "source_name", "table_name", "feed", "area_id"), pl.String),
    "month_start": pl.Date,
    "coverage": pl.String,
}


def covered_months(
    rows: Sequence[LedgerRow], contract: TableContract, programme: Programme
) -> set[date]:
    """First days of months in the programme's data that the loads of one table cover whole.

    `rows` are loads that count. A file without a record covers the period that its name gives; one
    that breaks off within that period does not cover the rest of it.
    """
    data = Days(programme.data_from, programme.data_to)
    dated = [(row, days) for row in rows if (days := _dates(row))]
    length = sum(_length(days) for _, days in dated)
    rate = sum(row.accepted for row, _ in dated) / length if length else 0.0
    said = [_said(row, contract, data) for row in rows]
    spans = _joined([days for days in said if days], rate)
    if spans and contract.meta.nothing_before:
        spans[0] = Days(min(data.first, spans[0].first), spans[0].last)
    found = set()
    for span in spans:
        whole = _to_edges(span, rate, data)
        for month in months(Days(max(whole.first, data.first), min(whole.last, data.last))):
            if whole.holds(Days(max(month.first, data.first), min(month.last, data.last))):
                found.add(month.first)
    return found


def _dates(row: LedgerRow) -> Days | None:
    if row.first_event_date is None or row.last_event_date is None:
        return None
    return Days(row.first_event_date, row.last_event_date)


def _said(row: LedgerRow, contract: TableContract, data: Days) -> Days | None:
    """The days of which a load speaks: those of its name where its records lie within them."""
    days, named = _dates(row), named_period(row.file_name)
    if days is None:
        return named if row.records == 0 else None
    if named and named.holds(days):
        return believed(named, days, row.accepted, data)
    if contract.meta.periods == "whole_months":
        return Days(month_of(days.first).first, month_of(days.last).last)
    return days


def believed(named: Days, days: Days, records: int, data: Days) -> Days:
    """The period of a file's name, but for whole months at an end that cannot be empty by chance.

    Records fall on the days of a period as likely on one as on another, so that all of them leave
    such months empty with the chance of the rest of the period, to the power of their number. Where
    that is less than `EMPTY_BY_CHANCE` the file breaks off, whatever its name says, and speaks of
    its own days at that end. Months beyond the programme's data are never asked for.
    """
    asked = Days(max(named.first, data.first), min(named.last, data.last))
    touched = Days(month_of(days.first).first, month_of(days.last).last)
    touched = Days(max(touched.first, asked.first), min(touched.last, asked.last))
    if _length(asked) < 1 or _length(touched) < 1:
        return named

    def is_by_chance(part: Days) -> bool:
        return bool((_length(part) / _length(asked)) ** records >= EMPTY_BY_CHANCE)

    begins = is_by_chance(Days(touched.first, asked.last))
    ends = is_by_chance(Days(asked.first, touched.last))
    return Days(named.first if begins else days.first, named.last if ends else days.last)


def _length(days: Days) -> int:
    return (days.last - days.first).days + 1


def _joined(spans: Iterable[Days], rate: float) -> list[Days]:
    """Spans in order; overlapping or adjacent ones become one.

    A gap that holds a whole month is never closed: its records are missing.
    """
    joined: list[Days] = []
    for span in sorted(spans):
        if joined and _is_neighbour(joined[-1].last, span.first, rate):
            joined[-1] = Days(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return joined


def _is_neighbour(last: date, first: date, rate: float) -> bool:
    gap = (first - last).days - 1
    if gap <= 0:
        return True
    next_month = month_of(month_of(last).last + DAY)
    is_adjacent = first <= next_month.last
    return is_adjacent and (gap <= NEIGHBOUR_DAYS or rate * gap < EXPECTED_RECORDS)


def _to_edges(span: Days, rate: float, data: Days) -> Days:
    """The span extended to the edges of its end months, where hardly a record can be missing."""
    first, last = month_of(span.first), month_of(span.last)

    def is_near(days: int) -> bool:
        return days <= NEAR_EDGE_DAYS or rate * days < EXPECTED_RECORDS

    begins = is_near((span.first - first.first).days) or first.first <= data.first <= first.last
    ends = is_near((last.last - span.last).days) or last.first <= data.last <= last.last
    return Days(first.first if begins else span.first, last.last if ends else span.last)


def broken_off(
    rows: Sequence[LedgerRow], contract: TableContract, programme: Programme
) -> Iterator[tuple[LedgerRow, Days, Days]]:
    """Loads whose name speaks of months that no load covers: the load, that period, its days.

    `rows` are the loads of one table that count.
    """
    data = Days(programme.data_from, programme.data_to)
    if contract.meta.event_date is None or contract.meta.periods in ("rows", "register"):
        return
    covered: set[date] | None = None
    for row in rows:
        days, named = _dates(row), named_period(row.file_name)
        if not days or not named or not named.holds(days):
            continue
        if believed(named, days, row.accepted, data) == named:
            continue
        covered = covered_months(rows, contract, programme) if covered is None else covered
        asked = Days(max(named.first, data.first), min(named.last, data.last))
        if {month.first for month in months(asked)} - covered:
            yield row, named, days


def refused_months(rows: Sequence[LedgerRow]) -> dict[date, set[str | None]]:
    """Months that a refused file should have brought, by its name, and its areas (None: any).

    A refused version of a file whose earlier version still counts, or that was delivered again
    correctly, leaves no gap.
    """
    counted = {row.file_name for row in rows if row.is_counted}
    found: dict[date, set[str | None]] = defaultdict(set)
    for row in rows:
        if row.counting_status != "refused" or row.file_name in counted:
            continue
        if named := named_period(row.file_name):
            for month in months(named):
                found[month.first] |= set(row.areas) or {None}
    return found


def lost_months(
    rows: Sequence[LedgerRow], contract: TableContract, programme: Programme
) -> set[date]:
    """First days of months whose rows in a load were all rejected, and that no other load covers.

    `rows` are loads that count.
    """
    found = set()
    for month in {date.fromisoformat(month) for row in rows for month in row.lost_months}:
        others = [row for row in rows if month.isoformat() not in row.lost_months]
        if month not in covered_months(others, contract, programme):
            found.add(month)
    return found


def lost_by_area(
    rows: Sequence[LedgerRow], contract: TableContract, programme: Programme
) -> Iterator[tuple[str, date]]:
    """Area and month whose rows in a load were all rejected, if no other load has them; in order.

    `rows` are loads that count. Where no column dates the rows, a load is of the period in its
    name.
    """
    losing: dict[tuple[str, date], list[LedgerRow]] = defaultdict(list)
    for row in rows:
        for area, month in _lost_of(row):
            losing[area, month].append(row)
    for (area, month), loads in sorted(losing.items(), key=lambda each: each[0]):
        others = [
            row
            for row in rows
            if (area, month) not in set(_lost_of(row)) and (not row.areas or area in row.areas)
        ]
        if contract.meta.event_date:
            is_brought = month in covered_months(others, contract, programme)
        else:
            latest = max(row.arrival for row in loads)
            is_brought = any(row.arrival > latest and _may_hold(row, month) for row in others)
        if not is_brought:
            yield area, month


def _lost_of(row: LedgerRow) -> Iterator[tuple[str, date]]:
    named = named_period(row.file_name)
    for area, month in row.lost_areas:
        if area is None:
            continue
        if month is not None:
            yield area, date.fromisoformat(month)
        elif named is not None:
            yield from ((area, each.first) for each in months(named))


def _may_hold(row: LedgerRow, month: date) -> bool:
    """Whether a load may hold a month, judged by its name if that gives a period."""
    named = named_period(row.file_name)
    return named is None or named.holds(Days(month, month))


def missing_by_area(
    rows: Sequence[LedgerRow], contract: TableContract, programme: Programme
) -> Iterator[tuple[str, date]]:
    """Area and month without a file, where each file holds one area and areas share months.

    Empty where files hold several areas: there, a month without an event of an area is no gap.
    """
    with_rows = [row for row in rows if row.accepted]
    by_area: dict[str, list[LedgerRow]] = defaultdict(list)
    for row in with_rows:
        if len(row.areas) != 1:
            return
        by_area[row.areas[0]].append(row)
    covered = {area: covered_months(loads, contract, programme) for area, loads in by_area.items()}
    every = set().union(*covered.values())
    if sum(map(len, covered.values())) == len(every):
        return
    for area, have in sorted(covered.items()):
        for month in sorted(every - have):
            yield area, month


def table_of_months(
    rows: Sequence[LedgerRow],
    contracts: Sequence[TableContract],
    programmes: Sequence[Programme],
) -> pl.DataFrame:
    """A row per programme, table and month: covered, before the first record, entered or left out.

    A month is `before` where the contract says that nothing happened before the table's first
    record, and `entered` where it is not covered whole. `area_id` is null where the row is about
    all areas. Registers, which are whole whenever they come, have no rows. Tables of monthly
    statistics have only rows for refused files, since their own rows name their months.
    """
    by_table: Mapping[tuple[str, str, str], list[LedgerRow]] = defaultdict(list)
    known = {programme.programme: programme for programme in programmes}
    for row in rows:
        if programme := known.get(row.programme_id):
            by_table[row.identity[:3]].append(_with_area_ids(row, programme))
    found = []
    for contract in contracts:
        for name, programme in sorted(known.items()):
            loads = by_table.get((name, contract.source, contract.name), [])
            if loads and contract.meta.periods != "register":
                place = (name, contract.source, contract.name, contract.feed)
                found += [(*place, *each) for each in _months_of(loads, contract, programme)]
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


def _with_area_ids(row: LedgerRow, programme: Programme) -> LedgerRow:
    """The load with its areas by id; without any where one is no longer known."""
    ids = {name: area.id for area in programme.areas for name in area.spellings()}
    found = {ids.get(spelling) for spelling in row.areas}
    lost = [[ids.get(area or ""), month] for area, month in row.lost_areas]
    areas = [] if None in found else sorted(filter(None, found))
    return replace(row, areas=areas, lost_areas=lost)


def _months_of(
    loads: Sequence[LedgerRow], contract: TableContract, programme: Programme
) -> Iterator[tuple[str | None, date, Coverage]]:
    """Area, month, and how far the month is covered."""
    counted = [row for row in loads if row.is_counted]
    by_area = set(lost_by_area(counted, contract, programme))
    if contract.meta.event_date and contract.meta.periods != "rows":
        how_far = _how_far(counted, contract, programme)
        yield from sorted((None, month, how) for month, how in how_far.items())
        by_area |= set(missing_by_area(counted, contract, programme))
        by_area = {(area, month) for area, month in by_area if how_far.get(month) != "left_out"}
    for area, month in sorted(by_area):
        yield area, month, "left_out"
    for month, areas in sorted(refused_months(loads).items()):
        for named in sorted(areas, key=str):
            yield named, month, "left_out"


def _how_far(
    counted: Sequence[LedgerRow], contract: TableContract, programme: Programme
) -> dict[date, Coverage]:
    """How far the loads that count cover each month they touch."""
    dated = [days for row in counted if (days := _dates(row))]
    first = min((days.first for days in dated), default=programme.data_from).replace(day=1)
    found: dict[date, Coverage] = {
        month.first: "entered" for days in dated for month in months(days)
    }
    for month in covered_months(counted, contract, programme):
        is_before = contract.meta.nothing_before and month < first
        found[month] = "before" if is_before else "covered"
    for month in lost_months(counted, contract, programme) & found.keys():
        found[month] = "left_out"
    return found


def export(
    rows: Sequence[LedgerRow],
    contracts: Sequence[TableContract],
    programmes: Sequence[Programme],
    folder: Path,
) -> None:
    """Write `covered_months/covered_months.parquet` below `folder`, for dbt to read."""
    table = table_of_months(rows, contracts, programmes)
    write_table(table, folder / "covered_months" / "covered_months.parquet")
