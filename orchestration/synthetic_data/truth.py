"""truth.json: the settings, and the results according to the generator's own arrays."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.synthetic_data.devices import serials
from orchestration.synthetic_data.faults import Faults
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.state import SECONDS_A_DAY
from orchestration.synthetic_data.truth_answers import answers, outcomes
from orchestration.synthetic_data.truth_delivery import delivery, spend
from orchestration.synthetic_data.truth_footage import care, use
from orchestration.synthetic_data.truth_shares import exposure


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
