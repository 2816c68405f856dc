"""Loading of the plain DuckDB script: one delivered file to Parquet, and its row of the ledger.

A typed `read_csv`, the same pseudonyms, rejects, duplicates, quarantine and ledger as a run.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms

Connection = duckdb.DuckDBPyConnection


def _type(column: ColumnContract) -> str:
    return "varchar" if column.data_type == "string" else column.data_type


def _faults(column: ColumnContract, key: list[str], as_of: str) -> Iterator[tuple[str, str]]:
    """Reason and condition of faults that a typed reading does not notice."""
    name, meta = column.name, column.meta
    if meta.required or name in key:
        yield "missing_required", f"{name} is null"
    if meta.min is not None:
        yield "below_minimum", f"{name} < {meta.min}"
    if meta.max is not None:
        yield "above_maximum", f"{name} > {meta.max}"
    if column.family in ("date", "timestamp"):
        last = f"coalesce({_date(meta.not_after)}, date '{as_of}')"
        yield "impossible_date", f"{name} < '{meta.not_before}' or {name}::date > {last}"


def _date(day: Any) -> str:
    return f"date '{day}'" if day else "null"


def _read(con: Connection, file: Path, contract: TableContract) -> list[ColumnContract]:
    """The file as the table `rows`; its columns in the order of the contract."""
    by_header = {column.header: column for column in contract.delivered}
    with file.open(encoding="utf-8-sig") as lines:
        headers = lines.readline().strip().split(",")
    types = ", ".join(f"'{h}': '{_type(by_header[h])}'" for h in headers)
    names = ", ".join(f"{h} as {by_header[h].name}" for h in headers if by_header[h].is_kept)
    con.execute(
        f"create or replace table rows as select row_number() over () as record_number, {names}"
        f" from read_csv('{file}', columns = {{{types}}}, header = true, delim = ',', quote = '\"',"
        " escape = '\"', auto_detect = false, store_rejects = true, rejects_limit = 0)"
    )
    held = {by_header[h].name for h in headers}
    return [column for column in contract.kept if column.name in held]


def _replace_people(
    con: Connection, columns: list[ColumnContract], people: Pseudonyms
) -> dict[str, str]:
    """The columns of people as they are selected, and a table of pseudonyms for each."""
    chosen = {}
    for column in columns:
        if column.privacy != "identifier":
            continue
        name = column.name
        known = con.sql(f"select distinct {name} as clear from rows").pl()["clear"]
        made = pl.DataFrame({"clear": known, "made": people.of(known, str(column.meta.kind))})
        con.register("pairs", made)
        con.execute(f"create or replace table people_{name} as select * from pairs")
        con.unregister("pairs")
        chosen[name] = f"people_{name}.made"
    return chosen


def _reject(
    con: Connection, columns: list[ColumnContract], key: list[str], as_of: str
) -> dict[str, int]:
    """Faulty and repeated rows, as the tables `faults` and `repeated`; their numbers."""
    tests = [(c.name, *fault) for c in columns for fault in _faults(c, key, as_of)]
    parts = [
        f"select record_number, '{name}' as column_name, '{reason}' as reason from rows"
        f" where {test}"
        for name, reason, test in tests
    ]
    none = "select 0::bigint as record_number, '' as column_name, '' as reason where false"
    con.execute(f"create or replace table faults as {' union all '.join([none, *parts])}")
    con.execute("create or replace table repeated as select 0::bigint as record_number where false")
    if key:
        _repeats(con, ", ".join(key), ", ".join(column.name for column in columns))
    query = "select count(distinct record_number) from faults"
    return {
        "rejected": con.sql(query).fetchall()[0][0],
        "duplicates": con.sql("select count(*) from repeated").fetchall()[0][0],
    }


def _repeats(con: Connection, key: str, whole: str) -> None:
    """Rows that share a key: exact repeats, or faults if their contents differ."""
    con.execute(
        f"create or replace table twice as select {key}, count(distinct ({whole})) as kinds"
        f" from rows group by {key} having count(*) > 1"
    )
    con.execute(
        "insert into faults select record_number, '(key)', 'conflicting_rows'"
        f" from rows join twice using ({key}) where kinds > 1"
    )
    con.execute(
        f"insert into repeated select record_number from rows join twice using ({key})"
        f" where kinds = 1 qualify row_number() over (partition by {key}"
        " order by record_number) > 1"
    )


def _write(
    con: Connection,
    columns: list[ColumnContract],
    contract: TableContract,
    people: Pseudonyms,
    told: dict[str, Any],
    place: Path,
) -> None:
    """The accepted rows as Parquet, with pseudonyms and the columns that identify the file."""
    chosen = _replace_people(con, columns, people)
    joins = " ".join(
        f"left join people_{n} on rows.{n} is not distinct from people_{n}.clear" for n in chosen
    )
    held = {column.name for column in columns}
    cells = [
        f"{chosen.get(c.name, c.name) if c.name in held else 'null'}::{_type(c)} as {c.name}"
        for c in contract.kept
    ]
    cells += [f"'{told[name]}' as {name}" for name in ("programme_id", "file_hash", "file_name")]
    cells += [f"{told['arrival']}::bigint as arrival", "record_number"]
    place.parent.mkdir(parents=True, exist_ok=True)
    con.execute(
        f"copy (select {', '.join(cells)} from rows {joins} anti join faults using (record_number)"
        f" anti join repeated using (record_number)) to '{place}' (format parquet)"
    )


def _numbers(
    con: Connection, contract: TableContract, held: set[str], counts: dict[str, int]
) -> dict[str, Any]:
    """Records and days for the ledger's row, once the unreadable rows are known."""
    unread = con.sql("select count(distinct line) from reject_errors").fetchall()[0][0]
    con.execute("drop table reject_errors; drop table reject_scans")
    rows = con.sql("select count(*) from rows").fetchall()[0][0]
    event = contract.meta.event_date
    days = f"min({event})::date, max({event})::date" if event in held else "null, null"
    first, last = con.sql(f"select {days} from rows").fetchall()[0]
    return {
        "records": rows + unread,
        "accepted": rows - counts["rejected"] - counts["duplicates"],
        "rejected": counts["rejected"] + unread,
        "duplicates": counts["duplicates"],
        "first_event_date": first,
        "last_event_date": last,
    }


def load(
    con: Connection,
    file: Path,
    contract: TableContract,
    home: Path,
    people: Pseudonyms,
    stamp: dict[str, Any],
) -> dict[str, Any]:
    """Load one file into the raw folder of `home`; the row of the ledger about it."""
    columns = _read(con, file, contract)
    counts = _reject(con, columns, list(contract.key), stamp["as_of"])
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    told = {
        **stamp,
        "source_name": contract.source,
        "table_name": contract.name,
        "file_hash": digest,
        **_numbers(con, contract, {column.name for column in columns}, counts),
    }
    folder = home / "raw" / contract.source / contract.name / stamp["programme_id"]
    _write(con, columns, contract, people, told, folder / f"{digest}.parquet")
    if counts["rejected"]:
        con.execute(f"copy faults to '{home / digest}.quarantine.csv'")
    return told
