"""Written files read row by row under the names of the feeds, whatever the layout says."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time

from orchestration.ingestion.contracts.table import read_contracts
from orchestration.synthetic_data.presets import find_setting
from tests.synthetic_data.conftest import Synthetic

Row = dict[str, str]


class Files:
    """The rows of a written programme under the names of the feed, whatever the layout says."""

    def __init__(self, made: Synthetic) -> None:
        self.made = made
        programme = find_setting(made.preset).programme
        self.last = programme.data_to
        self.area = {name: each.id for each in programme.areas for name in each.spellings()}

    def __call__(self, table: str) -> Iterator[Row]:
        for contract in read_contracts():
            if contract.name != table or contract.source not in {"bodyworn", "evidence_com"}:
                continue
            for path in sorted(self.made.folder.glob(contract.meta.files[0].strip("*"))):
                names = {column.header: column.name for column in contract.columns}
                with path.open(encoding="utf-8-sig", newline="") as file:
                    for row in csv.DictReader(file):
                        yield {names[header]: value for header, value in row.items()}


def moment(text: str) -> datetime:
    """A time in either layout."""
    if "/" not in text:
        return datetime.fromisoformat(text)
    return datetime.combine(day(text[:10]), time.fromisoformat(text[11:]))


def day(text: str) -> date:
    """A day in either layout."""
    if "/" not in text:
        return date.fromisoformat(text)
    number, month, year = text.split("/")
    return date(int(year), int(month), int(number))


def counted(counts: dict[str, int]) -> dict[str, int]:
    """Counts without the zeros."""
    return {name: count for name, count in counts.items() if count}
