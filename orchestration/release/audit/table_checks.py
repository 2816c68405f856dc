"""Audit checks of a candidate's tables: dbt's verdict, files, ledger, privacy, and programmes.

Programmes are those of the run, and a synthetic one cannot be mistaken for a real one. The input of
a check and its findings are defined here too.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from orchestration.release import dbt_artifacts
from orchestration.release.database import parquet_of
from orchestration.release.dbt_artifacts import Artifacts, is_released, meta
from orchestration.storage.sql import identifier

NEEDED = ("dim_area", "dim_metric", "dim_programme", "fct_load_ledger", "fct_metrics")
KINDS = "officer|staff|complainant|defendant|subject"
PERSONAL = re.compile(rf"(.*_)?({KINDS})_(id|key|name|number|pseudonym|ref)")
PSEUDONYM = "^k[0-9A-Za-z]+_[A-Za-z2-7]{16,}=*$"
PRIVATE = ("identifier", "published", "drop")


@dataclass(frozen=True)
class Finding:
    """A sentence about a candidate; an error stops its release, a warning is noted."""

    check: str
    severity: Literal["error", "warning"]
    sentence: str

    def as_dict(self) -> dict[str, str]:
        """The finding as `audit.json` writes it."""
        return asdict(self)


@dataclass(frozen=True)
class OpenCandidate:
    """A candidate opened for reading."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    manifest: dict[str, Any]
    artifacts: Artifacts

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the candidate's tables."""
        return self.con.sql(query).fetchall()

    def columns(self, kind: str | None = None) -> list[tuple[str, str]]:
        """Table and column names of the candidate, of one DuckDB type or of all."""
        chosen = f"and data_type = '{kind}'" if kind else ""
        query = f"""
            select table_name, column_name from duckdb_columns()
            where not internal {chosen} order by all
        """
        return [(str(table), str(column)) for table, column in self.rows(query)]


Check = Callable[[OpenCandidate], Iterator[Finding]]


def contracts_are_kept(candidate: OpenCandidate) -> Iterator[Finding]:
    """Every released mart enforces its contract and was built."""
    for key, node in candidate.artifacts.nodes.items():
        if not is_released(node):
            continue
        if not node["config"].get("contract", {}).get("enforced"):
            yield Finding("contract", "error", f"{node['name']} does not enforce its contract.")
        status = candidate.artifacts.results.get(key, {}).get("status", "not run")
        if status != "success":
            yield Finding("contract", "error", f"{node['name']} was not built: {status}.")


def tests_passed(candidate: OpenCandidate) -> Iterator[Finding]:
    """A test that fails, errs, is skipped or did not run stops the release; `warn` is noted."""
    for row in dbt_artifacts.checks(candidate.artifacts).iter_rows(named=True):
        failures = f" with {row['failures']} rows" if row["failures"] else ""
        words = f"Test {row['check_name']}: {row['status']}{failures}."
        if row["status"] == "warn":
            yield Finding("test", "warning", words)
        elif row["status"] != "pass":
            yield Finding("test", "error", words)


def tables_are_there(candidate: OpenCandidate) -> Iterator[Finding]:
    """The tables that every reader needs are released."""
    for table in NEEDED:
        if table not in candidate.manifest["outputs"]:
            yield Finding("tables", "error", f"{table} is missing.")


def _rows(candidate: OpenCandidate, relation: str) -> tuple[object, ...]:
    """A relation's columns, and its rows whatever their order: their number and sum of hashes."""
    columns = candidate.rows(f"describe select * from {relation}")
    values = ", ".join(identifier(name) for name, *_ in columns)
    shape = tuple((name, kind) for name, kind, *_ in columns)
    return shape, *candidate.rows(f"select count(*), sum(hash({values})) from {relation}")


