"""The load ledger: a row per delivered file and table, written whole when its load ends.

Next to each row is the quarantine file, which lists for the sender what was rejected.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import polars as pl

from orchestration import paths
from orchestration.ingestion.delivery import Delivery, Identity
from orchestration.ingestion.validation.result import ValidationResult
from orchestration.storage import durable
from orchestration.storage.durable import remove, write_whole
from orchestration.storage.read_back import is_whole_parquet
from orchestration.storage.spreadsheet_safety import escape

CountingStatus = Literal["counts", "stale", "superseded", "withdrawn", "refused"]
"""Whether the rows of a load count: `counts`, and `stale` while a newer version cannot be read, do.

`superseded`: a later version took its place; `withdrawn`: its file was taken out of landing or a
person withdrew it; `refused`: the file as it lies in landing was refused.
"""
DATES = ("as_of", "first_event_date", "last_event_date", "counting_since")
# Kept here and never exported: with a time of day, equal releases would differ.
NOT_EXPORTED = (
    "rejects",
    "warnings",
    "added_columns",
    "lost_months",
    "lost_areas",
    "load_version",
    "loaded_at",
    # Never exported either: which files held an erased person is known to this home alone.
    "erased",
    "erasures",
    "key_fingerprint",
)
# What a field is called in rows of earlier releases.
RENAMED = {"fate": "load_status", "repeats": "duplicates_kept"}
TYPES: dict[str, Any] = {
    **dict.fromkeys(DATES, pl.Date),
    **dict.fromkeys(
        (
            *("arrival", "records", "physical_lines", "accepted", "rejected"),
            *("blank", "duplicates", "duplicates_kept"),
        ),
        pl.Int64,
    ),
    "contract_version": pl.Int64,
    "reconciled": pl.Boolean,
}
REJECT_TYPES: dict[str, Any] = {
    "file_hash": pl.String,
    "programme_id": pl.String,
    "source_name": pl.String,
    "table_name": pl.String,
    "column_name": pl.String,
    "reason": pl.String,
    "rejected_count": pl.Int64,
}


class LedgerProblem(Exception):
    """A row that cannot be read; the message says how to mend it."""


@dataclass(frozen=True)
class LedgerRow:
    """The load of one delivered file into one table; `records` counts those in the file.

    records = accepted + rejected + blank + duplicates wherever `load_status` is `accepted`. `areas`
    are the programme's areas that its rows name, empty where a row names none or an unknown one.
    `lost_months` are the first days of months of which every row was rejected; `lost_areas` are
    pairs of an area and such a month, without a month where no column dates the rows. The `erased`
    rows of erased people are not among the records; the load was checked against the first
    `erasures` entries of the list.
    """

    programme_id: str
    source_name: str
    table_name: str
    file_hash: str
    file_name: str
    arrival: int
    as_of: date
    contract_version: int
    load_status: Literal["accepted", "refused"]
    reconciled: bool
    load_version: str
    loaded_at: datetime
    records: int = 0
    physical_lines: int | None = None
    accepted: int = 0
    rejected: int = 0
    blank: int = 0
    duplicates: int = 0
    duplicates_kept: int = 0
    first_event_date: date | None = None
    last_event_date: date | None = None
    reason: str | None = None
    flagged: dict[str, int] = field(default_factory=dict)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    added_columns: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    lost_months: list[str] = field(default_factory=list)
    lost_areas: list[list[str | None]] = field(default_factory=list)
    key_fingerprint: str | None = None
    counting_status: CountingStatus = "counts"
    counting_since: date | None = None
    counting_reason: str | None = None
    erased: int = 0
    erasures: int = 0

    @property
    def is_counted(self) -> bool:
        """Whether the accepted rows are part of the figures."""
        return self.counting_status in ("counts", "stale")

    @property
    def identity(self) -> Identity:
        """Programme, source, table and content: what makes a delivery the same one."""
        return self.programme_id, self.source_name, self.table_name, self.file_hash

    @property
    def raw_file(self) -> Path:
        """Where the accepted rows are while they count."""
        return raw_file(*self.identity)

    @property
    def set_aside_file(self) -> Path:
        """Where the accepted rows are while they do not count."""
        return paths.set_aside() / self.raw_file.relative_to(paths.raw())

    @property
    def is_kept(self) -> bool:
        """Whether the accepted rows are still there and complete, counted or set aside."""
        return is_whole_parquet(self.raw_file) or is_whole_parquet(self.set_aside_file)


def raw_file(programme: str, source: str, table: str, file_hash: str) -> Path:
    """The Parquet file of a delivered file, named by the content that was delivered."""
    return paths.raw() / source / table / programme / f"{file_hash}.parquet"


def quarantine_file(programme: str, source: str, table: str, file_hash: str) -> Path:
    """The rejects of a delivered file, for the person who sent it."""
    return paths.quarantine() / programme / source / table / f"{file_hash}.csv"


def unequal_file(programme: str, source: str, table: str, file_hash: str) -> Path:
    """The Parquet file that was written but differs from the accepted rows, kept for inspection.

    It holds pseudonyms, as raw does.
    """
    return quarantine_file(programme, source, table, file_hash).with_suffix(".parquet")


def incoming() -> Path:
    """Where Parquet files are written; dbt does not look here."""
    return paths.raw() / ".incoming"


def _row_file(identity: Identity) -> Path:
    *folders, file_hash = identity
    return paths.ledger().joinpath("rows", *folders, f"{file_hash}.json")


def append(row: LedgerRow) -> None:
    """Write a row, replacing an earlier one of the same file: the load is now complete."""
    text = json.dumps(asdict(row), default=str, sort_keys=True, ensure_ascii=False)
    write_whole(_row_file(row.identity), text.encode())


def forget(identity: Identity) -> None:
    """Remove a row before its file is loaded again: from now on the old load does not count."""
    remove(_row_file(identity))


def read_ledger() -> list[LedgerRow]:
    """Every row, in order of arrival."""
    found = paths.ledger().glob("rows/*/*/*/*.json")
    rows = [_read(path) for path in found]
    return sorted(rows, key=lambda row: (row.arrival, row.identity))


def has_rows(programme_id: str) -> bool:
    """Whether a file of the programme was ever loaded or refused, whatever became of it."""
    return any(paths.ledger().glob(f"rows/{programme_id}/*/*/*.json"))


def _read(path: Path) -> LedgerRow:
    """A row as this or an earlier release wrote it; raises LedgerProblem."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        values = {RENAMED.get(name, name): value for name, value in written.items()}
        if later := sorted(values.keys() - {each.name for each in fields(LedgerRow)}):
            raise LedgerProblem(
                f"{path} holds what only a later release of Bodyworn knows ({', '.join(later)}):"
                " run that release, or give this one a home of its own."
            )
        # A row written before loads had a counting status is decided in the next run.
        values.setdefault("counting_since", None)
        if values["load_status"] == "refused":
            values.setdefault("counting_status", "refused")
        for name in DATES:
            values[name] = values[name] and date.fromisoformat(values[name])
        values["loaded_at"] = datetime.fromisoformat(values["loaded_at"])
        return LedgerRow(**values)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"{path} is damaged. Remove it, and its file is loaded again."
        raise LedgerProblem(message) from error


