"""Use and care of footage in truth.json, against a slow recount of the written files."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.synthetic_data.conftest import Synthetic
from tests.synthetic_data.slow_files import Files, Row, counted, day, moment

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
STOPS_AND_FORCE = {"stop_and_search", "use_of_force"}


@pytest.fixture(scope="module")
def files(small: Synthetic) -> Files:
    return Files(small)


@pytest.fixture(scope="module")
def use(small: Synthetic) -> dict[str, Any]:
    found: dict[str, Any] = small.realised["use"]
    return found


@pytest.fixture(scope="module")
def care(small: Synthetic) -> dict[str, Any]:
    found: dict[str, Any] = small.realised["care"]
    return found


@pytest.fixture(scope="module")
def footage(files: Files) -> list[Row]:
    return list(files("recordings"))


@pytest.fixture(scope="module")
def filmed(files: Files, footage: list[Row]) -> dict[str, list[Row]]:
    """Recordings by encounter, found by officer and time alone."""
    of_officer = defaultdict(list)
    for row in footage:
        of_officer[row["staff_id"]].append(row)
    attending = defaultdict(list)
    for row in files("encounter_officers"):
        attending[row["encounter_id"]].append(row["staff_id"])
    found: dict[str, list[Row]] = {}
    for met in files("encounters"):
        begins, ends = moment(met["encounter_from"]), moment(met["encounter_to"])
        found[met["encounter_id"]] = [
            row
            for officer in attending[met["encounter_id"]]
            for row in of_officer[officer]
            if moment(row["triggered_from"]) < ends and moment(row["recorded_to"]) > begins
        ]
    return found


def test_encounters_filmed_from_the_outset_and_entire_are_as_many_as_the_files_show(
    files: Files, filmed: dict[str, list[Row]], use: dict[str, Any]
) -> None:
    names = ("encounters", "filmed", "from_outset", "entire")
    kinds: dict[str, Counter[str]] = {name: Counter() for name in names}
    late, several = 0.0, 0
    for met in files("encounters"):
        kind, rows = met["encounter_kind"], filmed[met["encounter_id"]]
        kinds["encounters"][kind] += 1
        if rows:
            begins, ends = moment(met["encounter_from"]), moment(met["encounter_to"])
            on = min(moment(row["triggered_from"]) for row in rows)
            off = max(moment(row["recorded_to"]) for row in rows)
            kinds["filmed"][kind] += 1
            kinds["from_outset"][kind] += on <= begins
            kinds["entire"][kind] += on <= begins and off >= ends
            late += max((on - begins).total_seconds(), 0)
            several += len(rows) > 1
    for name in names:
        assert counted(kinds[name]) == counted(use[f"{name}_by_kind"]), name
    assert late == use["late_start_seconds"]
    assert several == use["filmed_by_several_cameras"]


def test_a_reference_never_contradicts_officer_and_time(
    footage: list[Row], filmed: dict[str, list[Row]]
) -> None:
    by_time = {row["recording_id"]: met for met, rows in filmed.items() for row in rows}
    wrong = [
        row for row in footage if row["encounter_id"] not in {"", by_time.get(row["recording_id"])}
    ]
    assert wrong == []


def test_reasons_stand_where_nothing_was_filmed_and_nowhere_else(
    files: Files, filmed: dict[str, list[Row]], use: dict[str, Any]
) -> None:
    given = [met for met in files("encounters") if met["camera_off_reason"]]
    assert all(not filmed[met["encounter_id"]] for met in given)
    reasons = Counter(met["camera_off_reason"] for met in given)
    assert counted(reasons) == counted(use["reasons"])
    assert len(given) == use["equipped_not_filmed_with_reason"]


def test_officers_with_a_camera_are_at_every_encounter_that_is_called_equipped(
    files: Files, use: dict[str, Any]
) -> None:
    issued: dict[str, date] = {}
    for row in files("devices"):
        if row["staff_id"]:
            first = issued.get(row["staff_id"], date.max)
            issued[row["staff_id"]] = min(first, day(row["issued_date"]))
    on = {row["encounter_id"]: moment(row["encounter_from"]).date() for row in files("encounters")}
    equipped = {
        row["encounter_id"]
        for row in files("encounter_officers")
        if issued.get(row["staff_id"], date.max) <= on[row["encounter_id"]]
    }
    assert len(equipped) == sum(use["equipped_by_kind"].values())


def elapsed(start: datetime, end: datetime) -> float:
    """Seconds from one local time to a later one; Python's own clocks say how many there were."""
    begun, first, second = (
        moment.replace(tzinfo=LONDON, fold=fold).astimezone(UTC)
        for moment, fold in ((start, 0), (end, 0), (end, 1))
    )
    return ((second if first < begun else first) - begun).total_seconds()


def test_upload_and_tagging_are_as_late_as_the_files_show(
    files: Files, footage: list[Row], care: dict[str, Any]
) -> None:
    delays = sorted(
        elapsed(moment(row["recorded_to"]), moment(row["uploaded_at"]))
        for row in footage
        if row["uploaded_at"]
    )
    assert len(delays) == care["uploaded"]
    assert sum(delays) == care["upload_delay_seconds"]
    assert sum(delay > 86_400 for delay in delays) == care["uploaded_after_24_hours"]
    for share, name in ((0.5, "median"), (0.95, "p95")):
        low, part = divmod(share * (len(delays) - 1), 1)
        between = delays[int(low)] + part * (delays[int(low) + 1] - delays[int(low)])
        assert between == pytest.approx(care[f"upload_delay_{name}_seconds"], abs=1e-6)
    for days in (7, 31):
        newest = files.last - days * DAY
        old = [row for row in footage if moment(row["recorded_from"]).date() <= newest]
        late = [
            row
            for row in old
            if not row["categorised_at"]
            or moment(row["categorised_at"]) - moment(row["recorded_from"]) > days * DAY
        ]
        assert (len(late), len(old)) == (
            care[f"untagged_at_{days}_days"],
            care[f"of_age_at_{days}_days"],
        )


def test_deletions_on_time_late_and_wrong_are_as_many_as_the_files_show(
    files: Files, footage: list[Row], care: dict[str, Any]
) -> None:
    kind = {row["encounter_id"]: row["encounter_kind"] for row in files("encounters")}
    logged: dict[str, date] = {}
    for row in files("complaints"):
        first = logged.get(row["encounter_id"], date.max)
        logged[row["encounter_id"]] = min(first, day(row["complaint_date"]))
    logged.pop("", None)
    charged = {row["case_id"]: day(row["charge_date"]) for row in files("cases")}
    found: Counter[str] = Counter()
    for row in footage:
        gone = moment(row["deleted_at"]).date() if row["deleted_at"] else date.max
        until = day(row["retain_until_date"]) if row["retain_until_date"] else date.max
        if until < date.max and until + DAY <= files.last:
            found["due_for_deletion"] += 1
            found["deleted_on_time"] += until <= gone <= until + DAY
            found["kept_past_rule"] += gone > until + DAY
        if gone == date.max:
            continue
        complaint = logged.get(row["encounter_id"], date.max)
        charge = charged.get(row["case_id"], date.max)
        known = min(complaint, charge)
        matter = kind.get(row["encounter_id"]) in STOPS_AND_FORCE or known < date.max
        found["deleted"] += 1
        found["wrongly_deleted"] += (gone < until and matter) or known <= gone
    assert {name: care[name] for name in found} == found
    assert found["wrongly_deleted"] > 0
