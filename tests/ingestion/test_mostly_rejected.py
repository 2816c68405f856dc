"""A file of which nothing or too little fits is refused; one that shrank is flagged."""

from datetime import date

import pytest

from orchestration.ingestion.contracts.table import ContractProblem, read_contracts
from orchestration.ingestion.ledger import quarantine_file
from tests.ingestion.landing_builder import CONTRACT, Place

HEADER = "clip_id,officer,recorded_on,seconds\n"


def _clips(good: int, bad: int = 0, fault: str = "2026-01-01,-5", day: str = "2026-01-01") -> str:
    rows = [f"g{at},PC{at},{day},60\n" for at in range(good)]
    rows += [f"b{at},PC{at},{fault}\n" for at in range(bad)]
    return HEADER + "".join(rows)


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("2026-01-01,-5", "seconds: below_minimum"),
        ("2099-01-01,60", "recorded_on: impossible_date"),
    ],
)
def test_a_file_of_which_nothing_fits_is_refused_whatever_the_reason(
    place: Place, fault: str, named: str
) -> None:
    place.deliver("clips.csv", _clips(0, 6, fault))
    (row,) = place.load()
    assert row.load_status == "refused"
    assert row.reason == f"None of its 6 records fits the contract (6 in {named})."
    assert row.counting_status == "refused"


def test_keys_that_all_conflict_refuse_the_file_too(place: Place) -> None:
    rows = "".join(f"c{at // 2},PC{at},2026-01-01,{at}\n" for at in range(60))
    place.deliver("clips.csv", HEADER + rows)
    (row,) = place.load()
    assert (
        row.reason == "None of its 60 records fits the contract (60 in clip_id: conflicting_key)."
    )


def test_its_rejects_are_listed_for_the_sender_and_counted_nowhere(place: Place) -> None:
    place.deliver("clips.csv", _clips(0, 6))
    (row,) = place.load()
    assert row.rejects == []
    listed = quarantine_file(*row.identity).read_text().splitlines()
    assert len(listed) == 1 + 1 + 6
    assert "None of its 6 records" in listed[1]


@pytest.mark.parametrize(
    ("good", "bad", "status"),
    [(79, 21, "refused"), (81, 19, "accepted"), (10, 10, "accepted"), (80, 20, "accepted")],
)
def test_more_than_a_fifth_and_at_least_twenty_rejected_rows_refuse_a_file(
    place: Place, good: int, bad: int, status: str
) -> None:
    place.deliver("clips.csv", _clips(good, bad))
    (row,) = place.load()
    assert row.load_status == status
    if status == "refused":
        assert "21 of its 100 records were rejected" in str(row.reason)
        assert "refuse_above_rejected" in str(row.reason)


def test_a_contract_can_say_another_share(place: Place) -> None:
    staging = place.landing.parent / "staging"
    file = staging / "invented" / "_invented.yml"
    said = "key: [clip_id]\n            refuse_above_rejected: 0.5"
    file.write_text(CONTRACT.replace("key: [clip_id]", said))
    place.contracts = read_contracts(staging)
    place.deliver("clips.csv", _clips(60, 40))
    (row,) = place.load()
    assert (row.load_status, row.rejected) == ("accepted", 40)
    file.write_text(CONTRACT.replace("key: [clip_id]", said.replace("0.5", "2")))
    with pytest.raises(ContractProblem, match="refuse_above_rejected"):
        read_contracts(staging)


def test_an_empty_file_is_not_a_file_of_which_nothing_fits(place: Place) -> None:
    place.deliver("clips.csv", HEADER)
    (row,) = place.load()
    assert row.load_status == "accepted"


def test_a_file_under_half_of_the_one_before_is_flagged(place: Place) -> None:
    place.deliver("clips_2026-01.csv", _clips(40))
    place.deliver("clips_2026-02.csv", _clips(19))
    place.deliver("clips_2026-03.csv", _clips(18))
    place.deliver("clips_export.csv", _clips(5))
    flags = {row.file_name.rsplit("/", 1)[-1]: dict(row.flagged) for row in place.load()}
    assert flags == {
        "clips_2026-01.csv": {},
        "clips_2026-02.csv": {"file.under_half_of_the_one_before": 1},
        "clips_2026-03.csv": {},
        "clips_export.csv": {},
    }


@pytest.mark.parametrize(
    ("before", "then", "rows", "is_flagged"),
    [
        # Half a year holds half of what a year does.
        ("clips_2024.csv", "clips_2025.csv", 20, False),
        ("clips_2024.csv", "clips_2025.csv", 8, True),
        ("clips_jan_2024.csv", "clips_may_2024.csv", 15, True),
        # Names that say no period, or another than the records, are compared row by row.
        ("clips_1.csv", "clips_2.csv", 15, True),
        ("clips_2011.csv", "clips_2012.csv", 15, True),
    ],
)
def test_a_file_is_held_against_the_one_before_by_the_days_its_name_speaks_of(
    place: Place, before: str, then: str, rows: int, *, is_flagged: bool
) -> None:
    days = {"data_from": date(2024, 1, 1), "data_to": date(2025, 6, 30)}
    place.programmes = [place.programmes[0].model_copy(update=days)]
    place.deliver(before, _clips(40, day="2024-01-05"))
    place.deliver(then, _clips(rows, day="2025-02-05" if "2025" in then else "2024-02-05"))
    last = max(place.load(), key=lambda row: row.arrival)
    assert last.file_name.endswith(then)
    assert ("file.under_half_of_the_one_before" in last.flagged) == is_flagged
