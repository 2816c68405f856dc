"""Writes a generated programme as files: one per table, the large tables one per year.

Recordings are listed as a video library exports them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.synthetic_data import (
    care,
    complaints,
    courts,
    encounters,
    officers,
    people,
    rollout,
)
from orchestration.synthetic_data.care import NEVER, REASONS, recording_ids
from orchestration.synthetic_data.courts import case_ids
from orchestration.synthetic_data.encounters import references
from orchestration.synthetic_data.faults import Faults, corrected, spoil, unread
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.officers import serials
from orchestration.synthetic_data.recordings import CATEGORIES
from orchestration.synthetic_data.state import (
    SECONDS_A_DAY,
    GeneratorState,
    Integers,
    chosen,
    numbered,
)

MEGABYTES_A_SECOND = 0.6


def recording_rows(made: Made, part: slice) -> pl.DataFrame:
    """A run of recordings with every column that any layout asks for."""
    state, footage, care = made.state, made.recordings, made.care
    officer, triggered = footage.officer[part], footage.triggered[part]
    number = np.arange(len(footage))[part]
    tagged = care.tagged[part]
    category = np.where(tagged < NEVER, made.labels.category[part], -1)
    return pl.DataFrame(
        {
            "recording_id": recording_ids(number),
            "camera_id": serials(made.devices.of(officer, triggered // SECONDS_A_DAY)),
            "staff_id": made.officers.number.gather(officer),
            "recorded_from": state.times(footage.begins[part]),
            "triggered_from": state.times(triggered),
            "recorded_to": state.times(footage.stopped[part]),
            "duration_seconds": footage.seconds[part],
            "uploaded_at": _moments(state, care.uploaded[part]),
            "recording_category": chosen(CATEGORIES, category),
            "is_evidential": care.evidential[part],
            "is_announced": made.labels.announced[part],
            "retain_until_date": _days(state, care.retain_until[part]),
            "triggered_to": state.times(footage.stopped[part]),
            "categorised_at": _moments(state, tagged),
            "reviewed_at": _moments(state, care.reviewed[part]),
            "deleted_at": _moments(state, care.deleted[part]),
            "deletion_reason": chosen(REASONS, care.reason[part]),
            "encounter_id": references(made.labels.encounter[part]),
            "case_id": case_ids(made.labels.case[part]),
        }
    )


def library_columns(made: Made, part: slice) -> pl.DataFrame:
    """What only a commercial library writes: titles, owners' names, size and status."""
    officer = made.recordings.officer[part]
    care = made.care
    status = np.where(care.deleted[part] < NEVER, 2, np.where(care.uploaded[part] < NEVER, 1, 0))
    return pl.DataFrame(
        {
            "recording_title": pl.repeat("Synthetic recording", officer.size, eager=True),
            "owner_last_name": numbered("Synthetic Officer ", officer, 5),
            "owner_first_name": pl.repeat("Synthetic", officer.size, eager=True),
            "size_mb": np.round(made.recordings.seconds[part] * MEGABYTES_A_SECOND, 1),
            "evidence_status": chosen(("Transferring", "Active", "Deleted"), status),
        }
    )


def _moments(state: GeneratorState, seconds: Integers) -> pl.Series:
    known = seconds < NEVER
    return state.times(np.where(known, seconds, 0), known)


def _days(state: GeneratorState, days: Integers) -> pl.Series:
    known = days < NEVER
    return state.dates(np.where(known, days, 0), known)


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
    state, starts, staff = made.state, made.rollout, made.officers
    return {
        "officers": lambda: officers.officer_rows(state, staff),
        "devices": lambda: officers.device_rows(state, starts, staff, made.devices),
        "complaints": lambda: _respelled(
            complaints.complaint_rows(state, staff, made.complaints, made.available)
        ),
        "allegations": lambda: complaints.allegation_rows(
            state, staff, made.complaints, *made.allegations
        ),
        "force_reports": lambda: people.force_rows(state),
        "cases": lambda: courts.case_rows(state, made.cases),
        "crimes": lambda: courts.crime_rows(state, made.crimes),
        "requests": lambda: care.request_rows(
            state, made.recordings, made.requests, made.care.deleted
        ),
        "spend": lambda: rollout.payment_rows(state, made.payments),
        "assaults": lambda: people.assault_rows(state, *made.assaults),
        "confidence": lambda: people.confidence_rows(state),
        "population": lambda: people.population_rows(state),
        "workforce": lambda: people.workforce_rows(state),
        "camera_starts": lambda: people.camera_start_rows(state, starts),
    }


def _large(made: Made) -> Iterator[tuple[str, Integers, Callable[[slice], pl.DataFrame]]]:
    """Tables with a file for each year: name, ordered moments, and rows of a run of them."""
    met, state, officer = made.encounters, made.state, made.officers
    yield "shifts", made.shifts.begins, partial(officers.shift_rows, state, officer, made.shifts)
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
