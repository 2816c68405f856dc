"""One line of every table of our own layout, and a video library's list, arrive at their areas."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.ingestion.landing import files
from orchestration.ingestion.landing.scan import scan
from orchestration.ingestion.ledger import export, read_ledger
from orchestration.ingestion.load import load_table
from orchestration.programmes.programme import Programme
from orchestration.programmes.programme_tables import write_programmes
from orchestration.steps import dbt

AS_OF = date(2026, 11, 21)
SOURCES = ["bodyworn", "evidence_com"]
LISTED = "evidence_export_2019.csv"
OLDER = "recording_id,camera_id,officer_number,recorded_from,triggered_from,recorded_to,\
duration_seconds,uploaded_at,recording_category,is_evidential,is_announced,retain_until_date\n\
R0,X1,SYN1,2018-01-05 10:00:00,,2018-01-05 10:05:00,300,,arrest,true,true,\n"
# Under the header line of each template.
LINES = {
    "recordings": "R1,X1,SYN1,2018-02-01 10:00:00,2018-02-01 10:00:30,2018-02-01 10:05:00,300,"
    "2018-02-01 15:00:00,arrest,false,true,2018-03-04,2018-02-01 10:04:59,2018-02-01 16:00:00,"
    "2018-02-09 09:00:00,2018-03-05 01:00:00,retention_expired,I1,C1",
    "officers": "SYN1,Invented Person,North,response,2017-01-01,,Team A",
    "devices": "X1,Model 1,SYN1,N,response,1,2017-12-01,,active",
    "encounters": "I1,use_of_force,2018-02-01 10:00:00,2018-02-01 10:06:00,North,",
    "encounter_officers": "I1,SYN1\nI404,SYN1",
    "complaints": "K1,SYNP1,Invented Person,North,2018-02-01,2018-02-20,,open,,2018-02-21,"
    "2018-02-01 10:02:00,I1,SYN1,yes,no",
    "allegations": "K1,1,2018-02-20,use_of_force,C,SYN1\nK404,1,2018-02-20,other,W,",
    "cases": "C1,SYND1,North,violence,true,2018-02-03,2018-02-25,2018-02-25,guilty,first_hearing,"
    ",,2018-02-01,magistrates,,true,false",
    "crimes": "Z1,2018-02-01,North,violence,true,16,2018-02-09,false,true,C1",
    "requests": "Q1,subject_access,,2018-02-03,2018-03-03,,,2018-02-01,2018-02-04 09:00:00,R1,I1",
    "spend": 'P1,2018-02-28,-1200.50,devices,"Office, invented"',
    "assaults": "A1,2018-02-01,North,true",
    "confidence": "North,2018-03-01,good_job,0.61,400,0.03",
    "population": "North,2018-02-01,250000",
    "workforce": "North,2018-02-01,300,41000.25,420",
}
# Some models join a seed to what was delivered.
MODELS_AND_SEEDS = ("--resource-type", "model", "--resource-type", "seed")
MODELS = [
    "recordings", "staff_postings", "devices", "encounters", "encounter_officers", "complaints",
    "allegations", "cases", "recorded_crimes", "requests", "spend", "assaults", "confidence",
    "population", "officer_months",
]  # fmt: skip


def programme() -> Programme:
    """A programme that only this test knows, over two layouts."""
    areas = [
        {"id": "force", "name": "Toy force", "kind": "force", "parent": None},
        {"id": "north", "name": "North", "kind": "borough", "parent": "force", "aliases": ["N"]},
        {"id": "unknown", "name": "Unknown", "kind": "remainder", "parent": "force"},
        {"id": "abroad", "name": "Abroad", "kind": "outside", "parent": None},
    ]
    return Programme.model_validate(
        {
            "programme": "toy", "name": "Toy force", "country": "Nowhere", "summary": "Invented.",
            "is_synthetic": True, "seed": 7, "time_zone": "Europe/London", "landing": ["toy"],
            "sources": SOURCES, "data_from": "2017-01-01", "data_to": "2018-12-31", "areas": areas,
        }
    )  # fmt: skip


def as_it_was(contract: TableContract) -> TableContract:
    """The first version of a contract: without the columns that came since."""
    meta = contract.meta.model_copy(update={"version": 1})
    kept = [column for column in contract.columns if not column.meta.optional]
    config = contract.config.model_copy(update={"meta": meta})
    return contract.model_copy(update={"columns": kept, "config": config})


def load(landing: Path, contracts: list[TableContract]) -> None:
    """Load what lies in landing."""
    found = scan(landing, [programme()], contracts)
    for contract in contracts:
        mine = [d for d in found.deliveries if f"{d.source}.{d.table}" == contract.label]
        load_table(mine, contract, as_of=AS_OF, programmes=[programme()])


def deliver(landing: Path) -> None:
    """Load a file of the first version that then leaves landing, and a file of every table."""
    contracts = [table for table in read_contracts() if table.source in SOURCES]
    landing.mkdir(parents=True)
    (landing / "recordings_2018.csv").write_text(OLDER)
    load(landing.parent, [as_it_was(c) for c in contracts if c.label == "bodyworn.recordings"])
    (landing / "recordings_2018.csv").unlink()
    for table, line in LINES.items():
        header = (paths.ROOT / "docs" / "templates" / f"{table}.csv").read_text()
        (landing / f"{table}.csv").write_text(f"{header}{line}\n")
    shutil.copy(paths.STAGING / "evidence_com" / "cases" / "as_exported" / LISTED, landing)
    load(landing.parent, contracts)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with everything loaded and united."""
    place = tmp_path_factory.mktemp("feeds")
    (place / "warehouse").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BODYWORN_HOME", str(place))
        patch.setattr(files, "WAIT_SECONDS", 0.0)
        deliver(place / "landing" / "toy")
        write_programmes([programme()])
        export(paths.derived() / "ingestion")
        done = dbt.build(
            ["--select", *(f"+int_{name}" for name in MODELS), *MODELS_AND_SEEDS],
            parsed=dbt.prepared(),
            variables={},
            target=place / "target",
        )
        assert [one.message for one in done if not one.passed] == []
        yield place


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """What the warehouse answers."""
    with duckdb.connect(str(home / "warehouse" / "bodyworn.duckdb"), read_only=True) as warehouse:
        return warehouse.sql(query).fetchall()