def database_equals_parquet(candidate: OpenCandidate) -> Iterator[Finding]:
    """Every table of `marts.duckdb` has the rows of the Parquet file that it was made from."""
    database = {table for table, _ in candidate.columns()}
    parquet = set(candidate.manifest["outputs"])
    for table in sorted(database | parquet):
        is_same = table in database & parquet and _rows(candidate, identifier(table)) == _rows(
            candidate, parquet_of(candidate.folder, table)
        )
        if not is_same:
            words = f"{table} differs between marts.duckdb and its Parquet file."
            yield Finding("database", "error", words)


def keys_are_declared(candidate: OpenCandidate) -> Iterator[Finding]:
    """Every table of `marts.duckdb` has a primary key."""
    query = """
        select table_name from duckdb_tables() where not internal
        except select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY'
        order by all
    """
    for (table,) in candidate.rows(query):
        yield Finding("database", "error", f"{table} has no primary key in marts.duckdb.")


def times_have_no_zone(candidate: OpenCandidate) -> Iterator[Finding]:
    """No column's text depends on the time zone of the machine that prints it."""
    for table, column in candidate.columns("TIMESTAMP WITH TIME ZONE"):
        words = f"{table}.{column} is a timestamp with a zone: release the local clock or a date."
        yield Finding("times", "error", words)


def loads_reconcile(candidate: OpenCandidate) -> Iterator[Finding]:
    """Accepted files add up; refused files are noted with the reason; withdrawn ones left out."""
    query = """
        select file_name, load_status, reason,
            reconciled and records = accepted + rejected + blank + duplicates as adds_up
        from fct_load_ledger where counting_status not in ('superseded', 'withdrawn')
        order by arrival, source_name, table_name
    """
    for name, load_status, reason, adds_up in candidate.rows(query):
        if load_status == "refused":
            yield Finding("reconciliation", "warning", f"{name} was refused: {reason}")
        elif not adds_up:
            words = f"{name}: records are not accepted + rejected + blank + duplicates."
            yield Finding("reconciliation", "error", words)


def ledger_equals_inputs(candidate: OpenCandidate) -> Iterator[Finding]:
    """The released ledger lists exactly the files the manifest names as inputs."""
    names = ("file_hash", "programme_id", "source_name", "table_name")
    released = set(candidate.rows(f"select {', '.join(names)} from fct_load_ledger"))
    inputs = {tuple(row[name] for name in names) for row in candidate.manifest["inputs"]}
    for file_hash, programme, source, table in sorted(released ^ inputs):
        where = (
            "only in fct_load_ledger"
            if (file_hash, programme, source, table) in released
            else "not in fct_load_ledger"
        )
        words = f"File {file_hash[:12]} of {programme} for {source}.{table} is {where}."
        yield Finding("inputs", "error", words)


def _private_columns(candidate: OpenCandidate) -> set[str]:
    return {
        name
        for source in candidate.artifacts.manifest["sources"].values()
        for name, column in source["columns"].items()
        if meta(column).get("privacy") in PRIVATE
    }


def no_identifying_columns(candidate: OpenCandidate) -> Iterator[Finding]:
    """No column has the name of an identifying column of a source, or of a person's id."""
    private = _private_columns(candidate)
    for table, column in candidate.columns():
        if column in private or PERSONAL.fullmatch(column):
            words = (
                f"{table}.{column} identifies a person: remove the column, or say"
                " `released: false` in the mart's meta."
            )
            yield Finding("persons", "error", words)


def no_pseudonyms(candidate: OpenCandidate) -> Iterator[Finding]:
    """No text value has the form of a pseudonym, whatever its column is called."""
    for table, column in candidate.columns("VARCHAR"):
        name = identifier(column)
        found = f"select 1 from {table} where regexp_matches({name}, '{PSEUDONYM}') limit 1"
        if candidate.rows(found):
            yield Finding("persons", "error", f"{table}.{column} holds pseudonyms of persons.")


