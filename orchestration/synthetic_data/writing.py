"""Writes a generated programme as files: one per table, the large tables one per year."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.synthetic_data import (
    complaints,
    courts,
    crimes,
    devices,
    encounters,
    officers,
    people,
    requests,
    safety,
    shifts,
    spend,
)
from orchestration.synthetic_data.faults import Faults, corrected, spoil, unread
from orchestration.synthetic_data.footage import library_columns, recording_rows
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.state import GeneratorState, Integers

ISO = {"timestamp": "%Y-%m-%dT%H:%M:%S", "date": "%Y-%m-%d"}
Words = dict[str, dict[str, str]]
OWN = "bodyworn"
RECORDINGS = "recordings"
Parts = Iterator[tuple[str, slice]]


def write_files(made: Made, faults: Faults, folder: Path) -> list[Path]:
    """Every table that a contract describes, in the layout the preset names; files by name."""
    folder.mkdir(parents=True, exist_ok=True)
    contracts = {(each.source, each.name): each for each in read_contracts()}
    layouts = made.setting.preset.layouts
    files = []
    for table, rows in _whole(made).items():
        files.append(write(folder / f"{table}.csv", rows(), contracts[OWN, table], {}))
    for table, moments_, rows_of in _large(made):
        for year, part in years(made.state, moments_):
            path = folder / f"{table}_{year}.csv"
            files.append(write(path, rows_of(part), contracts[OWN, table], {}))
    filmed = contracts[layouts.get(RECORDINGS, OWN), RECORDINGS]
    words = {} if filmed.source == OWN else made.setting.preset.words
    return sorted([*files, *_write_recordings(made, faults, folder, filmed, words)])


def _whole(made: Made) -> dict[str, Callable[[], pl.DataFrame]]:
    """Tables that fit into one file."""
    state, rollout, people_ = made.state, made.rollout, made.officers
    return {
        "officers": lambda: officers.officer_rows(state, people_),
        "devices": lambda: devices.device_rows(state, rollout, people_, made.devices),
        "complaints": lambda: _respelled(
            complaints.complaint_rows(state, people_, made.complaints, made.available)
        ),
        "allegations": lambda: complaints.allegation_rows(
            state, people_, made.complaints, *made.allegations
        ),
        "force_reports": lambda: safety.force_rows(state),
        "cases": lambda: courts.case_rows(state, made.cases),
        "crimes": lambda: crimes.crime_rows(state, made.crimes),
        "requests": lambda: requests.request_rows(
            state, made.recordings, made.requests, made.care.deleted
        ),
        "spend": lambda: spend.payment_rows(state, made.payments),
        "assaults": lambda: safety.assault_rows(state, *made.assaults),
        "confidence": lambda: people.confidence_rows(state),
        "population": lambda: people.population_rows(state),
        "workforce": lambda: people.workforce_rows(state),
        "camera_starts": lambda: people.camera_start_rows(state, rollout),
    }


def _large(made: Made) -> Iterator[tuple[str, Integers, Callable[[slice], pl.DataFrame]]]:
    """Tables with a file for each year: name, ordered moments, and rows of a run of them."""
    met, state, officer = made.encounters, made.state, made.officers
    yield "shifts", made.shifts.begins, partial(shifts.shift_rows, state, officer, made.shifts)
    yield (
        "encounters",
        met.begins,
        partial(encounters.encounter_rows, state, met, made.reason),
    )
    yield (
        "encounter_officers",
        met.begins[met.attended],
        partial(encounters.attendance_rows, officer, met),
    )


def years(state: GeneratorState, seconds: Integers) -> Parts:
    """Runs of ordered times within one calendar year, with the year."""
    first, last = state.first_day.year, state.first_day.year + state.days // 365 + 1
    for year in range(first, last + 1):
        opens, closes = (
            state.day_of(state.first_day.replace(year=each, month=1, day=1)) * 86_400
            for each in (year, year + 1)
        )
        part = slice(*np.searchsorted(seconds, [opens, closes]).tolist())
        if part.start < part.stop:
            yield str(year), part


def _respelled(rows: pl.DataFrame) -> pl.DataFrame:
    """Area names as another system writes them: `&` for "and"."""
    return rows.with_columns(pl.col("published_area").str.replace(" and ", " & ", literal=True))


def _write_recordings(
    made: Made, faults: Faults, folder: Path, contract: TableContract, words: Words
) -> list[Path]:
    files, lost = [], []
    for year, part in years(made.state, made.recordings.triggered):
        rows = recording_rows(made, part)
        if contract.source != OWN:
            rows = rows.hstack(library_columns(made, part))
        better = corrected(faults, rows, part)
        lost.append(unread(faults, rows, part))
        rows = spoil(made, faults, rows, part, moments(contract))
        files.append(write(folder / f"{stem(contract)}_{year}.csv", rows, contract, words))
        if len(better):
            path = folder / f"{stem(contract)}_{year}_corrected.csv"
            files.append(write(path, better, contract, words))
    behind_a_quote = pl.concat(lost)
    if len(behind_a_quote):
        path = folder / f"{stem(contract)}_unclosed.csv"
        files.append(_unclosed(write(path, behind_a_quote, contract, words)))
    return files


def _unclosed(path: Path) -> Path:
    """Open a quote before the first row of a file that nothing closes."""
    header, rows = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text(f'{header}\n"{rows}', encoding="utf-8")
    return path


def moments(contract: TableContract, family: str = "timestamp") -> str:
    """How the layout writes times (or dates); ISO 8601 where the contract states no format.

    Raises ValueError when the columns of one table are written in different ways.
    """
    of_family = [column for column in contract.columns if column.family == family]
    formats = {
        column.meta.formats[-1] if column.meta.formats else ISO[family] for column in of_family
    }
    if len(formats) > 1:
        raise ValueError(f"{contract.label}: one format for all of {family}, not {sorted(formats)}")
    return formats.pop() if formats else ISO[family]


def in_layout(rows: pl.DataFrame, contract: TableContract, words: Words) -> pl.DataFrame:
    """The contract's columns in its order, under the headers of a file.

    Columns that were not generated are empty. Raises ValueError when one of them is required.
    """
    return rows.select(_column(rows, column, words, contract) for column in contract.columns)


def _column(
    rows: pl.DataFrame, column: ColumnContract, words: Words, contract: TableContract
) -> pl.Expr:
    if column.name not in rows.columns:
        if column.meta.required:
            raise ValueError(f"{contract.label}: nothing makes the required column {column.name}")
        return pl.lit(None, pl.String).alias(column.header)
    made = pl.col(column.name)
    if column.name in words:
        made = made.replace(words[column.name])
    return made.alias(column.header)


def stem(contract: TableContract) -> str:
    """How the names of the table's files begin."""
    return contract.meta.files[0].partition("*")[0]


def write(path: Path, rows: pl.DataFrame, contract: TableContract, words: Words) -> Path:
    """Write a file in its layout.

    The workforce file has a byte order mark and CRLF, as a spreadsheet writes them.
    """
    from_spreadsheet = contract.meta.feed == "officer_months"
    in_layout(rows, contract, words).write_csv(
        path,
        datetime_format=moments(contract),
        date_format=moments(contract, "date"),
        separator=contract.meta.format.separator,
        include_bom=from_spreadsheet,
        line_terminator="\r\n" if from_spreadsheet else "\n",
    )
    return path
