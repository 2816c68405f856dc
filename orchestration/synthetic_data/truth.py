"""truth.json: the settings, and the results according to the generator's own arrays."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.synthetic_data.care import KINDS, NEVER
from orchestration.synthetic_data.complaints import ALLEGATIONS, ANSWERS, OUTCOMES
from orchestration.synthetic_data.courts import FIRST_HEARING, NONE, STAGES, TRIAL_RESULTS
from orchestration.synthetic_data.faults import Faults
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.officers import serials
from orchestration.synthetic_data.state import SECONDS_A_DAY, Integers
from orchestration.synthetic_data.truth_delivery import (
    by_name,
    delivery,
    exposure,
    holds,
    injuries,
    regimes,
    spend,
    within_window,
)
from orchestration.synthetic_data.truth_footage import care, use


def truth(made: Made, faults: Faults) -> dict[str, Any]:
    """Settings, rules and realised counts; with faults, counts are of the records before them."""
    programme, preset = made.setting.programme, made.setting.preset
    return {
        "preset": preset.preset,
        "programme": programme.programme,
        "is_synthetic": True,
        "seed": made.state.seed,
        "recordings": len(made.recordings),
        "data_from": str(programme.data_from),
        "data_to": str(programme.data_to),
        "parameters": preset.parameters.model_dump(mode="json"),
        "rules": RULES,
        "realised": {
            "rows": rows(made),
            "delivery": delivery(made),
            "spend": spend(made),
            "use": use(made),
            "care": care(made),
            "answers": answers(made),
            "outcomes": outcomes(made),
            "exposure": exposure(made),
        },
        "planted_faults": faults.counts,
        "planted_clocks": clocks(made, faults),
    }


def rows(made: Made) -> dict[str, int]:
    """Records by table, before any fault."""
    return {
        "officers": len(made.officers),
        "shifts": len(made.shifts),
        "devices": int((made.devices.issued < made.state.days).sum()),
        "encounters": len(made.encounters),
        "encounter_officers": made.encounters.attended.size,
        "recordings": len(made.recordings),
        "complaints": len(made.complaints),
        "allegations": made.allegations[0].size,
        "cases": len(made.cases),
        "crimes": len(made.crimes),
        "requests": len(made.requests),
        "spend": made.payments.day.size,
        "assaults": made.assaults[0].size,
    }


def write_truth(path: Path, made: Made, faults: Faults) -> None:
    """Write the truth as JSON, the same bytes for the same seed."""
    text = json.dumps(truth(made, faults), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def clocks(made: Made, faults: Faults) -> list[dict[str, Any]]:
    """One entry per camera, by serial number: seconds its clock is ahead, negative behind.

    `recordings` are those that are not turned away, `stating_an_encounter` those of them that have
    a time and refer to an encounter, whose start is on another clock.
    """
    footage = made.recordings
    device = made.devices.of(footage.officer, footage.triggered // SECONDS_A_DAY)
    read = ~faults.turned_away()
    shows = read & faults.timed() & (made.labels.encounter >= 0)
    drifts = faults.drift != 0
    wrong, first = np.unique(device[drifts], return_index=True)
    return [
        {
            "camera": serial,
            "seconds": int(seconds),
            "recordings": int((read & (device == number)).sum()),
            "stating_an_encounter": int((shows & (device == number)).sum()),
        }
        for serial, number, seconds in zip(
            serials(wrong), wrong, faults.drift[drifts][first], strict=True
        )
    ]


RULES = {
    "clock": "All times are local clock times as written in the files; differences are taken of "
    "them as they stand, but for upload_delay. The data end at midnight after data_to.",
    "encounters_equipped": "At least one attending officer had been issued a camera by the day on "
    "which the encounter began.",
    "encounters_filmed": "At least one recording of an attending officer overlaps the encounter.",
    "from_outset": "Some recording of the encounter was triggered (triggered_from, not "
    "recorded_from) no later than the encounter began. Late ones are 180 seconds late or more.",
    "entire": "Some recording was triggered no later than the encounter began and stopped no "
    "earlier than it ended. Gaps are of 180 seconds or more.",
    "late_start_seconds": "Earliest trigger less the encounter's beginning, summed where above 0.",
    "early_stop_seconds": "The encounter's end less the latest stop, summed where above 0. Medians "
    "and 90th percentiles of both are of those above 0, interpolated linearly.",
    "upload_delay": "Seconds that passed from recorded_to to uploaded_at, of uploaded recordings, "
    "an hour less than the clocks say over the night on which they go forward and an hour more "
    "over that on which they go back; quantiles are interpolated linearly between the two nearest.",
    "untagged": "No categorised_at, or one more than so many times 86,400 seconds after "
    "recorded_from, of recordings begun at least so many days before data_to.",
    "due_for_deletion": "With a retain_until_date, and the day after it is not after data_to.",
    "deleted_on_time": "Due, and deleted on retain_until_date or the day after.",
    "kept_past_rule": "Due, and not deleted by the end of the day after retain_until_date; held "
    "for a request or a complaint included.",
    "deleted_early": "Deleted before retain_until_date, or though evidential (which has none).",
    "wrongly_deleted": "Deleted early and, by a reference on file, of a stop, a use of force, a "
    "complaint or a case; or deleted on or after the day on which a complaint about its encounter "
    "was logged or a defendant of its case was charged, by reference as well.",
    "footage_held_when_logged": "Some recording that refers to the complaint's encounter is not "
    "deleted by the end of the day on which the complaint was logged.",
    "days_to_close_median_by_month": "By Kaplan and Meier, complaints still open counting up to "
    "data_to; months of which fewer than half are estimated to be closed are left out.",
    "working_days_to_close_by_month": "Days from the day after the complaint to the day of closing "
    "that are no weekend and no bank holiday of England and Wales, added up by month of closing.",
    "requests": "Withdrawn ones are left out but for by_kind. Answered or due: closed, or due_date "
    "is not after data_to. Late: of these, not closed by due_date. due_date leaves out bank "
    "holidays: for freedom of information those of any part of the United Kingdom.",
    "hold_before_deletion": "A hold was placed, and the recording was not deleted before it.",
    "held_in_time": "Of requests not withdrawn whose footage was there on the day of receipt, "
    "those with a hold before it went. It goes when the recording is deleted or, where the request "
    "names none, at the end of its last day to be kept.",
    "officer_months": "Officers count once in each month in which a shift of theirs began: on "
    "duty; equipped, where a shift began on or after the day of their first camera; without "
    "recordings, where they were equipped and none was made in any of those shifts.",
    "in_window": "Hearings and pleas on days from data_from to data_to; the other counts of cases "
    "include what came before data_from.",
    "early_pleas": "Guilty at the first hearing. Denominators: pleas of guilty; cases with a "
    "disposal; cases with a first hearing; all by the end of the data.",
    "phase_order_kept": "No phase issued its first device before the first device of an earlier "
    "phase.",
    "faults": "Realised counts are of the records before faults; planted_faults counts what was "
    "spoiled afterwards, and planted_clocks names the cameras whose clock is wrong.",
}


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
