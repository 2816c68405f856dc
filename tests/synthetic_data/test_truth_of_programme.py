"""Delivery, money, answers and outcomes in truth.json, against a slow recount of the files."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from orchestration.synthetic_data.presets import find_setting
from tests.synthetic_data.conftest import Synthetic
from tests.synthetic_data.slow_files import Files, Row, counted, day


@pytest.fixture(scope="module")
def files(small: Synthetic) -> Files:
    return Files(small)


def test_complaints_by_area_and_month_are_as_many_as_the_files_show(
    files: Files, small: Synthetic
) -> None:
    expected = small.realised["answers"]["complaints_logged_by_area_and_month"]
    found = Counter(
        (files.area[row["published_area"]], row["complaint_date"][:7] + "-01")
        for row in files("complaints")
    )
    planted = {
        (area, month): n for area, months in expected.items() for month, n in months.items() if n
    }
    assert planted == found


def test_requests_are_as_late_as_the_files_show(files: Files, small: Synthetic) -> None:
    expected = small.realised["answers"]["requests"]
    due: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for row in files("requests"):
        closed = day(row["closed_date"]) if row["closed_date"] else date.max
        last = day(row["due_date"])
        if row["request_outcome"] == "withdrawn" or (closed == date.max and last > files.last):
            continue
        due[row["request_kind"]] += 1
        late[row["request_kind"]] += closed > last
    assert due == expected["answered_or_due_by_kind"]
    assert late == expected["late_by_kind"]


def test_pleas_by_stage_are_as_many_as_the_files_show(files: Files, small: Synthetic) -> None:
    expected = small.realised["outcomes"]
    rows = list(files("cases"))
    stages = Counter(row["plea_stage"] for row in rows if row["plea"] == "guilty")
    assert stages == expected["guilty_pleas_by_stage"]
    assert sum(bool(row["disposal_date"]) for row in rows) == expected["completed"]
    assert sum(row["case_outcome"] == "convicted" for row in rows) == expected["convicted"]
    results = Counter(row["trial_result"] for row in rows if row["trial_result"])
    assert counted(results) == counted(expected["trial_results"])
    codes = Counter(row["outcome_code"] for row in files("crimes"))
    assert counted(codes) == counted(expected["crimes_by_outcome_code"])


def test_money_adds_up_to_the_penny(files: Files, small: Synthetic) -> None:
    expected = small.realised["spend"]
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for row in files("spend"):
        paid[row["funder"]] += Decimal(row["amount_gbp"])
    assert {funder: f"{pounds:.2f}" for funder, pounds in paid.items()} == expected["by_funder_gbp"]
    budget = Decimal(expected["budget_gbp"])
    assert sum(paid.values()) - budget == Decimal(expected["overrun_gbp"])
    [only] = find_setting(small.preset).programme.budgets
    for funder, percent in only.shares.items():
        share = 100 * paid[funder] / sum(paid.values())
        assert float(share) == pytest.approx(percent, abs=0.01)


def test_devices_by_area_and_phase_and_the_order_of_phases_are_as_in_the_files(
    files: Files, small: Synthetic
) -> None:
    expected = small.realised["delivery"]
    rows = list(files("devices"))
    areas = Counter(files.area[row["published_area"]] for row in rows)
    assert areas == expected["issues_by_area"]
    first: dict[int, str] = {}
    for row in rows:
        phase = int(row["rollout_phase"])
        first[phase] = min(first.get(phase, "9999"), row["issued_date"])
    assert first == {each["phase"]: each["first_issued"] for each in expected["phases"]}
    in_order = [first[phase] for phase in sorted(first)]
    assert expected["phase_order_kept"] == (in_order == sorted(in_order))
    held = [row for row in rows if row["device_status"] == "active" and not row["returned_date"]]
    assert len(held) == expected["active_at_end"]


def test_the_order_of_phases_is_kept_in_one_preset_and_not_in_the_other(small: Synthetic) -> None:
    assert small.realised["delivery"]["phase_order_kept"] == (small.preset == "london")


@pytest.mark.parametrize(
    "keys",
    [("use", "announced"), ("care", "reviewed"), ("care", "evidential"), ("care", "deleted")],
)
def test_plain_counts_are_as_in_the_files(
    small: Synthetic, files: Files, keys: tuple[str, str]
) -> None:
    said: dict[str, Callable[[Row], bool]] = {
        "announced": lambda row: row["is_announced"] == "true",
        "reviewed": lambda row: row["reviewed_at"] != "",
        "evidential": lambda row: row["is_evidential"] == "true",
        "deleted": lambda row: row["deleted_at"] != "",
    }
    assert sum(map(said[keys[1]], files("recordings"))) == small.realised[keys[0]][keys[1]]
