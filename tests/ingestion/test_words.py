"""Areas and words for codes match after folding; unknown areas are listed and cost their rows."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.ingestion.contracts.table import TableContract, find_contract
from orchestration.ingestion.load_version import load_version
from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.validation.validate_file import validated
from orchestration.ingestion.write_raw import write_raw
from orchestration.programmes.areas import Area, folded
from orchestration.programmes.programme import read_programme
from tests.ingestion.contract_builder import AS_OF, contract, delivery, look, reasons
from tests.ingestion.landing_builder import invented_programme
from tests.real_data import real_path

AREAS = ("Area ok", "ok", "N Division", "North")
COLUMNS: dict[str, dict[str, Any]] = {
    "recording_id": {"header": "Recording"},
    "published_area": {"header": "Area", "area": True},
}


def _contract(**meta: Any) -> TableContract:
    return contract(COLUMNS, **meta)


def _look(folder: Path, areas: list[str], of: TableContract | None = None) -> Any:
    path, raw = folder / "recordings.csv", folder / "raw.parquet"
    lines = [f'R{number},"{area}"' for number, area in enumerate(areas)]
    path.write_text("\n".join(["Recording,Area", *lines]) + "\n", encoding="utf-8")
    with validated(
        path,
        of or _contract(),
        as_of=AS_OF,
        time_zone="Europe/London",
        pseudonyms=None,
        areas=AREAS,
    ) as found:
        if found.rows:
            write_raw(found.rows, delivery(path), raw)
    return found


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Area ok", "Area ok"),
        ("Area  ok", "Area ok"),
        ("area OK", "Area ok"),
        ("\u00a0Area\u00a0ok ", "Area ok"),
        ("Area\u2009ok", "Area ok"),
        ("NORTH", "North"),
        ("n division", "N Division"),
    ],
)
def test_an_area_is_known_whatever_its_case_and_blanks(
    tmp_path: Path, written: str, stored: str
) -> None:
    found = _look(tmp_path, [written])
    assert (found.accepted, found.unknown_areas) == (1, {})
    assert pl.read_parquet(tmp_path / "raw.parquet")["published_area"].to_list() == [stored]
    assert folded(written) == folded(stored)


def test_an_unknown_spelling_costs_its_rows_and_is_listed_once_with_their_number(
    tmp_path: Path,
) -> None:
    found = _look(tmp_path, ["North", "Nroth", "", "Nroth", "Elsewhere"])
    assert (found.records, found.accepted, found.rejected) == (5, 2, 3)
    assert reasons(found) == [(at, at + 1, "Area", "unknown_area") for at in (2, 4, 5)]
    assert found.unknown_areas == {"Nroth": 2, "Elsewhere": 1}


def test_two_spellings_of_one_area_are_one_key(tmp_path: Path) -> None:
    of = contract({"published_area": {"header": "Area", "area": True}}, key=["published_area"])
    found = _look(tmp_path, ["North", "NORTH "], of)
    assert (found.accepted, found.duplicates) == (1, 1)


def test_a_file_with_too_many_unknown_areas_is_refused(tmp_path: Path) -> None:
    found = _look(tmp_path, ["North"] * 79 + ["Nroth"] * 21)
    assert "21 of its 100 records were rejected (21 in Area: unknown_area)" in found.refused
    assert found.unknown_areas == {"Nroth": 21}
    assert _look(tmp_path, ["North"] * 81 + ["Nroth"] * 19).refused is None


def test_another_spelling_in_the_settings_reads_again_what_holds_areas(tmp_path: Path) -> None:
    of = _contract()
    assert load_version(of, None, "UTC", AREAS) != load_version(of, None, "UTC", AREAS[:-1])
    without = contract()
    assert load_version(without, None, "UTC", AREAS) == load_version(without, None, "UTC", ())


def test_a_programme_knows_every_spelling_of_its_areas() -> None:
    one = Area(id="north", name="North", kind="area", parent=None, aliases=["N"])
    spellings = invented_programme().model_copy(update={"areas": [one]}).spellings
    assert spellings == ("N", "North", "north")


CODED = {
    "complaint_outcome": {
        "header": "Finding",
        "codes": {"upheld": ["Sustained"], "not_upheld": ["Not Sustained", "Unfounded"]},
        "unmapped_limit": 0.3,
    }
}


def test_words_of_a_file_become_the_codes_that_the_contract_gives_them(tmp_path: Path) -> None:
    words = ["Sustained", "not  sustained ", "UNFOUNDED", "", "upheld", "Pending"]
    path, raw = tmp_path / "recordings.csv", tmp_path / "raw.parquet"
    path.write_text("\n".join(["Finding,No", *(f"{word},1" for word in words)]), encoding="utf-8")
    found = look(path, contract(CODED), folder=tmp_path, output=raw)
    assert (found.accepted, found.flagged["complaint_outcome.unmapped"]) == (6, 1)
    stored = pl.read_parquet(raw)["complaint_outcome"].to_list()
    assert stored == ["upheld", "not_upheld", "not_upheld", None, "upheld", "unmapped"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"allowed": ["a"]}, "leave `allowed` out"),
        ({"codes": {"a": ["Yes"], "b": ["YES "]}}, "one word stands for two"),
    ],
)
def test_codes_that_contradict_are_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        contract({"code": {"codes": {"b": ["c"]}} | settings})


def test_a_grain_belongs_to_complaints() -> None:
    assert contract(COLUMNS, feed="complaints", grain="allegation").meta.grain == "allegation"
    with pytest.raises(ValueError, match="belongs to the feed complaints"):
        contract(COLUMNS, grain="allegation")


def test_check_shows_each_unknown_spelling_once(tmp_path: Path) -> None:
    path = tmp_path / "population.csv"
    rows = ["Camden,2018-01-01,5", "Camdn,2018-01-01,6", "Camdn,2018-02-01,6"]
    path.write_text("\n".join(["borough,month_start,resident_count", *rows]), encoding="utf-8")
    words = ["check", str(path), "--source", "bodyworn", "--table", "population"]
    said = CliRunner().invoke(app, [*words, "--programme", "london_synthetic"])
    assert said.exit_code == 1, said.output
    assert said.output.count("Camdn") == 1
    assert "no area of the programme: 2 rows of 'Camdn'" in said.output


def test_the_public_case_with_two_blanks_in_an_area_loads(tmp_path: Path) -> None:
    cases = real_path("cases/turn2")
    giveford = read_programme(cases / "data" / "programmes" / "giveford" / "programme.yml")
    raw = tmp_path / "raw.parquet"
    with validated(
        cases / "later" / "complaints_2016-12b.csv",
        find_contract("bodyworn", "complaints"),
        as_of=AS_OF,
        time_zone=giveford.time_zone,
        pseudonyms=Pseudonyms(demonstration_key("giveford", 1)),
        areas=giveford.spellings,
    ) as found:
        assert found.rows is not None
        write_raw(found.rows, delivery(cases), raw)
    assert (found.accepted, found.rejected) == (found.records, 0)
    assert pl.read_parquet(raw)["published_area"].unique().to_list() == ["Area ok"]
