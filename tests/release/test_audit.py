"""What an audit finds: each fault of a candidate is an error in a sentence of its own."""

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.release import build
from orchestration.release.audit import candidate_audit
from tests.release import fixtures

OTHER_FORCE = "insert into dim_programme values ('another', 'Another force', false);"
HIDDEN = "alter table fct_notes rename note to "
PSEUDONYM = (
    "update fct_notes set note = 'k3f2a_mfrggzdfmztwq2lknnwg23tpobyxe43u' where note_id = 3;"
)
YEAR = """
    insert into fct_metrics by name select * replace ('year' as period_grain,
        date '2024-12-31' as period_end, 9 as numerator) from fct_metrics where area_id = 'north';
"""
SHARE = """
    insert into dim_metric values ('recorded_share_of_shift_hours', 'Share', 'ratio', 1);
    update fct_metrics set metric_id = 'recorded_share_of_shift_hours', value = 300
"""
MATCHED = """
    insert into dim_metric values ('footage_hours_by_shift_match', 'Matched', 'count', 1),
        ('footage_hours', 'Recorded', 'count', 1);
    insert into fct_metrics by name select * replace ('footage_hours' as metric_id,
        'staff_scope' as breakdown, 'in scope' as breakdown_value) from fct_metrics;
    insert into fct_metrics by name select * exclude (part) replace (
        'footage_hours_by_shift_match' as metric_id, 'shift_match' as breakdown,
        part as breakdown_value)
    from fct_metrics, (values ('with a shift'), ('without a shift')) as parts (part)
    where metric_id = 'complaints'
"""
FAULTS = {
    SHARE: "recorded_share_of_shift_hours of force in the month of 2024-01-01: 300.0 % of a time",
    MATCHED: "2024-01-01, staff_scope in scope: 3.0 recorded, 6.0 matched",
    "update fct_metrics set numerator = 9 where area_id = 'north'": "parts 11.0, whole 3.0",
    YEAR: "complaints of north in the year of 2024-01-01: months 1.0, whole 9.0",
    "update fct_load_ledger set accepted = 2": "jan.csv: records are not accepted + rejected",
    "update fct_load_ledger set reconciled = false": "jan.csv: records are not accepted + rejected",
    "delete from dim_metric": "complaints of force has no description",
    OTHER_FORCE: "dim_programme holds another, which is not a programme of this run",
    "delete from dim_programme": "invented_force is missing from dim_programme",
    "update dim_programme set is_synthetic = true": "its name 'Invented force' does not say so",
    f"{HIDDEN} officer_id": "fct_notes.officer_id identifies a person",
    f"{HIDDEN} officer_ref": "fct_notes.officer_ref identifies a person",
    f"{HIDDEN} investigating_officer_number": "investigating_officer_number identifies a person",
    "alter table fct_notes alter note type timestamptz using null": "fct_notes.note is a timestamp",
    PSEUDONYM: "fct_notes.note holds pseudonyms of persons",
}


def _errors(candidate: build.Candidate) -> list[str]:
    return [
        finding.sentence for finding in candidate_audit.errors(candidate_audit.audit(candidate))
    ]


def test_a_sound_candidate_passes_and_refused_files_are_noted(tmp_path: Path) -> None:
    candidate = fixtures.candidate(tmp_path)
    (finding,) = candidate_audit.audit(candidate)
    assert finding.severity == "warning"
    assert finding.sentence == f'{fixtures.FORCE}/feb.csv was refused: column "date" is missing'
    written = json.loads((candidate.folder / "audit.json").read_text())
    assert written["passed"]
    assert written["findings"] == [finding.as_dict()]


@pytest.mark.parametrize(("change", "sentence"), FAULTS.items(), ids=FAULTS.values())
def test_a_fault_in_the_figures_stops_the_release(
    tmp_path: Path, change: str, sentence: str
) -> None:
    assert sentence in "\n".join(_errors(fixtures.candidate(tmp_path, f"{change};")))


@pytest.mark.parametrize("status", ["fail", "error", "skipped", "not_run"])
def test_a_test_that_did_not_pass_stops_the_release(tmp_path: Path, status: str) -> None:
    candidate = fixtures.candidate(tmp_path, tests={"months_are_whole": status})
    assert _errors(candidate) == [f"Test months_are_whole: {status}."]


def test_a_test_that_warns_is_noted(tmp_path: Path) -> None:
    found = candidate_audit.audit(fixtures.candidate(tmp_path, tests={"months_are_whole": "warn"}))
    assert [f.sentence for f in found if f.check == "test"] == ["Test months_are_whole: warn."]
    assert candidate_audit.errors(found) == []


