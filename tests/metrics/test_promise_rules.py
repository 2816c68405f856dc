"""No promise stands better than its rule allows, whatever the figures and whatever the parts."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.text import promises as promise_text
from tests.metrics.promise_rules import judged, rows_of, together

TODAY = date(2018, 6, 30)
FIRST = date(2016, 12, 1)
MEASURES = {
    "programme_id": pl.String,
    "promise_id": pl.String,
    "figure_value": pl.Float64,
    "figure_numerator": pl.Float64,
    "figure_denominator": pl.Float64,
    "figure_low": pl.Float64,
    "figure_high": pl.Float64,
    "figure_start": pl.Date,
    "figure_end": pl.Date,
    "is_estimate": pl.Boolean,
    "is_of_cases": pl.Boolean,
}
PROMISES = {
    "programme_id": pl.String,
    "promise_id": pl.String,
    "rule": pl.String,
    "target": pl.Float64,
    "made_on": pl.Date,
    "promised_for": pl.Date,
}
days = st.integers(0, 500).map(lambda number: FIRST + timedelta(days=number))
promises = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(["metric_at_least", "metric_at_most"]),
        "target": st.sampled_from([-10.0, 0.0, 5.0, 100.0]),
        "made_on": days,
        "promised_for": st.none() | days.map(lambda day: day + timedelta(days=200)),
    }
)
STATUSES = (
    "on_track",
    "at_risk",
    "late",
    "delivered",
    "partly_delivered",
    "not_delivered",
    "not_shown_either_way",
    "reported_by_promiser",
    "reported_by_others",
    "searched_not_found",
    "cannot_be_measured",
)


@st.composite
def series(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Figures of months in order, all estimates or none, with intervals about some of them."""
    is_estimate = draw(st.booleans())
    found = []
    start = FIRST
    for _ in range(draw(st.integers(0, 6))):
        start += timedelta(days=draw(st.sampled_from([31, 61, 92])))
        value = draw(st.sampled_from([-30.0, -10.0, -9.0, 0.0, 1.0, 5.0, 60.0, 100.0]))
        width = draw(st.none() | st.sampled_from([0.5, 4.0, 20.0]))
        found.append(
            {
                "figure_value": value,
                "figure_numerator": None,
                "figure_denominator": None,
                "figure_low": None if width is None else value - width,
                "figure_high": None if width is None else value + width,
                "figure_start": start,
                "figure_end": start + timedelta(days=27),
                "is_estimate": is_estimate,
                "is_of_cases": not is_estimate,
            }
        )
    return found


@settings(max_examples=12, deadline=None)
@given(cases=st.lists(st.tuples(promises, series()), min_size=30, max_size=60))
def test_a_status_and_the_figure_judged_are_what_the_rule_makes_of_all_figures(
    cases: list[tuple[dict[str, Any], list[dict[str, Any]]]],
) -> None:
    keys = [
        {"programme_id": "p", "promise_id": f"promise-{place:03}"} for place in range(len(cases))
    ]
    held = [promise | key for key, (promise, _) in zip(keys, cases, strict=True)]
    measures = [
        figure | key for key, (_, figures) in zip(keys, cases, strict=True) for figure in figures
    ]
    found = rows_of(
        "int_promise_figures",
        int_promises=pl.DataFrame(held, schema=PROMISES),
        int_programmes=pl.DataFrame([{"programme_id": "p", "extracted_on": TODAY}]),
        int_promise_measures=pl.DataFrame(measures, schema=MEASURES),
    )
    for row, (promise, figures) in zip(found, cases, strict=True):
        status, figure = judged(promise, figures, TODAY)
        assert row["promise_status"] == status, (promise, figures)
        said = tuple(row[name] for name in ("figure_value", "figure_start", "figure_end"))
        told = ("figure_value", "figure_start", "figure_end")
        assert said == (tuple(figure[name] for name in told) if figure else (None,) * 3)
        _never_milder(promise, row, figures)


def _never_milder(
    promise: dict[str, Any], row: dict[str, Any], figures: list[dict[str, Any]]
) -> None:
    """What may never be said, whatever the rule's words come to."""
    kept = row["promise_status"] in {"delivered", "late", "on_track"}
    estimates = bool(figures) and figures[0]["is_estimate"]
    if kept and estimates:
        assert row["figure_low"] is not None
        assert not row["figure_low"] <= promise["target"] <= row["figure_high"]
    if kept and promise["rule"] == "metric_at_most":
        assert row["figure_value"] <= promise["target"]
    if row["promise_status"] == "delivered":
        assert row["figure_end"] <= promise["promised_for"] <= TODAY
    if row["promise_status"] in {"on_track", "at_risk"} and promise["promised_for"]:
        assert promise["promised_for"] > TODAY
    assert row["promise_status"] in promise_text.STATUSES


@settings(max_examples=12, deadline=None)
@given(
    wholes=st.lists(
        st.lists(st.sampled_from(STATUSES), min_size=1, max_size=4), min_size=20, max_size=40
    )
)
def test_a_promise_of_parts_never_stands_better_than_the_worst_of_them(
    wholes: list[list[str]],
) -> None:
    rows = [
        {"programme_id": "p", "promise_id": f"{at:03}-{n}", "promise_status": status, "of": at}
        for at, parts in enumerate(wholes)
        for n, status in enumerate(parts)
    ]
    statuses = pl.DataFrame(rows)
    found = rows_of(
        "int_promise_parts",
        int_promises=statuses.with_columns(part_of=pl.format("{}", "of").str.zfill(3)),
        int_promise_figures=statuses,
        int_promise_records=statuses.clear(),
    )
    kept = {"delivered", "late", "reported_by_others", "reported_by_promiser"}
    for row, parts in zip(found, wholes, strict=True):
        assert row["promise_status"] == together(parts), parts
        if row["promise_status"] == "delivered":
            assert set(parts) == {"delivered"}
        if row["promise_status"] in kept:
            assert set(parts) <= kept


def test_the_list_of_statuses_is_closed_and_every_one_has_words() -> None:
    assert set(promise_text.STATUSES) == set(STATUSES)
