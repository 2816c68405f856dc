"""What was delivered and spent, and the denominators that hold within the days of the data."""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration import paths
from orchestration.synthetic_data.care import KINDS, NEVER, named
from orchestration.synthetic_data.complaints import NEW_CODES, OLD_CODES, REFORM
from orchestration.synthetic_data.courts import FIRST_HEARING, NONE, STAGES
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.officers import ACTIVE, STATUSES
from orchestration.synthetic_data.people import (
    INJURY_FROM,
    QUESTIONS,
    confidence_rows,
    force_rows,
    workforce_rows,
)
from orchestration.synthetic_data.rollout import PENCE, ROLES
from orchestration.synthetic_data.state import SECONDS_A_DAY, Integers, Truths


def by_name(
    names: tuple[str, ...], numbers: Integers, chosen: Truths | None = None
) -> dict[str, int]:
    """How many of each name, in the order of the names."""
    counted = numbers if chosen is None else numbers[chosen]
    return dict(zip(names, np.bincount(counted, minlength=len(names)).tolist(), strict=True))


def delivery(made: Made) -> dict[str, Any]:
    """Issues of devices by the end of the data, and the plan they meet or miss."""
    devices, state, rollout = made.devices, made.state, made.rollout
    given = devices.issued < state.days
    phase = rollout.phase[devices.line]
    active = given & (devices.returned >= state.days) & (devices.status == ACTIVE)
    phases = [
        _phase(made, number, given & (phase == number)) for number in np.unique(rollout.phase)
    ]
    firsts = [each["first_issued"] for each in phases if each["first_issued"]]
    return {
        "issues": int(given.sum()),
        "active_at_end": int(active.sum()),
        "issues_by_status": by_name(STATUSES, devices.status, given),
        "issues_by_area": by_name(state.area_ids, devices.area, given),
        "issues_by_role": by_name(ROLES, devices.role, given),
        "phases": phases,
        "phase_order_kept": firsts == sorted(firsts),
        "cameras_from": dict(
            zip(
                state.area_ids,
                map(str, state.dates(rollout.camera_days).to_list()),
                strict=True,
            )
        ),
    }


def _phase(made: Made, number: int, issued: Truths) -> dict[str, Any]:
    rollout, state = made.rollout, made.state
    lines = rollout.phase == number
    days = made.devices.issued[issued]
    ends = state.dates(np.array([days.min(), days.max()])).to_list() if days.size else [None, None]
    return {
        "phase": int(number),
        "planned_first": str(state.dates(rollout.planned_day[lines]).min()),
        "planned_devices": int(rollout.planned_devices[lines].sum()),
        "issues": int(issued.sum()),
        "first_issued": str(ends[0]) if ends[0] else None,
        "last_issued": str(ends[1]) if ends[1] else None,
    }


def spend(made: Made) -> dict[str, Any]:
    """Pounds as text with two decimals, so that no float rounds them."""
    payments, parameters = made.payments, made.state.parameters.spend
    spent = int(payments.pence.sum())
    budget = made.state.budget_pence
    return {
        "budget_gbp": _pounds(budget),
        "spent_gbp": _pounds(spent),
        "overrun_gbp": _pounds(spent - budget),
        "by_scope_gbp": _sums(tuple(parameters.scopes), payments.scope, payments.pence),
        "by_funder_gbp": _sums(tuple(made.state.funders), payments.funder, payments.pence),
    }


def _sums(names: tuple[str, ...], numbers: Integers, pence: Integers) -> dict[str, str]:
    return {name: _pounds(int(pence[numbers == number].sum())) for number, name in enumerate(names)}


def _pounds(pence: int) -> str:
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // PENCE}.{abs(pence) % PENCE:02d}"


REGIMES = ("pre_2020", "from_2020")


def duty(made: Made) -> dict[str, int]:
    """Officers by month: on duty, with a camera of their own, and of those without a recording."""
    worked, officers = made.shifts, made.officers
    months = len(made.state.months())
    month = worked.officer * months + made.state.month_of(worked.day)
    on_duty = np.unique(month)
    equipped = np.unique(month[worked.day >= officers.issued[worked.officer]])
    filmed = np.unique(month[made.recordings.shift])
    return {
        "officer_months_on_duty": on_duty.size,
        "officer_months_equipped": equipped.size,
        "officer_months_without_recordings": np.setdiff1d(equipped, filmed).size,
    }


def exposure(made: Made) -> dict[str, Any]:
    """Workforce, survey answers and reports of force, as the files hold them."""
    workforce, asked = workforce_rows(made.state), confidence_rows(made.state)
    positive = (pl.col("positive_share") * pl.col("respondent_count")).round()
    by_question = asked.group_by("question_code").agg(
        pl.col("respondent_count").sum(), positive.sum().cast(pl.Int64).alias("positive")
    )
    counts = {row["question_code"]: row for row in by_question.iter_rows(named=True)}
    return {
        "officer_months": int(workforce["officer_headcount"].sum()),
        "officer_hours": int(workforce["officer_hours"].cast(pl.Float64).sum()),
        "force_reports": len(force_rows(made.state)),
        "confidence_waves": asked["wave_date"].n_unique(),
        "confidence_respondents": {name: counts[name]["respondent_count"] for name in QUESTIONS},
        "confidence_positive": {name: counts[name]["positive"] for name in QUESTIONS},
    }


