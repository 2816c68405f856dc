"""Sentences and numbers: whatever a row holds, a reader never meets a hole in the data."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.text import figures, formats, notices
from tests.dashboards import fixture_rows as rows

METRICS = {row["metric_id"]: row for row in rows.metric_rows()}
RATE = METRICS["complaints_per_1000_officers"]
HOLES = re.compile(r"\b(nan|inf|none|nat|null|n/a)\b", re.IGNORECASE)

numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 1e7)
reasons = st.none() | st.just("") | st.just("The courts publish no plea dates")
days = st.dates(date(1990, 1, 1), date(2040, 12, 31))
statuses = st.sampled_from(
    ["final", "low", "suppressed", "not_supplied", "missing_months", "not_applicable"]
)
any_figure = st.fixed_dictionaries(
    {
        "period_grain": st.sampled_from(["month", "quarter", "year", "trial_bin", "window"]),
        "period_start": days,
        "period_end": days,
        "status": statuses,
        "status_reason": reasons,
        "interval_method": st.sampled_from(["none: a count", "Wilson", "Byar, widened"]),
        "is_provisional": st.booleans(),
        **dict.fromkeys(("numerator", "denominator", "value"), numbers),
        **dict.fromkeys(("interval_low", "interval_high"), numbers),
    }
)


@given(any_figure, st.sampled_from(list(METRICS.values())))
def test_no_sentence_about_a_figure_prints_a_hole(
    row: dict[str, object], metric: dict[str, object]
) -> None:
    kinds = (figures.performance, figures.big, figures.sure)
    for say in (*kinds, figures.why_not, figures.short):
        assert HOLES.findall(say(row, metric)) == []


@given(
    st.fixed_dictionaries(
        {
            "status": statuses,
            "status_reason": reasons,
            **dict.fromkeys(("interval_low_percent", "interval_high_percent"), numbers),
            **dict.fromkeys(("interval_low_absolute", "interval_high_absolute"), numbers),
            "change_absolute": numbers,
        }
    )
)
def test_no_sentence_that_compares_prints_a_hole_or_claims_a_cause(row: dict[str, object]) -> None:
    for said in (figures.change_in_unit(row, RATE), figures.sure_of_change(row, RATE)):
        assert HOLES.findall(said) == []
        assert not re.search(r"effect|caus|because of|prove|significant", said, re.IGNORECASE)


@given(st.text())
def test_text_from_data_keeps_its_letters_and_loses_its_markdown(text: str) -> None:
    shown = formats.escape(text)
    assert re.sub(r"\\([\\`*_\[\]$<>~#|:])", r"\1", shown) == text
    assert re.search(r"(?<!\\)(\\\\)*[`*_\[\]$<>~#|:]", shown) is None


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.sampled_from(["%", "per 1,000 officers a year"]))
def test_the_ends_of_an_interval_differ(low: float, high: float, unit: str) -> None:
    said = formats.between(low, high, unit)
    assert said.startswith(("between ", "about "))
    if abs(high - low) > 0.001:
        assert said.startswith("between ")
        first, second = said.removeprefix("between ").split(" and ")
        assert first != second


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-33.0, -16.0, "The rate fell by between 16% and 33%"),
        (5.0, 12.4, "The rate rose by between 5% and 12%"),
        (-20.0, 4.0, "We could not tell: anything from a fall of 20% to a rise of 4%."),
    ],
)
def test_a_change_is_worded_by_its_interval(low: float, high: float, said: str) -> None:
    row = {"status": "final", "interval_low_percent": low, "interval_high_percent": high}
    absolute = dict.fromkeys(
        ("change_absolute", "interval_low_absolute", "interval_high_absolute"), None
    )
    assert said in figures.sure_of_change(row | absolute, RATE)


def test_figures_are_written_as_people_write_them() -> None:
    assert formats.whole(1429868) == "1,429,868"
    assert formats.measured(81.4, "%") == "81%"
    assert formats.measured(4.25, "%") == "4.2%"
    assert formats.measured(1234.5, "hours") == "1,234"
    assert formats.between(77.1, 84.2, "%") == "between 77% and 84%"
    assert formats.between(77.1, 77.4, "%") == "between 77.1% and 77.4%"


@pytest.mark.parametrize(
    ("grain", "start", "end", "name"),
    [
        ("month", date(2018, 6, 1), date(2018, 6, 30), "June 2018"),
        ("quarter", date(2018, 4, 1), date(2018, 6, 30), "April to June 2018"),
        ("year", date(2018, 1, 1), date(2018, 12, 31), "2018"),
        ("year", date(2018, 4, 1), date(2019, 3, 31), "April 2018 to March 2019"),
        ("trial_bin", date(2015, 8, 3), date(2015, 9, 1), "3 August 2015 to 1 September 2015"),
        ("window", date(2010, 1, 1), date(2018, 12, 31), "January 2010 to December 2018"),
        ("twelve_months", date(2018, 1, 1), date(2018, 12, 31), "2018"),
        ("window", date(2018, 5, 1), date(2018, 8, 31), "May to August 2018"),
    ],
)
def test_periods_have_the_names_people_use(grain: str, start: date, end: date, name: str) -> None:
    assert formats.period(grain, start, end) == name


def test_the_link_to_share_leads_back_to_every_choice() -> None:
    link = notices.address("http://x/complaints?old=1", {"area": "South & East", "release": "r"})
    assert link == "http://x/complaints?area=South+%26+East&release=r"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("registered on 2026-11-30, late", "Registered on 30 November 2026, late."),
        ("reported late. BBC, 2014-05-08", "Reported late. BBC, 8 May 2014."),
        ("2018-10-15-city.csv was refused", "2018-10-15-city.csv was refused."),
        ("x_2018-10-15.csv.gz came", "X\\_2018-10-15.csv.gz came."),
        ("release 2026-11-21-ab12 holds it", "Release 2026-11-21-ab12 holds it."),
        ("there is no 2026-02-30", "There is no 2026-02-30."),
    ],
)
def test_dates_in_sentences_are_written_as_on_a_page_and_names_stay(text: str, said: str) -> None:
    assert figures.sentence(text) == said
