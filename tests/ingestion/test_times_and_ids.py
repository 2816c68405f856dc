"""Values that look right and mean something else: read as they are meant, or not at all."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.ingestion.contracts.table import TableContract
from tests.ingestion.contract_builder import HEADER, RECORDINGS, contract, look, reasons

GOOD = "R1,2024-05-01 10:00:00,60,x"
DAY_FIRST = ["%d/%m/%Y %H:%M:%S"]


def timed(**settings: Any) -> TableContract:
    """The invented table with other settings of its time."""
    return contract({**RECORDINGS, "started_at": {**RECORDINGS["started_at"], **settings}})


def file_of(times: list[str]) -> str:
    """A file with a record for each time."""
    rows = "".join(f"R{at},{text},60,\n" for at, text in enumerate(times))
    return f"{HEADER}\n{rows}"


@pytest.mark.parametrize(
    "written",
    [
        *("2024-05-01 11:30:00 PM", "2024-05-01 02:05:00 pm", "2024-05-01 11:30 PM"),
        *("2024-05-01 12:00:00 AM", "2024-05-01 10:00:00 BST", "2024-05-01 10:00:00.5 EST"),
        *("2024-05-01 10:00:00 hrs", "2024-05-01 10:00:00 UTC", "2024-5-1 10:00:05 PM"),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"offset": "drop"}], ids=["plain", "offset dropped"])
def test_a_word_after_a_time_rejects_the_row(
    written: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    found = look(
        f"{HEADER}\n{GOOD}\n{GOOD}\nR9,{written},60,x\n", timed(**settings), folder=tmp_path
    )
    assert reasons(found) == [(3, 4, "Started", "text_after_time")]


@pytest.mark.parametrize("written", ["10:00 PM", "2024-05-01 10:00:00 PM", "10:00:00+01"])
def test_a_word_or_an_offset_after_a_time_of_day_rejects_the_row(
    written: str, tmp_path: Path
) -> None:
    of = contract(
        {**RECORDINGS, "started_at": {"data_type": "time", "header": "Started"}}, event_date=None
    )
    found = look(
        f"{HEADER}\nR1,10:00,60,x\nR2,23:59:59,60,x\nR9,{written},60,x\n", of, folder=tmp_path
    )
    assert [row[:3] for row in reasons(found)] == [(3, 4, "Started")]


@pytest.mark.parametrize(
    ("kind", "form", "written", "meant"),
    [
        (
            "timestamp",
            "%d/%m/%Y %I:%M:%S %p",
            "01/05/2024 11:30:00 PM",
            datetime.fromisoformat("2024-05-01 23:30"),
        ),
        (
            "timestamp",
            "%d/%m/%Y %I:%M:%S %p",
            "01/05/2024 02:05:00 pm",
            datetime.fromisoformat("2024-05-01 14:05"),
        ),
        (
            "timestamp",
            "%d/%m/%Y %I:%M:%S %p",
            "01/05/2024 12:00:00 AM",
            datetime.fromisoformat("2024-05-01"),
        ),
        ("time", "%I:%M %p", "11:30 PM", time(23, 30)),
    ],
)
def test_a_declared_clock_of_twelve_hours_is_read_as_it_is_meant(
    kind: str, form: str, written: str, meant: datetime | time, tmp_path: Path
) -> None:
    started = {"data_type": kind, "header": "Started", "formats": [form]}
    output = tmp_path / "raw.parquet"
    of = contract({**RECORDINGS, "started_at": started}, event_date=None)
    look(f"{HEADER}\nR1,{written},60,x\n", of, folder=tmp_path, output=output)
    assert pl.read_parquet(output)["started_at"].to_list() == [meant]


@pytest.mark.parametrize("form", ["%d/%m/%Y %I:%M", "%d/%m/%Y %H:%M %p"])
def test_a_format_of_half_a_twelve_hour_clock_is_no_format(form: str) -> None:
    with pytest.raises(ValueError, match="go together"):
        timed(formats=[form])


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S%z", "%d/%m/%Y %H:%M %Z"])
def test_a_format_that_turns_times_to_utc_is_declared_as_such(form: str) -> None:
    for offset in ({}, {"offset": "drop"}):
        with pytest.raises(ValueError, match="need `offset: utc`"):
            timed(formats=[form], **offset)
    assert timed(formats=[form], offset="utc")


@pytest.mark.parametrize("form", ["%s", "%d/%m/%Y %Q", "%c", "%d/%m/%Y %"])
def test_a_format_with_a_sign_that_is_no_part_of_a_date_is_no_format(form: str) -> None:
    with pytest.raises(ValueError, match="stands for no part of a date"):
        timed(formats=[form])


def test_a_format_without_an_offset_turns_no_time_to_utc() -> None:
    with pytest.raises(ValueError, match="has neither %z nor %Z"):
        timed(formats=["%d/%m/%Y %H:%M:%S%z", "%d/%m/%Y %H:%M:%S"], offset="utc")


def test_a_time_without_an_offset_is_no_time_of_utc(tmp_path: Path) -> None:
    times = ["2024-05-01T10:00:00+01:00", "2024-05-01 10:00Z", "2024-05-01 10:00:00 Europe/London"]
    bare = ["2024-05-01 10:00:00", "2024-05-01T10:00", "2024-05-01 10:00:00.25", "2024-05-01"]
    output = tmp_path / "raw.parquet"
    found = look(file_of([*times, *bare]), timed(offset="utc"), folder=tmp_path, output=output)
    assert reasons(found) == [(at, at + 1, "Started", "missing_offset") for at in (4, 5, 6, 7)]
    read = pl.read_parquet(output)["started_at"].to_list()
    assert read == [datetime(2024, 5, 1, hour) for hour in (9, 10, 9)]  # noqa: DTZ001 - as stored


@pytest.mark.parametrize("offset", ["drop", "utc"])
def test_an_offset_that_no_clock_has_rejects_the_row(offset: str, tmp_path: Path) -> None:
    times = [f"2024-05-01 10:00:00{each}" for each in ("+01", "-05:00", "+14", "+25:00", "+05:75")]
    found = look(file_of(times), timed(offset=offset), folder=tmp_path)
    assert [row[:3] for row in reasons(found)] == [(4, 5, "Started"), (5, 6, "Started")]


def test_formats_that_read_one_date_as_two_are_refused() -> None:
    with pytest.raises(ValueError, match="read one date as two"):
        timed(formats=["%d/%m/%Y", "%m/%d/%Y"])


def test_days_and_months_in_two_orders_refuse_the_file_with_a_line_of_each(tmp_path: Path) -> None:
    times = ["13/05/2024 10:00:00", "01/05/2024 10:00:00", "05/14/2024 10:00:00"]
    found = look(file_of(times), timed(formats=DAY_FIRST), folder=tmp_path)
    assert found.refused is not None
    assert "line 2 only as %d/%m/%Y" in found.refused
    assert "line 4 only as %m/%d/%Y" in found.refused
    assert "2024" not in found.refused


def test_a_file_in_the_other_order_alone_is_refused(tmp_path: Path) -> None:
    times = ["05/01/2024 10:00:00", "05/13/2024 10:00:00", "05/14/2024 10:00:00"]
    found = look(file_of(times), timed(formats=DAY_FIRST), folder=tmp_path)
    assert found.refused is not None
    assert "can only be read as %m/%d/%Y" in found.refused
    assert "in line 3 and line 4, and the contract says %d/%m/%Y" in found.refused
    assert "2024" not in found.refused


@pytest.mark.parametrize("place", [0, 1, 20, 38, 39])
def test_one_row_with_day_and_month_swapped_is_flagged_by_its_neighbours(
    place: int, tmp_path: Path
) -> None:
    days = [date(2024, 3, 2) + timedelta(days=at // 8) for at in range(40)]
    texts = [f"{day} 10:00:00" for day in days]
    texts[place] = f"2024-{days[place].day:02}-03 10:00:00"
    found = look(file_of(texts), timed(flags=["swapped"]), folder=tmp_path)
    assert (found.accepted, found.flagged) == (40, {"started_at.swapped": 1})
    assert (
        look(
            file_of([f"{day} 10:00:00" for day in days]), timed(flags=["swapped"]), folder=tmp_path
        ).flagged
        == {}
    )


def test_a_row_with_day_and_month_swapped_is_flagged_by_its_upload(tmp_path: Path) -> None:
    columns = {
        **RECORDINGS,
        "started_at": {**RECORDINGS["started_at"], "flags": ["swapped"], "soon_before": "note"},
        "note": {"data_type": "timestamp", "header": "Note"},
    }
    rows = [
        ("2024-01-09 10:00:00", "2024-01-09 18:00:00"),
        ("2024-09-01 10:00:00", "2024-01-10 18:00:00"),
        ("2023-06-05 10:00:00", "2023-06-05 11:00:00"),
    ]
    text = "".join(f"R{at},{start},60,{upload}\n" for at, (start, upload) in enumerate(rows))
    found = look(f"{HEADER}\n{text}", contract(columns), folder=tmp_path)
    assert found.flagged == {"started_at.swapped": 1}


@pytest.mark.parametrize(
    ("unit", "length"),
    [("milliseconds", 600_000), ("microseconds", 600_000_000), ("minutes", 10)],
)
def test_lengths_in_another_unit_refuse_the_file(unit: str, length: int, tmp_path: Path) -> None:
    columns = {
        **RECORDINGS,
        "seconds": {
            **RECORDINGS["seconds"],
            "data_type": "bigint",
            "length_of": ["started_at", "note"],
        },
        "note": {"data_type": "timestamp", "header": "Note"},
    }
    row = "R{},2024-05-01 10:00:00,{},2024-05-01 10:10:00\n"
    text = "".join(row.format(at, length) for at in range(4))
    refused = look(f"{HEADER}\n{text}", contract(columns), folder=tmp_path).refused
    assert refused is not None
    assert f"Seconds holds {unit} and not seconds" in refused
    seconds = "".join(row.format(at, each) for at, each in enumerate((570, 600, 630, 0)))
    assert look(f"{HEADER}\n{seconds}", contract(columns), folder=tmp_path).accepted == 4


NOBODIES = [
    *("N/A", "n/a ", "ID WITHHELD", "unknown", "0000", "-", "??", "XXX", "Not known"),
    *("#N/A", "[REDACTED]", "(unknown)", "<unknown>", "ID-WITHHELD", "Name  withheld", "UNK."),
    *("0000-0000", "00 00", "0.0", "00/00", "n/k", "Not assigned", "No officer", "officer_unknown"),
]
SOMEBODIES = ["X", "1000", "P0", "0A", "9999", "Unknown 1", "NK", "Nadia", "A-0000", "#100"]


def test_what_stands_for_no_person_is_nobody_and_what_resembles_it_is_somebody(
    tmp_path: Path,
) -> None:
    note = {"header": "Note", "privacy": "identifier", "kind": "officer"}
    output, written = tmp_path / "raw.parquet", [*NOBODIES, *SOMEBODIES]
    rows = [f"R{at},2024-05-01 10:00:00,60,{each}" for at, each in enumerate(written)]
    text = "\n".join([HEADER, *rows, ""])
    found = look(text, contract({**RECORDINGS, "note": note}), folder=tmp_path, output=output)
    kept = [None] * len(NOBODIES) + [each.upper() for each in SOMEBODIES]
    assert pl.read_parquet(output)["note"].to_list() == kept
    assert found.flagged == {"note.nobody": len(NOBODIES)}


def test_the_list_of_nobodies_is_the_contracts_where_it_has_one(tmp_path: Path) -> None:
    note = {"header": "Note", "nobody": ["Pool"]}
    output = tmp_path / "raw.parquet"
    text = f"{HEADER}\n{GOOD}\nR2,2024-05-01 10:00:00,60,pool\nR3,2024-05-01 10:00:00,60,N/A\n"
    look(text, contract({**RECORDINGS, "note": note}), folder=tmp_path, output=output)
    assert pl.read_parquet(output)["note"].to_list() == ["x", None, "N/A"]


def test_nobody_is_missing_where_somebody_is_required(tmp_path: Path) -> None:
    note = {"header": "Note", "privacy": "identifier", "kind": "officer", "required": True}
    text = f"{HEADER}\n{GOOD}\n{GOOD}\nR2,2024-05-01 10:00:00,60,N/A\n"
    found = look(text, contract({**RECORDINGS, "note": note}), folder=tmp_path)
    assert reasons(found) == [(3, 4, "Note", "missing_required")]


def test_an_id_on_too_many_rows_is_flagged(tmp_path: Path) -> None:
    note = {"header": "Note", "privacy": "identifier", "kind": "officer"}
    ids = ["dock" if at % 3 == 0 else f"p{at % 20}" for at in range(120)]
    rows = "".join(f"R{at},2024-05-01 10:00:00,60,{each}\n" for at, each in enumerate(ids))
    found = look(f"{HEADER}\n{rows}", contract({**RECORDINGS, "note": note}), folder=tmp_path)
    assert found.flagged == {"note.too_frequent": 40}


@pytest.mark.parametrize("written", ["2116-02-01", "until manually deleted", "Indefinite"])
def test_what_is_kept_without_end_keeps_its_row(written: str, tmp_path: Path) -> None:
    note = {
        "data_type": "date",
        "header": "Note",
        "not_after": "2100-01-01",
        "no_end": ["until manually deleted", "indefinite"],
    }
    output = tmp_path / "raw.parquet"
    text = f"{HEADER}\nR1,2024-05-01 10:00:00,60,2026-01-01\nR2,2024-05-01 10:00:00,60,{written}\n"
    found = look(text, contract({**RECORDINGS, "note": note}), folder=tmp_path, output=output)
    assert pl.read_parquet(output)["note"].to_list() == [date(2026, 1, 1), date(9999, 12, 31)]
    assert found.flagged == {"note.no_end": 1}


@pytest.mark.parametrize("written", ["99 years", "2099-01-01", "Indefinite"])
def test_a_word_for_no_end_may_begin_with_a_digit(written: str, tmp_path: Path) -> None:
    note = {
        "data_type": "date",
        "header": "Note",
        "not_after": "2100-01-01",
        "no_end": ["99 years", "2099-01-01", "indefinite"],
    }
    output = tmp_path / "raw.parquet"
    text = f"{HEADER}\nR1,2024-05-01 10:00:00,60,2026-01-01\nR2,2024-05-01 10:00:00,60,{written}\n"
    found = look(text, contract({**RECORDINGS, "note": note}), folder=tmp_path, output=output)
    assert pl.read_parquet(output)["note"].to_list() == [date(2026, 1, 1), date(9999, 12, 31)]
    assert found.flagged == {"note.no_end": 1}


def test_a_time_that_spring_skips_is_flagged(tmp_path: Path) -> None:
    times = ["2024-03-31 00:59:59", "2024-03-31 01:30:00", "2024-03-31 02:00:00"]
    found = look(file_of(times), timed(flags=["spring_hour", "autumn_hour"]), folder=tmp_path)
    assert found.flagged == {"started_at.spring_hour": 1}


def test_a_span_that_ends_before_it_begins_ends_on_the_next_day_or_is_rejected(
    tmp_path: Path,
) -> None:
    columns = {
        **RECORDINGS,
        "note": {
            "data_type": "timestamp",
            "header": "Note",
            "ends": "started_at",
            "next_day_hours": 16,
        },
    }
    spans = [
        ("2024-05-01 22:00:00", "2024-05-01 06:00:00"),
        ("2024-05-01 08:00:00", "2024-05-01 06:00:00"),
        ("2024-05-02 08:00:00", "2024-05-01 16:00:00"),
        ("2024-05-01 08:00:00", "2024-05-01 16:00:00"),
    ]
    rows = "".join(f"R{at},{start},60,{end}\n" for at, (start, end) in enumerate(spans))
    found = look(f"{HEADER}\n{rows}", contract(columns), folder=tmp_path)
    assert reasons(found) == [
        (2, 3, "Note", "ends_before_start"),
        (3, 4, "Note", "ends_before_start"),
    ]
    assert found.flagged == {"note.next_day": 1}


def test_many_words_for_nobody_leave_rows_in_the_order_of_the_file(tmp_path: Path) -> None:
    """The engine makes a join of a long list of words, and rows then lose their order."""
    note = {
        "data_type": "date",
        "header": "Note",
        "not_after": "2100-01-01",
        "no_end": [f"word {at}" for at in range(20)],
    }
    output = tmp_path / "raw.parquet"
    rows = "".join(f"R{at},2024-05-01 10:00:00,60,\n" for at in range(300_000))
    look(
        f"{HEADER}\n{rows}", contract({**RECORDINGS, "note": note}), folder=tmp_path, output=output
    )
    raw = pl.read_parquet(output).sort("record_number")["recording_id"]
    assert raw.to_list() == [f"R{at}" for at in range(300_000)]


@pytest.mark.parametrize("offset", [{}, {"offset": "drop"}, {"offset": "utc"}])
def test_the_end_of_a_day_is_not_the_first_of_another_month(
    offset: dict[str, str], tmp_path: Path
) -> None:
    times = ["2024-04-30 24:00:00", "2024-04-30T24:00", "2024-04-30 24:00:00.0"]
    sound = "2024-04-30 23:59:59" + ("Z" if offset.get("offset") == "utc" else "")
    found = look(file_of([*times, *[sound] * 4]), timed(**offset), folder=tmp_path)
    rejected = [(at, at + 1, "Started", "impossible_date") for at in (1, 2, 3)]
    assert reasons(found) == rejected
