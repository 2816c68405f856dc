"""Complaints, requests, pleas, crimes and assaults, counted from the generator's arrays."""

from typing import Any

import numpy as np

from orchestration.synthetic_data.complaints import ALLEGATIONS, ANSWERS, OUTCOMES
from orchestration.synthetic_data.courts import FIRST_HEARING, NONE, STAGES, TRIAL_RESULTS
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.requests import KINDS, NEVER
from orchestration.synthetic_data.state import Integers
from orchestration.synthetic_data.truth_delivery import by_name
from orchestration.synthetic_data.truth_shares import holds, injuries, regimes, within_window


def answers(made: Made) -> dict[str, Any]:
    """Complaints as logged, and requests against their clocks."""
    state, found = made.state, made.complaints
    closed = found.closed < state.days
    return {
        "incidents_before_reporting": found.latent,
        "complaints": len(found),
        "complaints_recorded": int((found.recorded < state.days).sum()),
        "complaints_closed": int(closed.sum()),
        "complaints_by_outcome": by_name(tuple(OUTCOMES), found.outcome, closed),
        "days_to_close": int((found.closed - found.logged)[closed].sum()),
        "complaints_logged_by_area_and_month": _by_area_and_month(made, found.area, found.logged),
        "footage_available": by_name(ANSWERS, made.available),
        "allegations": made.allegations[0].size,
        "allegations_by_category": by_name(tuple(ALLEGATIONS), made.allegations[1]),
        **regimes(made),
        "requests": _requests(made),
    }


def _by_area_and_month(made: Made, area: Integers, day: Integers) -> dict[str, dict[str, int]]:
    """Counts by area and month, months without any included."""
    state = made.state
    months = [str(month) for month in state.months().to_list()]
    counts = np.zeros((len(state.areas), len(months)), dtype=np.int64)
    np.add.at(counts, (area, state.month_of(day)), 1)
    return {
        name: dict(zip(months, row, strict=True))
        for name, row in zip(state.area_ids, counts.tolist(), strict=True)
    }


def _requests(made: Made) -> dict[str, Any]:
    state, asked = made.state, made.requests
    closed = asked.counted & (asked.closed < state.days)
    due = asked.counted & (closed | (asked.due < state.days))
    on_time = closed & (asked.closed <= asked.due)
    deleted = made.care.deleted[asked.recording]
    held = asked.held < NEVER
    return {
        "by_kind": by_name(KINDS, asked.kind),
        "answered_or_due_by_kind": by_name(KINDS, asked.kind, due),
        "on_time_by_kind": by_name(KINDS, asked.kind, on_time),
        "late_by_kind": by_name(KINDS, asked.kind, due & ~on_time),
        "answered_late_by_kind": by_name(KINDS, asked.kind, closed & ~on_time),
        "holds": int(held.sum()),
        "hold_before_deletion": int((held & (asked.held <= deleted)).sum()),
        **holds(made),
    }


def outcomes(made: Made) -> dict[str, Any]:
    """Pleas by stage and what became of trials, crimes and assaults."""
    state, cases, crimes = made.state, made.cases, made.crimes
    heard, pleaded, ended = (day < state.days for day in (cases.heard, cases.pleaded, cases.ended))
    guilty = pleaded & (cases.stage < NONE)
    codes = tuple(str(code) for code in range(23))
    _, _, injured = made.assaults
    return {
        "cases": len(cases),
        "heard": int(heard.sum()),
        "pleas": int(pleaded.sum()),
        "guilty_pleas": int(guilty.sum()),
        "guilty_pleas_by_stage": by_name(STAGES, cases.stage, guilty),
        "early_pleas": int((guilty & (cases.stage == FIRST_HEARING)).sum()),
        "early_pleas_of_completed": int((guilty & ended & (cases.stage == FIRST_HEARING)).sum()),
        "guilty_pleas_of_completed": int((guilty & ended).sum()),
        **within_window(made),
        "completed": int(ended.sum()),
        "convicted": int((ended & cases.convicted).sum()),
        "trial_results": by_name(TRIAL_RESULTS, cases.trial, ended & (cases.trial >= 0)),
        "camera_evidence_used": int(cases.used.sum()),
        "domestic_abuse": int(cases.abuse.sum()),
        "crimes": len(crimes),
        "crimes_by_outcome_code": by_name(codes, crimes.outcome),
        "crimes_domestic_abuse": int(crimes.abuse.sum()),
        "assaults": injured.size,
        "assaults_with_injury": int(injured.sum()),
        **injuries(made),
    }
