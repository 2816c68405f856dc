"""Contracts and files for tests of what becomes of delivered files."""

from datetime import date
from pathlib import Path
from typing import Any

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.validation.result import ValidationResult
from orchestration.ingestion.validation.validate_file import validated
from orchestration.ingestion.write_raw import write_raw

AS_OF = date(2026, 11, 21)
ORIGIN = {
    "producer": "Harbour Town Police (invented)",
    "title": "Recordings",
    "url": "https://example.org",
    "licence": "none needed",
    "citation": "invented for tests",
    "accessed": "2026-11-21",
}
CSV = {"type": "csv", "encoding": "utf-8", "separator": ",", "quote": '"', "escape": '"'}
SECONDS = {"required": True, "min": 0, "max": 86400, "flags": ["zero"]}
RECORDINGS: dict[str, dict[str, Any]] = {
    "recording_id": {"header": "Recording"},
    "started_at": {"data_type": "timestamp", "header": "Started", "required": True},
    "seconds": {"data_type": "bigint", "header": "Seconds", **SECONDS},
    "note": {"header": "Note"},
}
HEADER = "Recording,Started,Seconds,Note"


def contract(columns: dict[str, dict[str, Any]] | None = None, **meta: Any) -> TableContract:
    """A contract of a table `recordings`; each column's settings are one flat dictionary."""
    declared = []
    for name, settings in (columns or RECORDINGS).items():
        own = dict(settings)
        kind = own.pop("data_type", "string")
        entry = {"name": name, "data_type": kind, "description": name, "config": {"meta": own}}
        declared.append(entry)
    start = "started_at" if "started_at" in (columns or RECORDINGS) else None
    own_meta = {
        "version": 1,
        "feed": "recordings",
        "files": ["recordings*"],
        "format": CSV,
        "key": "none",
        "event_date": start,
    }
    return TableContract.model_validate(
        {
            "source": "harbour",
            "name": "recordings",
            "description": "One row per recording.",
            "source_meta": {"origin": ORIGIN, "owner": "analysts", "fresh_within_days": None},
            "config": {"meta": own_meta | meta},
            "columns": declared,
        }
    )


def look(
    file: Path | str | bytes,
    of: TableContract | None = None,
    *,
    folder: Path,
    output: Path | None = None,
    pseudonyms: Pseudonyms | None = None,
    time_zone: str = "Europe/London",
) -> ValidationResult:
    """Validate a file, or text written to one first, and write what is accepted to `output`."""
    if not isinstance(file, Path):
        path = folder / "recordings [1] 'a; b'.csv"
        path.write_bytes(file.encode() if isinstance(file, str) else file)
        file = path
    table = of or contract()
    with validated(file, table, as_of=AS_OF, time_zone=time_zone, pseudonyms=pseudonyms) as found:
        if output and found.rows:
            write_raw(found.rows, delivery(file), output)
    if found.refused is None:
        total = found.accepted + found.rejected + found.blank + found.duplicates
        assert (found.records, found.reconciled) == (total, True)
    return found


def delivery(file: Path) -> Delivery:
    """A file as the first one delivered for the invented table."""
    return Delivery("harbour_town", "harbour", "recordings", file, "recordings.csv", "0" * 64, 1)


def reasons(found: ValidationResult) -> list[tuple[int, int | None, str | None, str]]:
    """Record, line, column and reason of every fault, in order."""
    return found.rejects.select("record", "line", "column", "reason").rows()
