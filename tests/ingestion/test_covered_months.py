"""Which months deliveries cover: by their dates, names, neighbours, contract and areas."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from orchestration.ingestion.covered_months import (
    broken_off,
    covered_months,
    missing_by_area,
    refused_months,
    table_of_months,
)
from orchestration.ingestion.delivery import Days, named_period
from orchestration.ingestion.ledger import LedgerRow
from orchestration.programmes.programme import Programme
from tests.ingestion.contract_builder import contract
from tests.ingestion.landing_builder import invented_programme

AREAS = [
    {"id": "force", "name": "Force", "kind": "force", "parent": None},
    {"id": "north", "name": "North", "kind": "unit", "parent": "force"},
    {"id": "south", "name": "South", "kind": "unit", "parent": "force"},
]


def programme(data_from: date = date(2016, 1, 1), data_to: date = date(2016, 12, 31)) -> Programme:
    """An invented programme whose data are of these days."""
    known = invented_programme().model_dump(by_alias=True)
    changed = {"data_from": data_from, "data_to": data_to, "extracted_on": None, "areas": AREAS}
    return Programme.model_validate(known | changed)


def load(
    name: str, first: str | None, last: str | None, accepted: int = 100, **other: Any
) -> LedgerRow:
    """A load of a file with its first and last event date."""
    given: dict[str, Any] = {
        "programme_id": "nowhere",
        "source_name": "harbour",
        "table_name": "recordings",
        "file_hash": name,
        "file_name": f"nowhere/{name}",
        "arrival": 1,
        "as_of": date(2017, 1, 1),
        "contract_version": 1,
        "load_status": "accepted",
        "reconciled": True,
        "load_version": "",
        "loaded_at": datetime(2017, 1, 1, tzinfo=UTC),
        "records": accepted,
        "accepted": accepted,
        "first_event_date": first and date.fromisoformat(first),
        "last_event_date": last and date.fromisoformat(last),
    }
    return LedgerRow(**given | other)


def covered(*loads: LedgerRow, **meta: Any) -> list[str]:
    """The months that loads cover, as 2016-02."""
    found = covered_months(loads, contract(**meta), programme())
    return [f"{month:%Y-%m}" for month in sorted(found)]


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("north/complaints_2016-02.csv", ("2016-02-01", "2016-02-29")),
        ("complaints_201602.csv.gz", ("2016-02-01", "2016-02-29")),
        ("complaints_2016-02_b.csv", ("2016-02-01", "2016-02-29")),
        ("2016-02/complaints.csv", ("2016-02-01", "2016-02-29")),
        ("complaints Feb 2016.csv", ("2016-02-01", "2016-02-29")),
        ("complaints_2016-01_2016-03.csv", ("2016-01-01", "2016-03-31")),
        ("complaints_2016-Q2.csv", ("2016-04-01", "2016-06-30")),
        ("complaints_2016.csv", ("2016-01-01", "2016-12-31")),
        ("complaints_2016-02-03_to_2016-02-20.csv", ("2016-02-03", "2016-02-20")),
        ("complaints_02-2016.csv", ("2016-02-01", "2016-02-29")),
        ("2016-Feb complaints.csv", ("2016-02-01", "2016-02-29")),
        ("complaints_september_2016.csv", ("2016-09-01", "2016-09-30")),
        ("complaints_q2_2016.csv", ("2016-04-01", "2016-06-30")),
        ("complaints_2016-H2.csv", ("2016-07-01", "2016-12-31")),
        # A day is when the file was made, and two years name no period.
        ("complaints_14-02-2016.csv", None),
        ("complaints_14.02.2016.csv", None),
        ("complaints_2016-17.csv", None),
        ("complaints_v2_2016.csv", None),
        ("complaints_2016-02-14.csv", None),
        ("complaints_2010_2018.csv", None),
        ("complaints_2016-02-30_2016-03-40.csv", None),
        ("complaints.csv", None),
        # What ends on the day it was made covers no month to its end.
        *((f"complaints_{word}_2016.csv", None) for word in ("ytd", "to_date", "until", "as_of")),
        ("2016/complaints_up_to_date.csv", None),
        ("complaints_2016-02-03_until_2016-02-20.csv", ("2016-02-03", "2016-02-20")),
        ("dated_complaints_2016.csv", ("2016-01-01", "2016-12-31")),
        # Digits of a hidden word are no numbers of the name.
        ("complaints_hidden12ab34cd_2016.csv", ("2016-01-01", "2016-12-31")),
        ("complaints_hiddena201602b.csv", None),
    ],
)
def test_a_name_speaks_of_a_period(name: str, period: tuple[str, str] | None) -> None:
    assert named_period(name) == (period and Days(*map(date.fromisoformat, period)))


def test_a_month_whose_file_never_came_is_not_covered() -> None:
    january = load("c_2016-01.csv", "2016-01-04", "2016-01-20")
    march = load("c_2016-03.csv", "2016-03-05", "2016-03-11")
    assert covered(january, march) == ["2016-01", "2016-03"]


def test_months_inside_the_dates_of_a_file_are_covered_and_a_month_that_it_enters_is_not() -> None:
    assert covered(load("c.csv", "2016-02-12", "2016-05-11", 900)) == ["2016-03", "2016-04"]


def test_dates_near_the_edge_of_a_month_reach_it() -> None:
    assert covered(load("c.csv", "2016-02-03", "2016-03-29", 900)) == ["2016-02", "2016-03"]
    # Two records a month: that none came in the last eleven days says nothing.
    assert covered(load("c.csv", "2016-02-03", "2016-04-19", 6)) == [
        "2016-02",
        "2016-03",
        "2016-04",
    ]


def test_the_first_and_last_month_of_the_programme_are_those_of_its_declared_days() -> None:
    known = programme(date(2016, 2, 15), date(2016, 4, 10))
    row = load("c.csv", "2016-02-20", "2016-04-02", 900)
    found = covered_months([row], contract(), known)
    assert sorted(found) == [date(2016, 2, 1), date(2016, 3, 1), date(2016, 4, 1)]


def test_a_neighbouring_delivery_closes_the_month_between() -> None:
    first = load("a.csv", "2016-02-01", "2016-03-25", 900)
    second = load("b.csv", "2016-04-02", "2016-05-31", 900)
    assert covered(first, second) == ["2016-02", "2016-03", "2016-04", "2016-05"]
    far = load("b.csv", "2016-05-02", "2016-05-31", 900)
    assert covered(first, far) == ["2016-02", "2016-05"]


def test_a_sparse_series_with_a_file_missing_has_a_gap() -> None:
    months = [load(f"{n}.csv", f"2016-0{n}-05", f"2016-0{n}-20", 2) for n in (1, 2, 4)]
    assert covered(*months) == ["2016-01", "2016-02", "2016-04"]


def test_a_file_without_a_record_covers_the_period_of_its_name() -> None:
    assert covered(load("c_2016-02.csv", None, None, 0)) == ["2016-02"]
    lost = load("c_2016-02.csv", None, None, 0, records=5, rejected=5)
    assert covered(lost) == []


def test_a_year_whose_records_stop_in_march_covers_no_month_after_that() -> None:
    stopped = load("c_2016.csv", "2016-01-02", "2016-03-12", 300)
    assert covered(stopped) == ["2016-01", "2016-02"]
    assert [row for row, *_ in broken_off([stopped], contract(), programme())] == [stopped]
    # Late as well as early; and one month of a quarter is as little the quarter.
    assert covered(load("c_2016.csv", "2016-05-12", "2016-12-30", 300))[:2] == [
        "2016-06",
        "2016-07",
    ]
    assert covered(load("c_2016-Q2.csv", "2016-04-02", "2016-04-30", 90)) == ["2016-04"]


def test_a_few_records_may_leave_months_of_their_period_empty() -> None:
    # All six in the first half of a year: once in 64 times. Two: once in four.
    six = load("c_2016.csv", "2016-01-05", "2016-06-30", 6)
    assert "2016-09" not in covered(six)
    two = load("c_2016.csv", "2016-01-05", "2016-06-20", 2)
    assert covered(two) == [f"2016-{month:02}" for month in range(1, 13)]
    assert list(broken_off([two], contract(), programme())) == []


def test_a_name_is_believed_within_its_last_month_and_beyond_the_data() -> None:
    assert covered(load("c_2016-02.csv", "2016-02-01", "2016-02-12", 900)) == ["2016-02"]
    known = programme(date(2016, 1, 1), date(2016, 3, 31))
    year = load("c_2016.csv", "2016-01-02", "2016-03-20", 900)
    assert len(covered_months([year], contract(), known)) == 3
    assert list(broken_off([year], contract(), known)) == []


def test_parts_of_a_year_that_all_name_it_cover_it_together() -> None:
    first = load("a_c_2016.csv", "2016-01-02", "2016-06-29", 900)
    second = load("b_c_2016.csv", "2016-07-01", "2016-12-30", 900)
    assert len(covered(first, second)) == 12
    assert list(broken_off([first, second], contract(), programme())) == []


def test_a_contract_can_say_that_months_are_whole_or_that_nothing_was_before() -> None:
    row = load("c.csv", "2016-03-17", "2016-05-11", 900)
    assert covered(row, periods="whole_months") == ["2016-03", "2016-04", "2016-05"]
    assert covered(row, nothing_before=True) == ["2016-01", "2016-02", "2016-03", "2016-04"]


def test_a_refused_file_leaves_out_its_month_and_the_areas_that_it_names() -> None:
    refused: dict[str, Any] = {"load_status": "refused", "counting_status": "refused"}
    one = load("c_2016-02_b.csv", None, None, 0, areas=["north"], **refused)
    unread = load("c_2016-03.csv", None, None, 0, **refused)
    assert refused_months([one, unread]) == {date(2016, 2, 1): {"north"}, date(2016, 3, 1): {None}}


def test_a_refused_version_of_a_file_that_counts_on_leaves_nothing_out() -> None:
    old = load(
        "old", "2016-02-01", "2016-02-29", file_name="c_2016-02.csv", counting_status="stale"
    )
    new = load("new", None, None, 0, file_name="c_2016-02.csv", counting_status="refused")
    withdrawn = load("c_2016-04.csv", None, None, 0, counting_status="withdrawn")
    assert refused_months([old, new, withdrawn]) == {}


def test_where_files_are_by_area_a_file_of_one_area_is_missed() -> None:
    rows = [
        load(f"{area}_2016-0{month}.csv", f"2016-0{month}-02", f"2016-0{month}-25", areas=[area])
        for area, month in (("north", 1), ("south", 1), ("north", 2), ("north", 3), ("south", 3))
    ]
    found = list(missing_by_area(rows, contract(), programme()))
    assert found == [("south", date(2016, 2, 1))]
    both = [*rows, load("all_2016-04.csv", "2016-04-02", "2016-04-25", areas=["north", "south"])]
    assert list(missing_by_area(both, contract(), programme())) == []


def test_a_month_inside_a_file_that_lost_all_its_rows_is_left_out() -> None:
    rows = [load("c.csv", "2016-01-02", "2016-04-28", 900, lost_months=["2016-02-01"])]

    def months() -> list[tuple[str, str]]:
        table = table_of_months(rows, [contract()], [programme()])
        return [
            (f"{month:%m}", how) for month, how in table.select("month_start", "coverage").rows()
        ]

    assert months() == [
        ("01", "covered"),
        ("02", "left_out"),
        ("03", "covered"),
        ("04", "covered"),
    ]
    rows.append(load("c_2016-02.csv", "2016-02-03", "2016-02-20", 30))
    assert months() == [(f"0{month}", "covered") for month in (1, 2, 3, 4)]


def test_an_area_that_lost_all_rows_of_a_month_is_left_out_of_it() -> None:
    lost = [["South", "2016-02-01"], ["Nowhere known", "2016-02-01"]]
    rows = [load("c.csv", "2016-01-02", "2016-04-28", 900, lost_areas=lost)]

    def left_out() -> list[tuple[str | None, date]]:
        table = table_of_months(rows, [contract()], [programme()])
        return table.filter(coverage="left_out").select("area_id", "month_start").rows()

    assert left_out() == [("south", date(2016, 2, 1))]
    rows.append(load("n_2016-02.csv", "2016-02-03", "2016-02-20", 30, areas=["North"]))
    assert left_out() == [("south", date(2016, 2, 1))]
    rows.append(load("s_2016-02.csv", "2016-02-03", "2016-02-20", 30, areas=["South"]))
    assert left_out() == []
    rows = [replace(rows[0], lost_months=["2016-02-01"])]
    assert left_out() == [(None, date(2016, 2, 1))]


def test_an_area_that_a_yearly_table_lost_is_left_out_until_a_later_file_of_that_year() -> None:
    of = contract(
        {"published_area": {"header": "Area", "area": True}, "reports": {"data_type": "bigint"}},
        event_date=None,
    )
    rows = [load("april2016-to-march2017.csv", None, None, 40, lost_areas=[["South", None]])]

    def left_out() -> list[date]:
        table = table_of_months(rows, [of], [programme()])
        assert set(table["coverage"]) <= {"left_out"}
        assert set(table["area_id"]) <= {"south"}
        return table["month_start"].to_list()

    year = [*(date(2016, month, 1) for month in range(4, 13))]
    assert left_out() == [*year, *(date(2017, month, 1) for month in (1, 2, 3))]
    rows.append(load("april2017-to-march2018.csv", None, None, 44, arrival=2))
    assert left_out()[:9] == year
    rows.append(load("corrected_april2016-to-march2017.csv", None, None, 44, arrival=3))
    assert left_out() == []


def test_a_register_has_no_months_and_statistics_only_those_refused() -> None:
    row = load("c_2016-02.csv", "2016-02-01", "2016-02-29")
    bad = load("c_2016-03.csv", None, None, 0, counting_status="refused", load_status="refused")

    def months(periods: str) -> list[tuple[str, str]]:
        table = table_of_months([row, bad], [contract(periods=periods)], [programme()])
        return [
            (f"{month:%Y-%m}", how) for month, how in table.select("month_start", "coverage").rows()
        ]

    assert months("dates") == [("2016-02", "covered"), ("2016-03", "left_out")]
    assert months("rows") == [("2016-03", "left_out")]
    assert months("register") == []


def test_a_month_that_a_file_enters_is_told_from_one_without_a_record() -> None:
    row = load("c.csv", "2016-02-12", "2016-04-11", 900)
    table = table_of_months([row], [contract()], [programme()])
    assert table.select("month_start", "coverage").rows() == [
        (date(2016, 2, 1), "entered"),
        (date(2016, 3, 1), "covered"),
        (date(2016, 4, 1), "entered"),
    ]
