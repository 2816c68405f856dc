"""No release joins a real person's or office's promise to synthetic figures."""

from pathlib import Path

import duckdb
import pytest

from orchestration.release.audit.candidate_audit import FIGURES
from orchestration.release.audit.table_checks import (
    OpenCandidate,
    context_decides_nothing,
    promises_are_apart,
)
from orchestration.release.dbt_artifacts import Artifacts

TABLES = """
    create table dim_programme (programme_id varchar, is_synthetic boolean);
    create table dim_promise (
        programme_id varchar, promise_id varchar, owner varchar, who varchar, metric_id varchar,
        is_synthetic boolean
    );
    create table fct_promise_status (
        programme_id varchar, promise_id varchar, metric_id varchar, figure_start date
    );
    insert into dim_programme values ('harbour', false), ('invented_harbour', true);
    insert into dim_promise values
        ('harbour', 'cameras', 'Mayor', 'The Mayor', null, false),
        ('invented_harbour', 'cameras', 'Invented Mayor', 'Invented Mayor', 'recordings', true);
    insert into fct_promise_status values
        ('harbour', 'cameras', null, null),
        ('invented_harbour', 'cameras', 'recordings', date '2018-01-01');
"""
REAL, SYNTHETIC = "where programme_id = 'harbour'", "where programme_id = 'invented_harbour'"


def _sentences(change: str = "") -> list[str]:
    with duckdb.connect() as con:
        con.execute(TABLES + change)
        evidence = OpenCandidate(con, Path(), {}, Artifacts({}, {}))
        return [finding.sentence for finding in promises_are_apart(evidence)]


def test_real_and_synthetic_promises_side_by_side_are_no_fault() -> None:
    assert _sentences() == []


@pytest.mark.parametrize(
    "change",
    [
        f"update fct_promise_status set figure_start = date '2018-01-01' {REAL}",
        f"update fct_promise_status set metric_id = 'recordings' {REAL}",
        f"update dim_promise set owner = 'Invented Mayor' {REAL}",
        f"update dim_promise set who = 'Invented Mayor' {REAL}",
        f"update dim_promise set is_synthetic = true {REAL}",
    ],
)
def test_a_real_promise_that_meets_a_released_figure_or_an_invented_owner_is_named(
    change: str,
) -> None:
    assert _sentences(change) == [
        "cameras of harbour: a real promise and synthetic figures may never meet."
    ]


@pytest.mark.parametrize(
    "change",
    [
        f"update dim_promise set owner = 'The Mayor' {SYNTHETIC}",
        f"update dim_promise set who = 'The Mayor' {SYNTHETIC}",
        f"update dim_promise set is_synthetic = false {SYNTHETIC}",
    ],
)
def test_a_synthetic_figure_under_a_real_owner_is_named(change: str) -> None:
    assert _sentences(change) == [
        "cameras of invented_harbour: a real promise and synthetic figures may never meet."
    ]


def test_a_release_without_promises_has_nothing_to_look_at() -> None:
    assert _sentences("drop table fct_promise_status;") == []


def test_the_audit_of_every_release_asks_it() -> None:
    assert promises_are_apart in FIGURES


CONTEXT = """
    create table fct_promise_context (
        programme_id varchar, promise_id varchar, shown_programme_id varchar
    );
    insert into dim_programme values ('nation', false);
    insert into fct_promise_context values ('harbour', 'cameras', 'nation');
"""


def _beside(change: str = "") -> list[str]:
    with duckdb.connect() as con:
        con.execute(TABLES + CONTEXT + change)
        evidence = OpenCandidate(con, Path(), {}, Artifacts({}, {}))
        return [finding.sentence for finding in context_decides_nothing(evidence)]


def test_a_real_figure_of_another_programme_may_stand_beside_a_promise() -> None:
    assert _beside() == []
    assert _beside("drop table fct_promise_context;") == []


@pytest.mark.parametrize(
    "change",
    [
        f"update fct_promise_status set figure_start = date '2018-01-01' {REAL}",
        f"update fct_promise_status set metric_id = 'recordings' {REAL}",
        "update fct_promise_context set shown_programme_id = 'invented_harbour'",
        "update fct_promise_context set shown_programme_id = 'harbour'",
    ],
)
def test_a_figure_beside_a_promise_that_decides_it_or_is_synthetic_stops_a_release(
    change: str,
) -> None:
    [sentence] = _beside(change)
    assert sentence == (
        "cameras of harbour: a figure shown beside a promise may not decide it, nor be of the same"
        " programme or of a synthetic one."
    )


def test_the_audit_of_every_release_asks_what_figures_beside_promises_do() -> None:
    assert context_decides_nothing in FIGURES
