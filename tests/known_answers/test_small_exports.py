"""Two Evidence.com-style exports load by their contract alone and join the feed of recordings."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration import paths
from orchestration.ingestion.contracts.table import find_contract
from orchestration.ingestion.landing.scan import scan
from orchestration.ingestion.ledger import LedgerRow, export
from orchestration.ingestion.load import load_table
from orchestration.programmes.programme import Programme
from orchestration.programmes.programme_tables import write_programmes
from orchestration.steps import dbt
from tests.real_data import real_path

AS_OF = date(2026, 11, 21)
SOURCES = ("new_orleans", "seattle")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, with room for the warehouse."""
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    (tmp_path / "warehouse").mkdir()
    return tmp_path


def programme(source: str) -> Programme:
    """A programme that only the test knows, over the landing folder of the source."""
    return Programme.model_validate(
        {
            "programme": f"{source}_sample",
            "name": f"{source} sample",
            "country": "United States",
            "summary": "A sample.",
            "time_zone": "America/Chicago",
            "landing": [source],
            "sources": [source],
            "data_from": date(2015, 1, 1),
            "data_to": date(2018, 12, 31),
            "areas": [
                {"id": "city", "name": "City", "kind": "city", "parent": None},
                {"id": "unknown", "name": "Unknown", "kind": "remainder", "parent": "city"},
            ],
        }
    )


def load(source: str, landing: Path) -> LedgerRow:
    """Load the one file of the source under a landing folder."""
    sample, contract = programme(source), find_contract(source, "recordings")
    found = scan(landing, [sample], [contract])
    (row,) = load_table(found.deliveries, contract, as_of=AS_OF, programmes=[sample])
    write_programmes([sample])
    export(paths.derived() / "ingestion")
    return row


def united(home: Path, source: str) -> list[tuple[str, str, int]]:
    """Build recordings with dbt; identifier, area and length of each, in order."""
    done = dbt.build(
        ["--select", "+int_recordings", "--resource-type", "model"],
        parsed=dbt.prepared(),
        variables={"programmes": [f"{source}_sample"]},
        target=home / "target",
    )
    assert [one.message for one in done if not one.passed] == []
    with duckdb.connect(str(home / "warehouse" / "bodyworn.duckdb"), read_only=True) as warehouse:
        return warehouse.sql(
            "select recording_id, area_id, duration_seconds from int_recordings order by all"
        ).fetchall()


@pytest.mark.parametrize(("source", "seconds"), [("new_orleans", 7_023), ("seattle", 2_263)])
def test_the_ten_real_rows_load_and_join_the_recordings(
    source: str, seconds: int, home: Path
) -> None:
    row = load(source, real_path(f"data/{source}").parent)
    assert (row.records, row.accepted, row.rejected, row.load_status) == (10, 10, 0, "accepted")
    recordings = united(home, source)
    assert {area for _, area, _ in recordings} == {"unknown"}
    assert (len(recordings), sum(length for *_, length in recordings)) == (10, seconds)


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_is_a_contract_and_one_model_per_table(source: str) -> None:
    folder = paths.ROOT / "models" / "staging" / source
    assert {file.name for file in folder.iterdir()} == {
        f"_{source}.yml",
        f"stg_{source}__recordings.sql",
        "cases",
    }
