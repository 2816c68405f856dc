"""A field of a promise, a programme or a study is declared once; everything else follows it."""

import csv
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import pytest
from pydantic import create_model

from orchestration import paths
from orchestration.programmes.programme import Programme, read_programmes
from orchestration.programmes.programme_tables import TABLES
from orchestration.programmes.record import Promise, RecordProblem, Text, read_rows
from orchestration.storage.table_columns import Column, NoColumn, row_of, schema_of, table_of
from orchestration.studies import results
from orchestration.studies.results import COMPARISONS
from orchestration.studies.study import StudyEvidence
from tests.house_rules.declarations import (
    DBT_TYPES,
    columns_read,
    faults_of_mart,
    faults_of_page,
    faults_of_source,
)
from tests.house_rules.project import Manifest

STUDY_TABLES = {
    "studies": results.STUDIES,
    "study_gates": results.GATES,
    "study_values": results.VALUES,
    "study_points": results.POINTS,
    "area_comparisons": COMPARISONS,
}
SCHEMAS = {name: table.schema for name, table in TABLES.items()} | STUDY_TABLES
#: The mart that releases a table, and columns that it leaves out with the reason.
MARTS: dict[str, tuple[str, dict[str, str]]] = {
    "programmes": (
        "dim_programme",
        dict.fromkeys(
            ("retention_days", "pre_event_buffer_seconds", "match_tolerance_seconds"),
            "a rule of linking and of keeping footage, read by models alone",
        )
        | {"outcomes_from": "read by the table of a study alone"},
    ),
    "areas": ("dim_area", {}),
    "breaks": ("dim_break", {}),
    "promises": (
        "dim_promise",
        dict.fromkeys(
            ("rule", "rule_note", "measured_as", "measured_part"),
            "given as `rule_words` and the reason in fct_promise_status",
        ),
    ),
    "milestones": (
        "fct_milestones",
        {"equipped_group": "read by the rules of promises alone"},
    ),
    "reports": ("fct_promise_reports", {"finds": "given as `says`, which the rule makes of it"}),
    "searches": ("fct_promise_searches", {}),
    "promise_context": ("fct_promise_context", {}),
    "record_checks": ("fct_record_checks", {}),
    "camera_dates": ("fct_camera_dates", {}),
    "rollout_totals": ("fct_rollout_totals", {}),
    "studies": ("fct_studies", {}),
    "study_gates": ("fct_study_gates", {}),
    "study_values": ("fct_study_values", {}),
    "study_points": ("fct_study_points", {}),
    "area_comparisons": ("fct_area_comparisons", {}),
}
PAGES = {
    "promises": (
        "dashboards/text/promises.py",
        (
            "dim_promise",
            "fct_promise_status",
            "fct_milestones",
            "fct_promise_history",
            "fct_promise_reports",
            "fct_promise_searches",
            "fct_rollout_totals",
            "fct_promise_context",
        ),
    ),
    "evidence": ("dashboards/views/evidence.py", ("fct_studies", "fct_changes", "dim_metric")),
}


class Wider(Promise):
    """A copy of the model with one more field, as somebody would add it."""

    witness: Annotated[Text, Column("promise_witness")]


class Silent(Programme):
    """A programme with a field that no column holds, without a declaration why."""

    depots: list[str]


class Said(Programme):
    """The same, with the declaration that the field is not a column."""

    depots: Annotated[list[str], NoColumn("elsewhere")]


class Twice(Promise):
    """A promise with two fields of one column."""

    keeper: Annotated[str, Column("owner")] = ""


def columns_of(manifest: Manifest, marts: tuple[str, ...]) -> set[str]:
    """Columns in the contracts of these marts."""
    chosen = [node for node in manifest["nodes"].values() if node["name"] in marts]
    assert len(chosen) == len(marts)
    return {name for node in chosen for name in node["columns"]}


