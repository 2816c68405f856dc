"""Every sentence that the product can make, read for what no reader should meet."""

import re
from collections.abc import Iterable

import duckdb
import numpy as np
import pytest

from dashboards.text import figures
from tests.sentences import of_pages, of_record, of_results
from tests.sentences.marks import found_in

SEED = 16
SENTENCE = r"^[A-Z*].* .*[.!?]$"
#: Tables whose sentences are made of figures. The public record speaks in its writers' own words.
MADE = (
    "fct_metrics",
    "fct_changes",
    "fct_headlines",
    "fct_area_comparisons",
    "fct_provisional_periods",
    "fct_revisions",
    "fct_studies",
    "fct_study_gates",
    "fct_study_values",
    "fct_study_points",
)
#: What the writer of a study said before it ran stands as registered.
REGISTERED = ("study_title", "question", "study_design", "compared_what", "would_change")


def marked(said: Iterable[tuple[str, str]], *, is_markdown: bool = False) -> list[str]:
    """The marks found, each with whose sentence it is."""
    return [
        f"{whose}: {mark}"
        for whose, text in said
        for mark in found_in(text, is_markdown=is_markdown)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The rate was 1.02e+03.",
        "Complaints: 57,327% higher.",
        "Dispersion 15.6659 is high.",
        "Question Good_job_locally was asked.",
        "case\\ outcomes",
        "Drawn on 2016-05-01 00:00:00.",
        "The mean was None.",
        "It fell by 12 %.",
        "Between 1234567 and more.",
        "It fell by between 12.31% and 84.76%.",
    ],
)
def test_the_reader_sees_each_mark(text: str) -> None:
    assert found_in(text)


def test_the_sentences_of_examples_are_clean() -> None:
    assert marked(of_results.of_examples()) == []


def test_the_sentences_of_extreme_keys_are_clean() -> None:
    assert marked(of_results.of_other_keys()) == []


def test_the_sentences_of_random_tables_are_clean() -> None:
    rng = np.random.default_rng(SEED)
    assert marked(of_results.of_random_tables(rng, each=4)) == []


def test_an_interval_of_any_width_is_said_cleanly() -> None:
    rng = np.random.default_rng(SEED)
    assert marked(of_results.of_intervals(rng, 600)) == []


def test_the_sentences_of_figures_and_changes_are_clean() -> None:
    rng = np.random.default_rng(SEED)
    said = [
        (metric["metric_id"], text)
        for metric in of_pages.metrics()
        for make in (of_pages.of_figure, of_pages.of_change)
        for _ in range(4)
        for text in make(rng, metric)
    ]
    said += [
        (m["metric_id"], text) for m in of_pages.metrics() for text in of_pages.of_definition(m)
    ]
    assert len(said) > 4_000
    assert marked(said, is_markdown=True) == []


def test_the_sentences_of_promises_files_runs_and_releases_are_clean() -> None:
    rng = np.random.default_rng(SEED)
    said = [each for _ in range(40) for each in of_record.everything(rng)]
    assert len(said) > 3_000
    assert marked(said, is_markdown=True) == []


def test_a_figure_has_a_period_a_unit_and_an_interval_where_its_kind_has_one() -> None:
    rng = np.random.default_rng(SEED)
    for metric in of_pages.metrics():
        for _ in range(3):
            row = of_pages.row(rng, metric)
            said = figures.performance(row, metric)
            assert said.startswith(figures.when(row))
            if row["status"] != "final":
                continue
            assert str(metric["unit"]).split()[0] in said or metric["kind"] in {"count", "distinct"}
            ends = row["interval_low"] is not None
            assert bool(re.search(r", (?:between|about) [\d-]", said)) == ends, said


@pytest.mark.parametrize("release", ["demo_release", "real_release"])
def test_every_sentence_of_a_release_is_clean(release: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(release)
    said: list[tuple[str, str]] = []
    with duckdb.connect(folder / "internal" / "marts.duckdb", read_only=True) as con:
        columns = con.execute(
            "select table_name, column_name from information_schema.columns"
            " where data_type = 'VARCHAR' and list_contains(?, table_name)",
            [list(MADE)],
        ).fetchall()
        for table, column in columns:
            if column in REGISTERED:
                continue
            rows = con.execute(
                f'select distinct "{column}" from "{table}" where regexp_matches("{column}", ?)',
                [SENTENCE],
            ).fetchall()
            said += [(f"{table}.{column}", text) for (text,) in rows]
        reasons = con.execute("select distinct promise_reason from fct_promise_status").fetchall()
    judged = [("promise_reason", figures.sentence(text)) for (text,) in reasons]
    assert len(said) > 50
    assert marked(said) + marked(judged, is_markdown=True) == []