def test_every_line_of_every_table_is_accepted_but_the_impossible_day(home: Path) -> None:
    ledger = {row.file_name.split("/")[-1]: row for row in read_ledger()}
    assert {row.load_status for row in ledger.values()} == {"accepted"}
    assert {name for name, row in ledger.items() if row.rejected} == {LISTED}
    assert (ledger[LISTED].records, ledger[LISTED].rejected) == (4, 1)
    assert set(ledger) == {f"{t}.csv" for t in LINES} | {LISTED, "recordings_2018.csv"}


@pytest.mark.parametrize(
    ("model", "month"),
    [
        ("devices", date(2017, 12, 1)),
        ("confidence", date(2018, 3, 1)),
        *((name, date(2018, 2, 1)) for name in (
            "encounters", "complaints", "cases", "recorded_crimes", "assaults", "population",
            "officer_months",
        )),
    ],
)  # fmt: skip
def test_a_row_stands_at_its_area_and_month(home: Path, model: str, month: date) -> None:
    assert rows(home, f"select area_id, month_start from int_{model}") == [("north", month)]


def test_recordings_of_both_layouts_and_of_an_older_file_are_one_feed(home: Path) -> None:
    found = rows(
        home,
        "select recording_id, area_id, recording_category, deletion_reason, encounter_id,"
        " is_evidential, cast(triggered_to as time)::string from int_recordings order by all",
    )
    assert found == [
        ("E1", "north", "stop_and_search", None, "I1", True, None),
        ("E2", "north", None, "retention_expired", None, False, None),
        ("E4", "unknown", "use_of_force", None, "I1", False, None),
        ("R0", "north", "arrest", None, None, True, None),
        ("R1", "north", "arrest", "retention_expired", "I1", False, "10:04:59"),
    ]


def test_days_of_a_library_written_the_british_way_are_read_so(home: Path) -> None:
    times = "recorded_from::string, deleted_at::string"
    found = rows(home, f"select {times} from int_recordings where recording_id = 'E2'")
    assert found == [("2018-04-03 10:00:00", "2018-05-05 01:00:00")]


def test_one_officer_is_one_pseudonym_in_every_feed(home: Path) -> None:
    named = ["recordings", "devices", "encounter_officers", "complaints", "staff_postings"]
    known = "where area_id = 'north' and staff_id is not null"
    people = {rows(home, f"select distinct staff_id from int_{name} {known}")[0] for name in named}
    assert len(people) == 1
    assert "SYN1" not in str(people)


def test_no_name_of_an_owner_reaches_raw(home: Path) -> None:
    files = list((home / "raw" / "evidence_com").rglob("*.parquet"))
    assert files
    read = str([pl.read_parquet(file).rows() for file in files])
    assert not any(word in read for word in ("Nobody", "Someone", "Invented", "invented street"))
