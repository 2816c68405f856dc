"""Delivered files as Python rows, and where each row counts: the slow, obvious way."""

import csv
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

Row = dict[str, Any]
Key = tuple[str, str, str, date, str, str]
Counts = tuple[Decimal | None, Decimal | None]
Figures = dict[Key, Counts]
NEVER = date(9999, 12, 31)
DATES = ("posted_from", "posted_to", "month_start")
TIMES = ("recorded_from", "recorded_to", "triggered_from", "triggered_to")


def _typed(header: str, text: str) -> Any:
    if text == "":
        return None
    if header.endswith("_date") or header in DATES:
        return date.fromisoformat(text)
    if header.endswith("_at") or header in TIMES:
        return datetime.fromisoformat(text)
    if text in {"true", "false"}:
        return text == "true"
    return text


@dataclass(frozen=True)
class Programme:
    """The files of a programme, with what programme.yml says of it."""

    folder: Path
    said: Row

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, every column of it by its header."""
        found = []
        for path in sorted(self.folder.glob(f"{table}*.csv")):
            with path.open(newline="") as file:
                found += [{k: _typed(k, v) for k, v in row.items()} for row in csv.DictReader(file)]
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        """Every spelling of an area with its id."""
        return {
            spelling: area["id"]
            for area in self.said["areas"]
            for spelling in (area["id"], area["name"], *area.get("aliases", []))
        }

    @cached_property
    def root(self) -> str:
        """The area that holds all others."""
        return str(self.said["areas"][0]["id"])

    def above(self, area: str) -> list[str]:
        """An area and those that hold it."""
        parents = {each["id"]: each["parent"] for each in self.said["areas"]}
        found = [area]
        while parents[found[-1]]:
            found.append(parents[found[-1]])
        return found

    @cached_property
    def months(self) -> list[tuple[date, date]]:
        """First day and last known day of every month of the records."""
        month, found = self.said["data_from"].replace(day=1), []
        while month <= self.said["data_to"]:
            last = month.replace(day=monthrange(month.year, month.month)[1])
            found.append((month, min(last, self.said["data_to"])))
            month = last + timedelta(days=1)
        return found

    @cached_property
    def postings(self) -> dict[str, list[Row]]:
        """Postings of each officer in order."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.rows("officers"), key=lambda r: (r["posted_from"], r["borough"])):
            found.setdefault(row["officer_number"], []).append(row)
        return found

    def area_of(self, officer: str | None, day: date) -> str | None:
        """Where an officer worked: the last posting begun by that day, or else the first."""
        if officer is None or officer not in self.postings:
            return None
        all_of_them = self.postings[officer]
        begun = [row for row in all_of_them if row["posted_from"] <= day]
        return self.names[(begun or all_of_them)[-1 if begun else 0]["borough"]]


def read(folder: Path, programme_file: Path) -> Programme:
    """A programme with its files."""
    return Programme(folder, yaml.safe_load(programme_file.read_text()))


def month_of(day: date | datetime) -> date:
    """First day of the month of a day."""
    return date(day.year, day.month, 1)


class Tally:
    """Figures of one metric, added up one by one."""

    def __init__(self, metric: str, *, has_denominator: bool) -> None:
        self.metric, self.has_denominator = metric, has_denominator
        self.up: dict[Key, Decimal] = {}
        self.down: dict[Key, Decimal] = {}

    def add(
        self,
        area: str | None,
        month: date,
        parts: Iterable[tuple[str, str]] = (),
        *,
        up: Decimal | int = 0,
        down: Decimal | int = 0,
    ) -> None:
        """Count towards an area's month, in the whole and in each of these parts."""
        for breakdown, part in (("all", "all"), *parts):
            self.add_part(area, month, breakdown, part, up=up, down=down)

    def add_part(
        self,
        area: str | None,
        month: date,
        breakdown: str,
        part: str,
        *,
        up: Decimal | int = 0,
        down: Decimal | int = 0,
    ) -> None:
        """Count towards one part alone."""
        assert area is not None
        key = (self.metric, area, "month", month, breakdown, part)
        self.up[key] = self.up.get(key, Decimal(0)) + up
        self.down[key] = self.down.get(key, Decimal(0)) + down

    def figures(self, programme: Programme) -> Figures:
        """What was counted within the records of the programme."""
        first, last = programme.said["data_from"].replace(day=1), programme.said["data_to"]
        return {
            key: (self.up[key], self.down[key] if self.has_denominator else None)
            for key in self.up
            if first <= key[3] <= last
        }
