"""An invented force of two districts: a dbt warehouse, dbt's artifacts and a ledger, by hand."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration.release import build, publish
from orchestration.release.audit import candidate_audit

FORCE = "invented_force"
DELIVERED = {"jan.csv": "complaint\n1\n2\n3\n", "feb.csv": "wrong\n"}
HASHES = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in DELIVERED.items()}
FIGURE = "programme_id, metric_id, area_id, period_grain, period_start, breakdown, breakdown_value"
TABLES = {
    "dim_area": (
        """(programme_id varchar, area_id varchar, area_name varchar, parent_area_id varchar,
        valid_from date, valid_to date)""",
        ["programme_id", "area_id"],
    ),
    "dim_metric": (
        "(metric_id varchar, label varchar, kind varchar, version integer)",
        ["metric_id"],
    ),
    "dim_programme": (
        "(programme_id varchar, programme_name varchar, is_synthetic boolean)",
        ["programme_id"],
    ),
    "fct_load_ledger": (
        """(file_hash varchar, programme_id varchar, source_name varchar, table_name varchar,
        arrival bigint, file_name varchar, records bigint, accepted bigint, rejected bigint,
        blank bigint, duplicates bigint, load_status varchar, reconciled boolean,
        reason varchar, counting_status varchar, counting_since date, counting_reason varchar)""",
        ["file_hash", "programme_id", "source_name", "table_name"],
    ),
    "fct_metrics": (
        """(programme_id varchar, metric_id varchar, area_id varchar, period_grain varchar,
        period_start date, breakdown varchar, breakdown_value varchar, period_end date,
        numerator double, denominator double, value double, interval_low double,
        interval_high double, status varchar)""",
        FIGURE.split(", "),
    ),
    "fct_notes": ("(note_id bigint, note varchar, amount double)", ["note_id"]),
}
ROWS = f"""
insert into dim_area values
    ('{FORCE}', 'force', 'Invented force', null, null, null),
    ('{FORCE}', 'north', 'N', 'force', null, null), ('{FORCE}', 'south', 'S', 'force', null,null);
insert into dim_metric values ('complaints', 'Complaints', 'count', 1);
insert into dim_programme values ('{FORCE}', 'Invented force', false);
insert into fct_load_ledger values
    ('{HASHES["jan.csv"]}', '{FORCE}', 'forms', 'complaints', 1, '{FORCE}/jan.csv', 4, 3, 1, 0, 0,
        'accepted', true, null, 'counts', date '2024-03-01', null),
    ('{HASHES["feb.csv"]}', '{FORCE}', 'forms', 'complaints', 2, '{FORCE}/feb.csv',
        null, null, null, null, null, 'refused', false, 'column "date" is missing',
        'refused', date '2024-03-01', null);
insert into fct_metrics
select '{FORCE}', 'complaints', area_id, 'month', date '2024-01-01', 'all', 'all',
    date '2024-01-31', n, null, n, null, null, 'final'
