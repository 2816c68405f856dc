"""Withdrawing a release: by hand, or by a rule where the engine that made it was at fault."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from orchestration.release import tiers
from orchestration.release.current import current, published, read_manifest, unreadable
from orchestration.release.withdrawal import (
    BY_HAND,
    ENGINE_AT_FAULT,
    Withdrawal,
    read,
    read_all,
    write,
)
from orchestration.storage.engine import AT_FAULT

ROW_GROUP = 122_880
"""How many rows DuckDB writes in one piece: files no larger than this were never seen to lose a
value."""

Table = tuple[str, str]
"""Source and table of a contract."""


class CannotWithdraw(ValueError):
    """The release was not marked; the message says why."""


def withdraw(release: Path, why: str, rule: str = BY_HAND) -> Withdrawal:
    """Mark a release as withdrawn.

    Raises CannotWithdraw without a reason, or when it was withdrawn before: the first record stays.
    """
    folder = release.resolve()
    if not why.strip():
        raise CannotWithdraw("A withdrawal needs a reason: --why says what is wrong, for readers.")
    if known := read(folder):
        raise CannotWithdraw(
            f"{folder.name} was withdrawn already ({known.withdrawn_at[:10]}): {known.why}"
        )
    made = read_manifest(folder)
    reason = f"{why.strip().rstrip('.')}."
    at = datetime.now(UTC).isoformat(timespec="seconds")
    mark = Withdrawal(folder.name, made["as_of"], list(made["programmes"]), reason, rule, at)
    write(folder.parent, mark)
    name_replacements(folder.parent)
    return read_all(folder.parent)[folder.name]


def name_replacements(releases: Path) -> None:
    """Name the release being served in the records of those it replaces.

    It replaces a withdrawn release that has no sound replacement yet when it holds all of its
    programmes and was not withdrawn itself.
    """
    marks = read_all(releases)
    serving = current(releases)
    sound = serving if serving and serving.name not in marks else None
    held = set(read_manifest(sound)["programmes"]) if sound else set()
    for mark in marks.values():
        if mark.replaced_by is None or mark.replaced_by in marks:
            found = sound.name if sound and held.issuperset(mark.programmes) else None
            if found != mark.replaced_by:
                write(releases, replace(mark, replaced_by=found))


def _exposed_files(release: Path, harmless: Collection[Table]) -> int | None:
    """How many accepted files of tables other than `harmless` have more than ROW_GROUP rows.

    None when the release has no ledger.
    """
    ledger = tiers.parquet(release, "fct_load_ledger")
    if not ledger.is_file():
        return None
    loads = pl.read_parquet(ledger, columns=["source_name", "table_name", "accepted"])
    large = loads.filter(pl.col("accepted") > ROW_GROUP)
    tables = large.select("source_name", "table_name").iter_rows()
    return sum(table not in harmless for table in tables)


def _fault(release: Path, harmless: Collection[Table]) -> str | None:
    """Why a release has to be withdrawn, or None when no rule says so."""
    version = read_manifest(release).get("code", {}).get("duckdb")
    if version not in AT_FAULT:
        return None
    files = _exposed_files(release, harmless)
    if files == 0:
        return None
    found = "Its load ledger is missing, so which of its files were affected is unknown."
    if files is not None:
        some = "1 of its files has" if files == 1 else f"{files} of its files have"
        found = f"{some} identifiers and more than {ROW_GROUP:,} rows, so figures may be wrong."
    return f"DuckDB {version} made it, and {AT_FAULT[version]}. {found}"


def _faulty(releases: Path, harmless: Collection[Table]) -> Iterator[tuple[Path, str]]:
    known = read_all(releases)
    for release in published(releases):
        if release.name in known or unreadable(release):
            continue
        if why := _fault(release, harmless):
            yield release, why


def withdraw_faulty(releases: Path, harmless: Collection[Table]) -> list[Withdrawal]:
    """Withdraw every release whose raw files an engine at fault may have written wrongly.

    Those are releases made with a DuckDB of `AT_FAULT` that hold a file of more than ROW_GROUP
    rows with identifiers. `harmless` are the tables known to have no identifier; a table that no
    contract describes any more may have had one. Returns the records made now, oldest first.
    """
    found = list(_faulty(releases, harmless))
    return [withdraw(release, why, ENGINE_AT_FAULT) for release, why in found]