def promise_rows() -> list[dict[str, str]]:
    """The promises of a shipped programme as their file writes them."""
    [path, *_] = sorted(paths.PROGRAMMES.glob("*/promises.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_source_has_the_columns_of_the_fields(manifest: Manifest, table: str) -> None:
    assert faults_of_source(manifest, table, SCHEMAS[table]) == []


@pytest.mark.parametrize("table", MARTS)
def test_the_mart_has_the_columns_of_the_fields(manifest: Manifest, table: str) -> None:
    mart, not_released = MARTS[table]
    assert faults_of_mart(manifest, mart, SCHEMAS[table], not_released) == []


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_for_columns_that_are_there(manifest: Manifest, page: str) -> None:
    name, marts = PAGES[page]
    path = paths.ROOT / name
    assert len(columns_read(path)) > 5
    assert faults_of_page(path, columns_of(manifest, marts)) == []


def test_every_table_of_a_programme_holds_what_its_models_say() -> None:
    for name, table in TABLES.items():
        found = table.of(read_programmes())
        assert dict(found.schema) == table.schema, name
        assert found.height > 0, name
    assert set(DBT_TYPES) >= {kind for schema in SCHEMAS.values() for kind in schema.values()}


def test_a_new_field_is_read_from_the_file_and_becomes_a_column(tmp_path: Path) -> None:
    path = tmp_path / "promises.csv"
    rows = [row | {"witness": f"witness {place}"} for place, row in enumerate(promise_rows())]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    promises = read_rows(path, Wider)
    table = table_of(schema_of(Wider), [row_of(each) for each in promises])
    assert table["promise_witness"].to_list() == [row["witness"] for row in rows]
    assert set(table.columns) == {*schema_of(Promise), "promise_witness"}
    # A file without it, and a model without it, are named.
    path.write_text(path.read_text().replace(",witness\n", "\n", 1).replace(",witness\r\n", "\r\n"))
    with pytest.raises(RecordProblem, match=r"promises\.csv, line 2, "):
        read_rows(path, Promise)


def test_a_new_field_is_missed_in_source_and_mart_by_file_and_table(manifest: Manifest) -> None:
    schema = TABLES["promises"].schema | schema_of(Wider)
    assert faults_of_source(manifest, "promises", schema) == [
        "models/derived/_derived.yml, programme.promises: the column promise_witness is missing"
    ]
    mart, not_released = MARTS["promises"]
    assert faults_of_mart(manifest, mart, schema, not_released) == [
        "models/marts/promises/_promises.yml, dim_promise: the column promise_witness is missing"
    ]


def test_a_new_field_of_a_study_is_missed_in_source_and_mart(manifest: Manifest) -> None:
    wider: Any = create_model("WiderEvidence", __base__=StudyEvidence, funder=(str, ...))
    schema = results.STUDIES | schema_of(wider)
    said = {"outcome": "pleas", "design": "d", "compared": "c", "would_change": "w", "funder": "f"}
    assert row_of(wider.model_validate(said))["funder"] == "f"
    missing = "the column funder is missing"
    assert faults_of_source(manifest, "studies", schema) == [
        f"models/derived/_studies.yml, evaluation.studies: {missing}"
    ]
    assert faults_of_mart(manifest, "fct_studies", schema, {}) == [
        f"models/marts/evidence/_studies.yml, fct_studies: {missing}"
    ]


def test_a_field_taken_away_or_retyped_is_told_by_the_place_that_still_has_it(
    manifest: Manifest,
) -> None:
    schema = dict(TABLES["promises"].schema)
    del schema["owner"]
    schema["target"] = pl.String
    place = "models/derived/_derived.yml, programme.promises"
    assert faults_of_source(manifest, "promises", schema) == [
        f"{place}: target is double, and its field string",
        f"{place}: no field is declared for the column owner",
    ]
    without = columns_of(manifest, PAGES["promises"][1])
    page = paths.ROOT / "dashboards/text/promises.py"
    [fault] = faults_of_page(page, without - {"owner"} | {"release_id", "release_as_of"})
    assert fault.startswith("dashboards/text/promises.py:")
    assert fault.endswith("no mart it reads has the column owner")


def test_a_field_that_no_column_holds_must_say_where_it_goes() -> None:
    with pytest.raises(TypeError, match=r"Silent\.depots: no column holds .*NoColumn"):
        schema_of(Silent)
    assert schema_of(Said) == schema_of(Programme)


def test_two_fields_of_one_column_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Twice\.keeper is the column owner, as another field is"):
        schema_of(Twice)


def test_a_row_that_fits_the_columns_no_longer_is_refused() -> None:
    with pytest.raises(TypeError, match="differ in: left, new"):
        table_of({"same": pl.String, "left": pl.String}, [{"same": "a", "new": "b"}])