def last_loaded() -> dict[tuple[str, str], datetime]:
    """When the last file of each (source, table) that was not withdrawn was loaded."""
    last: dict[tuple[str, str], datetime] = {}
    for row in read_ledger():
        key = (row.source_name, row.table_name)
        if row.load_status == "accepted" and row.counting_status != "withdrawn":
            last[key] = max(row.loaded_at, last.get(key, row.loaded_at))
    return last


def export(folder: Path) -> None:
    """Write `ledger/ledger.parquet` and `rejects/rejects.parquet` below `folder`, for dbt to read.

    Rows are in order of arrival and hold no time of day. Raw files are first set aside or taken
    back, and what a killed load left behind is removed, so that raw holds exactly what counts; dbt
    reads nothing else. Rejects are those of the files that count.
    """
    rows = read_ledger()
    place_raw(rows)
    tidy(rows)
    names = [f.name for f in fields(LedgerRow) if f.name not in NOT_EXPORTED]
    schema = {name: TYPES.get(name, pl.String) for name in names}
    table = [{name: _cell(getattr(row, name)) for name in names} for row in rows]
    write_table(pl.DataFrame(table, schema=schema), folder / "ledger" / "ledger.parquet")
    faults = [_fault(row, reject) for row in rows if row.is_counted for reject in row.rejects]
    write_table(pl.DataFrame(faults, schema=REJECT_TYPES), folder / "rejects" / "rejects.parquet")


def place_raw(rows: Iterable[LedgerRow]) -> None:
    """Move raw files out of raw when they no longer count, and back when they do again."""
    for row in rows:
        inside, aside = row.raw_file, row.set_aside_file
        if not row.is_counted and inside.exists():
            durable.move(inside, aside)
        elif row.is_counted and aside.exists():
            if inside.exists():
                remove(aside)
            else:
                durable.move(aside, inside)


def tidy(rows: Iterable[LedgerRow]) -> None:
    """Remove files from raw, set aside and quarantine that no row of the ledger refers to."""
    known = list(rows)
    accepted = [row for row in known if row.load_status == "accepted"]
    loaded = {row.raw_file for row in accepted} | {row.set_aside_file for row in accepted}
    explained = {quarantine_file(*row.identity) for row in known}
    explained |= {unequal_file(*row.identity) for row in known if row.load_status == "refused"}
    stored = [*paths.raw().glob("*/*/*/*"), *paths.set_aside().glob("*/*/*/*")]
    for path in [*stored, *incoming().glob("*")]:
        if path not in loaded:
            path.unlink()
    for path in paths.quarantine().glob("*/*/*/*"):
        if path not in explained:
            path.unlink()


def _cell(value: object) -> object:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def _fault(row: LedgerRow, reject: dict[str, Any]) -> dict[str, Any]:
    names = ("file_hash", "programme_id", "source_name", "table_name")
    return {**{name: getattr(row, name) for name in names}, **reject}


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a table for dbt to read; a file that already holds it is left as it is."""
    content = BytesIO()
    frame.write_parquet(content)
    if not path.exists() or path.read_bytes() != content.getvalue():
        write_whole(path, content.getvalue())


def write_quarantine(delivery: Delivery, result: ValidationResult) -> None:
    """Write the position of each fault and what to do about it; no file when there is no fault.

    No value of the delivered file is in it. Cells are safe for spreadsheets, since a refusal may
    name a column as the sender did.
    """
    place = quarantine_file(*delivery.identity)
    rows = result.rejects
    if result.refused:
        whole = {"record": None, "line": None, "column": None}
        refusal = whole | {"reason": "refused", "sentence": result.refused}
        rows = pl.concat([pl.DataFrame([refusal], schema=rows.schema), rows])
    if rows.is_empty():
        durable.remove(place)
    else:
        durable.write_whole(place, escape(rows).write_csv().encode())
