"""A release that carries a programme holds its rows as they were, and new rows of the others."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from orchestration.release.audit.candidate_audit import audit, errors
from orchestration.release.build import Candidate, Carried, build
from orchestration.release.publish import publish
from tests.release import fixtures

OTHER = "other_force"
BOTH = f"""
    insert into dim_area select replace(programme_id, '{fixtures.FORCE}', '{OTHER}'),
        * exclude (programme_id) from dim_area;
    insert into dim_programme values ('{OTHER}', 'Other force', false);
    insert into fct_load_ledger
    select sha256(file_hash), '{OTHER}', * exclude (file_hash, programme_id)
        replace (replace(file_name, '.csv', '_other.csv') as file_name)
    from fct_load_ledger;
    insert into fct_metrics select '{OTHER}', * exclude (programme_id) from fct_metrics;
"""
BETTER = "update fct_metrics set numerator = numerator * 2, value = value * 2;"


def _candidate(home: Path, change: str, *carried: Carried) -> Candidate:
    request = replace(
        fixtures.order(home, change), programmes=[fixtures.FORCE, OTHER], carried=carried
    )
    return build(request, root=fixtures.code(home))


def _figures(release: Path) -> dict[tuple[str, str], float]:
    rows = pl.read_parquet(release / "internal/parquet" / "fct_metrics.parquet")
    return {(row["programme_id"], row["area_id"]): row["value"] for row in rows.to_dicts()}


def test_the_carried_programme_keeps_its_rows_inputs_and_reason(tmp_path: Path) -> None:
    first = _candidate(tmp_path, BOTH)
    served = publish(first, audit(first)).release
    before = _figures(served)
    carried = Carried(OTHER, served, ("Half of its rows are gone.",))
    second = _candidate(tmp_path, BOTH + BETTER, carried)
    assert errors(audit(second)) == []
    now = _figures(second.folder)
    assert now == {key: value if key[0] == OTHER else value * 2 for key, value in before.items()}
    assert second.manifest["carried"] == {
        OTHER: {"release": served.name, "why": ["Half of its rows are gone."]}
    }
    assert {one["programme_id"] for one in second.manifest["inputs"]} == {fixtures.FORCE, OTHER}


def test_a_programme_that_could_not_be_built_is_carried_whole(tmp_path: Path) -> None:
    first = _candidate(tmp_path, BOTH)
    served = publish(first, audit(first)).release
    request = replace(
        fixtures.order(tmp_path, BETTER),
        programmes=[fixtures.FORCE],
        carried=[Carried(OTHER, served, ("A model failed.",))],
    )
    made = build(request, root=fixtures.code(tmp_path))
    assert errors(audit(made)) == []
    assert made.manifest["programmes"] == [fixtures.FORCE, OTHER]
    now, before = _figures(made.folder), _figures(served)
    assert {key: now[key] for key in now if key[0] == OTHER} == {
        key: before[key] for key in before if key[0] == OTHER
    }