MIXED = """
    select programme_id, promise_id from fct_promise_status
    inner join dim_promise as promises using (programme_id, promise_id)
    inner join dim_programme as programmes using (programme_id)
    where
        promises.is_synthetic <> programmes.is_synthetic
        or programmes.is_synthetic <> starts_with(promises.owner, 'Invented')
        or programmes.is_synthetic <> starts_with(promises.who, 'Invented')
        or (
            not programmes.is_synthetic
            and (fct_promise_status.metric_id is not null or figure_start is not null)
        )
    order by all
"""

DECIDING = """
    select distinct context.programme_id, context.promise_id from fct_promise_context as context
    inner join dim_programme as programmes using (programme_id)
    left join fct_promise_status as statuses using (programme_id, promise_id)
    left join dim_programme as shown on context.shown_programme_id = shown.programme_id
    where
        programmes.is_synthetic
        or coalesce(shown.is_synthetic, false)
        or context.shown_programme_id = context.programme_id
        or statuses.metric_id is not null
        or statuses.figure_start is not null
    order by all
"""


def programmes_are_those_of_the_run(candidate: OpenCandidate) -> Iterator[Finding]:
    """dim_programme lists the run's programmes, and no table has rows of another."""
    ours = set(candidate.manifest["programmes"])
    for table, column in candidate.columns():
        if column != "programme_id":
            continue
        # A study of publications belongs to no programme.
        query = f"select distinct programme_id from {table} where programme_id is not null"
        theirs = {programme for (programme,) in candidate.rows(query)}
        missing = ours - theirs if table == "dim_programme" else set()
        for programme in sorted(missing):
            yield Finding("programmes", "error", f"{programme} is missing from {table}.")
        for programme in sorted(theirs - ours, key=str):
            words = f"{table} holds {programme}, which is not a programme of this run."
            yield Finding("programmes", "error", words)


def synthetic_is_labelled(candidate: OpenCandidate) -> Iterator[Finding]:
    """A synthetic programme has the word in its name."""
    query = """
        select programme_id, programme_name from dim_programme
        where is_synthetic and not contains(lower(programme_name), 'synthetic') order by all
    """
    for programme, name in candidate.rows(query):
        words = f"{programme} is synthetic but its name '{name}' does not say so."
        yield Finding("synthetic", "error", words)


def synthetic_is_apart(candidate: OpenCandidate) -> Iterator[Finding]:
    """No file was loaded into a synthetic and into a real programme."""
    query = """
        select file_hash, min(file_name) from fct_load_ledger
        inner join dim_programme using (programme_id)
        group by all having count(distinct is_synthetic) > 1 order by all
    """
    for file_hash, name in candidate.rows(query):
        words = f"{name} ({file_hash[:12]}) is in a synthetic and in a real programme."
        yield Finding("synthetic", "error", words)


def context_decides_nothing(candidate: OpenCandidate) -> Iterator[Finding]:
    """A figure shown next to a real promise is real, of another programme, and decides nothing.

    A release without such figures has nothing to check.
    """
    tables = {table for table, _ in candidate.columns()}
    if not {"fct_promise_context", "fct_promise_status"} <= tables:
        return
    for programme, promise in candidate.rows(DECIDING):
        words = (
            f"{promise} of {programme}: a figure shown beside a promise may not decide it, nor be"
            " of the same programme or of a synthetic one."
        )
        yield Finding("promises", "error", words)


def promises_are_apart(candidate: OpenCandidate) -> Iterator[Finding]:
    """No real promise is judged by a synthetic figure, and no synthetic one has a real owner.

    A release without promises has nothing to check.
    """
    tables = {table for table, _ in candidate.columns()}
    if not {"dim_promise", "fct_promise_status"} <= tables:
        return
    for programme, promise in candidate.rows(MIXED):
        words = f"{promise} of {programme}: a real promise and synthetic figures may never meet."
        yield Finding("promises", "error", words)