def test_a_test_without_a_result_did_not_run(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path)
    path = order.artifacts[0] / "run_results.json"
    results = json.loads(path.read_text())["results"]
    kept = [result for result in results if not result["unique_id"].startswith("test.")]
    path.write_text(json.dumps({"results": kept}))
    candidate = build.build(order, root=fixtures.code(tmp_path))
    assert _errors(candidate) == ["Test areas_are_known: not_run."]


def test_results_of_a_later_dbt_run_count(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path, tests={"areas_are_known": "fail"})
    later = tmp_path / "later"
    with duckdb.connect(order.warehouse, read_only=True) as con:
        fixtures.write_artifacts(later, con, {"areas_are_known": "pass"})
    both = replace(order, artifacts=[*order.artifacts, later])
    assert _errors(build.build(both, root=fixtures.code(tmp_path))) == []


def test_a_mart_without_an_enforced_contract_or_that_failed_stops_the_release(
    tmp_path: Path,
) -> None:
    order = fixtures.order(tmp_path)
    for name, old, new in (
        ("manifest.json", '"enforced": true', '"enforced": false'),
        ("run_results.json", '"success"', '"error"'),
    ):
        path = order.artifacts[0] / name
        path.write_text(path.read_text().replace(old, new))
    found = _errors(build.build(order, root=fixtures.code(tmp_path)))
    assert "fct_metrics does not enforce its contract." in found
    assert "fct_metrics was not built: error." in found


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path)
    path = order.artifacts[0] / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["nodes"]["model.bodyworn.dim_area"]
    path.write_text(json.dumps(manifest))
    assert _errors(build.build(order, root=fixtures.code(tmp_path))) == ["dim_area is missing."]


def test_parts_that_were_there_before_their_area_are_not_held_against_it(tmp_path: Path) -> None:
    younger = """
        update dim_area set valid_from = '2024-01-15' where area_id = 'force';
        update fct_metrics set numerator = 2 where area_id = 'force';
    """
    assert _errors(fixtures.candidate(tmp_path, younger)) == []
    since = younger.replace("2024-01-15", "2024-01-01")
    assert "parts 3.0, whole 2.0" in "\n".join(_errors(fixtures.candidate(tmp_path, since)))


def test_many_faults_of_a_kind_are_counted_and_not_all_listed(tmp_path: Path) -> None:
    unknown = """
        insert into fct_metrics by name
        select figure.* replace ('m' || n as metric_id)
        from fct_metrics as figure, range(9) as r(n);
    """
    found = _errors(fixtures.candidate(tmp_path, unknown))
    assert len(found) == 6
    assert found[-1] == "... and 22 more of this kind."


def test_a_table_without_a_key_in_the_database_stops_the_release(tmp_path: Path) -> None:
    candidate = fixtures.candidate(tmp_path)
    with duckdb.connect(candidate.folder / "internal/marts.duckdb") as con:
        con.execute("create table loose as from fct_notes")
    assert "loose has no primary key in marts.duckdb." in _errors(candidate)


def test_a_stock_is_not_summed_over_months(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path, YEAR)
    path = order.artifacts[0] / "manifest.json"
    manifest = json.loads(path.read_text())
    stock = {
        "resource_type": "model",
        "name": "met_complaints",
        "fqn": ["bodyworn", "metrics", "met_complaints"],
        "config": {"meta": {"stock": True}},
    }
    manifest["nodes"]["model.bodyworn.met_complaints"] = stock
    path.write_text(json.dumps(manifest))
    assert _errors(build.build(order, root=fixtures.code(tmp_path))) == []


def test_a_database_that_is_not_its_parquet_files_stops_the_release(tmp_path: Path) -> None:
    candidate = fixtures.candidate(tmp_path)
    with duckdb.connect(candidate.folder / "internal/marts.duckdb") as con:
        con.execute("update fct_metrics set value = 7 where area_id = 'force'")
    words = "fct_metrics differs between marts.duckdb and its Parquet file."
    assert _errors(candidate) == [words]


def test_a_file_the_ledger_does_not_list_stops_the_release(tmp_path: Path) -> None:
    order = fixtures.order(tmp_path)
    (order.ledger / "feb.csv.parquet").unlink()
    candidate = build.build(order, root=fixtures.code(tmp_path))
    assert "is only in fct_load_ledger" in "\n".join(_errors(candidate))


def test_a_file_in_a_synthetic_and_a_real_programme_stops_the_release(tmp_path: Path) -> None:
    mixed = """
        insert into dim_programme values ('demo', 'Synthetic demonstration', true);
        insert into dim_area select * replace ('demo' as programme_id) from dim_area;
        insert into fct_load_ledger
        select * replace ('demo' as programme_id) from fct_load_ledger where arrival = 1;
    """
    order = fixtures.order(tmp_path, mixed)
    both = replace(order, programmes=["demo", fixtures.FORCE])
    candidate = build.build(both, root=fixtures.code(tmp_path))
    assert "is in a synthetic and in a real programme" in "\n".join(_errors(candidate))