from (values ('force', 3.0), ('north', 1.0), ('south', 2.0)) as v(area_id, n);
insert into fct_notes values
    (3, '=1+1', -1.5), (1, 'plain, with "quotes"', 0.1), (2, '', 1e300), (4, null, null),
    (5, '''quoted', 1/3), (6, e'two\\nlines', 2), (7, '  @sum(1)', 3), (8, e'\\ttab', 4),
    (9, '-5', -5), (10, '5 - 3', 2);
"""
LATER = """alter table fct_metrics add is_provisional boolean default false;
alter table fct_metrics add is_break boolean default false; alter table fct_metrics add
status_reason varchar; alter table dim_metric add unit varchar default 'cases'; alter table
dim_metric add per_count bigint default 1; alter table dim_programme add is_open_data boolean;"""


def _model(name: str, key: list[str], columns: list[str]) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "schema": "main",
        "alias": name,
        "fqn": ["bodyworn", "marts", name],
        "description": f"What {name} holds; it's invented.",
        "config": {"contract": {"enforced": True}, "meta": {}},
        "constraints": [{"type": "primary_key", "columns": key}],
        "columns": {c: {"description": f"Meaning of {c}.", "constraints": []} for c in columns},
        "depends_on": {"nodes": ["source.bodyworn.forms.complaints"]},
    }


def _test(name: str, status: str) -> dict[str, Any]:
    return {
        "resource_type": "test",
        "name": name,
        "fqn": ["bodyworn", "marts", name],
        "attached_node": "model.bodyworn.fct_metrics",
        "config": {"severity": "warn" if status == "warn" else "error"},
        "depends_on": {"nodes": ["model.bodyworn.fct_metrics"]},
    }


def write_artifacts(folder: Path, con: duckdb.DuckDBPyConnection, tests: dict[str, str]) -> None:
    """Dbt's manifest and run results for the tables of `con` and tests with these results."""
    nodes = {}
    for name, (_, key) in TABLES.items():
        columns = [row[0] for row in con.sql(f"describe {name}").fetchall()]
        nodes[f"model.bodyworn.{name}"] = _model(name, key, columns)
    nodes |= {f"test.bodyworn.{name}": _test(name, status) for name, status in tests.items()}
    private = {"officer_ref": {"config": {"meta": {"privacy": "identifier", "kind": "officer"}}}}
    source = {
        "resource_type": "source", "source_name": "forms", "name": "complaints", "columns": private,
    }  # fmt: skip
    manifest = {
        "metadata": {"dbt_version": "1.11.16"},
        "nodes": nodes,
        "sources": {"source.bodyworn.forms.complaints": source},
    }
    results = [
        {"unique_id": key, "status": tests.get(node["name"], "success"), "failures": 0}
        for key, node in nodes.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "run_results.json").write_text(json.dumps({"results": results}))


def _write_ledger(folder: Path, con: duckdb.DuckDBPyConnection) -> None:
    rows = con.sql("select * from fct_load_ledger order by arrival desc").pl()
    stamped = rows.with_columns(as_of=date(2024, 3, 1), contract_version=1)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.parquet"):
        old.unlink()
    for row in stamped.iter_slices(1):
        row.write_parquet(folder / f"{Path(row['file_name'][0]).name}.parquet")


def order(home: Path, change: str = "", tests: dict[str, str] | None = None) -> build.BuildRequest:
    """What to release: the invented force, after the SQL in `change`, with these test results."""
    warehouse = home / "warehouse.duckdb"
    warehouse.unlink(missing_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(warehouse) as con:
        for name, (columns, _) in TABLES.items():
            con.execute(f"create table {name} {columns}")
        con.execute(ROWS + change + LATER)
        write_artifacts(home / "target", con, tests or {"areas_are_known": "pass"})
        _write_ledger(home / "ledger", con)
    return build.BuildRequest(
        warehouse=warehouse,
        artifacts=[home / "target"],
        ledger=home / "ledger",
        as_of=date(2024, 3, 1),
        programmes=[FORCE],
        releases=home / "releases",
        run_id="run",
        started_at=datetime(2024, 3, 1, 2, tzinfo=UTC),
    )


def code(home: Path) -> Path:
    """A project of one source file, so that the real one may change during a test."""
    source = home / "code" / "orchestration" / "run.py"
    if not source.exists():
        source.parent.mkdir(parents=True)
        source.write_text("print('run')\n")
    return home / "code"


def deliver(landing: Path) -> Path:
    """The delivered files, in the landing folder of the force."""
    folder = landing / FORCE
    folder.mkdir(parents=True)
    for name, text in DELIVERED.items():
        (folder / name).write_text(text)
    return landing


def candidate(home: Path, change: str = "", tests: dict[str, str] | None = None) -> build.Candidate:
    """A candidate built from the invented force."""
    return build.build(order(home, change, tests), root=code(home))


def release_order(wanted: build.BuildRequest, home: Path) -> publish.PublishResult:
    """An order built, audited and published."""
    made = build.build(wanted, root=code(home))
    return publish.publish(made, candidate_audit.audit(made))


def release(home: Path, change: str = "") -> publish.PublishResult:
    """The invented force built, audited and published."""
    return release_order(order(home, change), home)


def more(area: str, by: int) -> str:
    """SQL: `by` more complaints in a district and in the force."""
    return f"""
        update fct_metrics set numerator = numerator + {by}, value = value + {by}
        where area_id in ('{area}', 'force');
    """


def read(release_folder: Path, table: str) -> pl.DataFrame:
    """A released table from its Parquet file."""
    return pl.read_parquet(release_folder / "internal/parquet" / f"{table}.parquet")