def regimes(made: Made) -> dict[str, Any]:
    """Complaints and allegations before and after the reform, never combined."""
    reform = made.state.day_of(REFORM)
    complaint, kind = made.allegations
    old = made.complaints.logged[complaint] < reform
    return {
        "complaints_by_regime": by_name(REGIMES, (made.complaints.logged >= reform).astype(int)),
        "allegations_by_regime_and_code": {
            regime: by_name(codes, kind, chosen)
            for regime, codes, chosen in zip(
                REGIMES, (OLD_CODES, NEW_CODES), (old, ~old), strict=True
            )
        },
        "days_to_close_median_by_month": _days_to_close(made),
        "working_days_to_close_by_month": _working_days_to_close(made),
    }


def _days_to_close(made: Made) -> dict[str, float]:
    """Days by which half were closed, by month of logging; months of which fewer are, left out.

    By Kaplan and Meier: one still open counts up to the last day of the data.
    """
    state, found = made.state, made.complaints
    closed, month = found.closed < state.days, state.month_of(found.logged)
    days = np.minimum(found.closed, state.days - 1) - found.logged
    medians = {}
    for number, first in enumerate(state.months().to_list()):
        chosen = month == number
        left = 1.0
        for day in np.unique(days[chosen & closed]):
            watched = int((chosen & (days >= day)).sum())
            left *= 1 - int((chosen & closed & (days == day)).sum()) / watched
            if left <= 0.5 + 1e-9:
                medians[str(first)] = float(day)
                break
    return medians


def _working_days_to_close(made: Made) -> dict[str, int]:
    """Working days from complaint to closing, added up by month of closing; none on the first."""
    state, found = made.state, made.complaints
    closed = found.closed < state.days
    first = np.datetime64(state.first_day, "D")
    begins, ends = (first + days[closed] + 1 for days in (found.logged, found.closed))
    worked = np.busday_count(begins, ends, holidays=_bank_holidays())
    month = state.month_of(found.closed[closed])
    return {
        str(day): int(worked[month == number].sum())
        for number, day in enumerate(state.months().to_list())
        if (month == number).any()
    }


def _bank_holidays() -> npt.NDArray[np.datetime64]:
    """Those of England and Wales, as the models know them."""
    days = pl.read_csv(paths.ROOT / "data" / "seeds" / "bank_holidays.csv", try_parse_dates=True)
    return days.filter("is_in_england_and_wales")["bank_holiday_date"].to_numpy()


def holds(made: Made) -> dict[str, Any]:
    """Requests whose footage was there to be held when they came, and those held in time."""
    asked, state = made.requests, made.state
    kept = made.recordings.triggered[asked.recording] // SECONDS_A_DAY
    by_rule = (kept + state.parameters.care.retention_days + 1) * SECONDS_A_DAY
    gone = np.where(named(state, asked), made.care.deleted[asked.recording], by_rule)
    there = asked.counted & (gone >= asked.received * SECONDS_A_DAY)
    return {
        "requests_with_footage_to_hold": int(there.sum()),
        "held_in_time": int((there & (asked.held < np.minimum(gone, NEVER))).sum()),
        "open_at_end_by_kind": by_name(KINDS, asked.kind, asked.closed >= state.days),
    }


def within_window(made: Made) -> dict[str, Any]:
    """Hearings and pleas since data_from: some cases began before the data do."""
    cases, days = made.cases, made.state.days
    heard, pleaded = _inside(cases.heard, days), _inside(cases.pleaded, days)
    guilty, ended = pleaded & (cases.stage < NONE), cases.ended < days
    early = cases.stage == FIRST_HEARING
    return {
        "first_hearings_in_window": int(heard.sum()),
        "guilty_pleas_in_window": int(guilty.sum()),
        "guilty_pleas_in_window_by_stage": by_name(STAGES, cases.stage, guilty),
        "early_pleas_in_window": int((heard & early).sum()),
        "completed_with_camera_evidence": int((ended & cases.used).sum()),
        "early_pleas_of_completed_with_camera_evidence": int((ended & early & cases.used).sum()),
        "completed_domestic_abuse": int((ended & cases.abuse).sum()),
        "early_pleas_of_completed_domestic_abuse": int((ended & early & cases.abuse).sum()),
    }


def injuries(made: Made) -> dict[str, int]:
    """Assaults without injury, before and since assault with injury became an offence."""
    _, day, injured = made.assaults
    since = day >= made.state.day_of(INJURY_FROM)
    return {
        "assaults_without_injury_before_april_2017": int((~since & ~injured).sum()),
        "assaults_without_injury_since_april_2017": int((since & ~injured).sum()),
    }


def _inside(day: Integers, days: int) -> Truths:
    inside: Truths = (day >= 0) & (day < days)
    return inside
