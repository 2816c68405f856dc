"""`bodyworn check`: what would be accepted or rejected of a file, and why, without loading it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.commands.release import fail

if TYPE_CHECKING:
    from orchestration.ingestion.contracts.table import TableContract
    from orchestration.ingestion.validation.result import ValidationResult
    from orchestration.programmes.programme import Programme

CLEAN, REJECTS, REFUSED = 0, 1, 2
# More reasons than anyone reads; the total is printed with them.
MOST_REASONS = 200
MOST_SHOWN = 20
COUNTS = ("records", "accepted", "rejected", "blank", "duplicates", "duplicates_kept")


def check(
    file: Annotated[Path, typer.Argument(help="The file as it was delivered.")],
    source: Annotated[str, typer.Option(help="The layout, as in models/staging/<source>.")],
    table: Annotated[str, typer.Option(help="The table of that layout.")],
    programme: Annotated[
        str | None,
        typer.Option(help="Whose clocks and areas it has; default: who delivers the source."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Dates after it are impossible; default today."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Report what would be accepted and rejected. Exit 0 clean, 1 some rejected, 2 refused."""
    from orchestration.ingestion.contracts.table import ContractProblem, find_contract
    from orchestration.ingestion.reading_process import READING
    from orchestration.programmes.programme import ProgrammeProblem

    READING.start()
    try:
        contract = find_contract(source, table)
        day = as_of.date() if as_of else datetime.now(UTC).date()
        found = _validated(file, contract, day, _programme(programme, source))
    except (ContractProblem, ProgrammeProblem, OSError, ValueError) as error:
        fail(error, REFUSED)
    if as_json:
        typer.echo(json.dumps(_document(file, contract, found), indent=2, ensure_ascii=False))
    else:
        _print(file, contract, found)
    raise typer.Exit(_code(found))


def _programme(name: str | None, source: str) -> "Programme | None":
    """The programme of that name, or the first that delivers the source."""
    from orchestration.programmes.programme import read_programmes
    from orchestration.storage.yaml_positions import nearest

    programmes = read_programmes()
    fit = [p for p in programmes if (p.programme == name if name else source in p.sources)]
    if name and not fit:
        known = [programme.programme for programme in programmes]
        there = f"there are: {', '.join(known)}"
        raise ValueError(f"there is no programme {name}{nearest(name, known)}; {there}")
    return fit[0] if fit else None


def _validated(
    file: Path, contract: "TableContract", day: date, programme: "Programme | None"
) -> "ValidationResult":
    import secrets

    from orchestration.ingestion.delivery import FileLimits, NotNow, printable
    from orchestration.ingestion.pseudonyms.keys import KEY_BYTES, Key
    from orchestration.ingestion.reading_process import READING
    from orchestration.ingestion.reading_task import Task

    if not file.is_file():
        raise FileNotFoundError(f"{printable(str(file))}: there is no such file")
    # Nothing is kept, so any key will do; it is discarded when the check ends.
    key = Key("check", secrets.token_bytes(KEY_BYTES))
    limits = FileLimits.from_environment()
    time_zone, areas = (programme.time_zone, programme.spellings) if programme else ("UTC", ())
    task = Task(file.resolve(), contract, day, time_zone, key, limits, areas=areas)
    try:
        return READING.read(task).result
    except NotNow as problem:
        raise OSError(str(problem)) from problem
    finally:
        READING.close()


def _code(found: "ValidationResult") -> int:
    if found.refused is not None:
        return REFUSED
    return REJECTS if found.rejected else CLEAN


def _document(file: Path, contract: "TableContract", found: "ValidationResult") -> dict[str, Any]:
    return {
        "file": _printable(file),
        "table": contract.label,
        "contract_version": contract.meta.version,
        **{name: getattr(found, name) for name in COUNTS},
        "physical_lines": found.physical_lines,
        "reconciled": found.reconciled,
        "refused": found.refused,
        "reasons": found.rejects.head(MOST_REASONS).to_dicts(),
        "reasons_total": found.rejects.height,
        "unknown_areas": found.unknown_areas,
        "flagged": found.flagged,
        "warnings": found.all_warnings,
        "added_columns": list(found.added_columns.values()),
        "notes": _notes(contract),
        "first_event": found.first_event and str(found.first_event),
        "last_event": found.last_event and str(found.last_event),
    }


def _print(file: Path, contract: "TableContract", found: "ValidationResult") -> None:
    counts = ", ".join(f"{getattr(found, name):,} {name}" for name in COUNTS)
    typer.echo(f"{_printable(file)} as {contract.label}, contract version {contract.meta.version}")
    if found.refused is not None:
        typer.echo(f"Refused, nothing of it would be loaded: {found.refused}")
    lines = f" in {found.physical_lines:,} lines" if found.physical_lines is not None else ""
    typer.echo(counts + lines)
    for name, count in sorted(found.flagged.items()):
        typer.echo(f"  flagged, kept: {count:,} {name}")
    for warning in found.all_warnings:
        typer.echo(f"  warning: {warning}")
    for note in _notes(contract):
        typer.echo(f"  note: {note}")
    _print_rejects(found)


def _print_rejects(found: "ValidationResult") -> None:
    from orchestration.ingestion.validation.result import count_rejects

    for each in count_rejects(found.rejects):
        typer.echo(f"  rejected: {each['rejected_count']:,} {each['column_name']}.{each['reason']}")
    for spelling, count in list(found.unknown_areas.items())[:MOST_SHOWN]:
        typer.echo(f"  no area of the programme: {count:,} rows of {spelling!r}")
    for row in found.rejects.head(MOST_SHOWN).to_dicts():
        column = f", column {row['column']}" if row["column"] else ""
        line = f", line {row['line']}" if row["line"] else ""
        typer.echo(f"  record {row['record']}{line}{column}: {row['reason']}. {row['sentence']}")
    if (more := found.rejects.height - MOST_SHOWN) > 0:
        typer.echo(f"  and {more:,} more; --json lists the first {MOST_REASONS}")


def _notes(contract: "TableContract") -> list[str]:
    if any(column.meta.privacy == "identifier" for column in contract.columns):
        return ["Identifiers were read with a key made for this check, which is gone now."]
    return []


def _printable(file: Path) -> str:
    from orchestration.ingestion.delivery import printable

    return printable(file.name)
