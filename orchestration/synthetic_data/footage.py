"""The list of recordings as a video library exports it."""

import numpy as np
import polars as pl

from orchestration.synthetic_data.care import REASONS
from orchestration.synthetic_data.courts import case_ids
from orchestration.synthetic_data.devices import serials
from orchestration.synthetic_data.encounters import references
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.labels import CATEGORIES
from orchestration.synthetic_data.requests import NEVER, recording_ids
from orchestration.synthetic_data.state import (
    SECONDS_A_DAY,
    GeneratorState,
    Integers,
    chosen,
    numbered,
)

MEGABYTES_A_SECOND = 0.6


def recording_rows(made: Made, part: slice) -> pl.DataFrame:
    """A run of recordings with every column that any layout asks for."""
    state, footage, care = made.state, made.recordings, made.care
    officer, triggered = footage.officer[part], footage.triggered[part]
    number = np.arange(len(footage))[part]
    tagged = care.tagged[part]
    category = np.where(tagged < NEVER, made.labels.category[part], -1)
    return pl.DataFrame(
        {
            "recording_id": recording_ids(number),
            "camera_id": serials(made.devices.of(officer, triggered // SECONDS_A_DAY)),
            "staff_id": made.officers.number.gather(officer),
            "recorded_from": state.times(footage.begins[part]),
            "triggered_from": state.times(triggered),
            "recorded_to": state.times(footage.stopped[part]),
            "duration_seconds": footage.seconds[part],
            "uploaded_at": _moments(state, care.uploaded[part]),
            "recording_category": chosen(CATEGORIES, category),
            "is_evidential": care.evidential[part],
            "is_announced": made.labels.announced[part],
            "retain_until_date": _days(state, care.retain_until[part]),
            "triggered_to": state.times(footage.stopped[part]),
            "categorised_at": _moments(state, tagged),
            "reviewed_at": _moments(state, care.reviewed[part]),
            "deleted_at": _moments(state, care.deleted[part]),
            "deletion_reason": chosen(REASONS, care.reason[part]),
            "encounter_id": references(made.labels.encounter[part]),
            "case_id": case_ids(made.labels.case[part]),
        }
    )


def library_columns(made: Made, part: slice) -> pl.DataFrame:
    """What only a commercial library writes: titles, owners' names, size and status."""
    officer = made.recordings.officer[part]
    care = made.care
    status = np.where(care.deleted[part] < NEVER, 2, np.where(care.uploaded[part] < NEVER, 1, 0))
    return pl.DataFrame(
        {
            "recording_title": pl.repeat("Synthetic recording", officer.size, eager=True),
            "owner_last_name": numbered("Synthetic Officer ", officer, 5),
            "owner_first_name": pl.repeat("Synthetic", officer.size, eager=True),
            "size_mb": np.round(made.recordings.seconds[part] * MEGABYTES_A_SECOND, 1),
            "evidence_status": chosen(("Transferring", "Active", "Deleted"), status),
        }
    )


def _moments(state: GeneratorState, seconds: Integers) -> pl.Series:
    known = seconds < NEVER
    return state.times(np.where(known, seconds, 0), known)


def _days(state: GeneratorState, days: Integers) -> pl.Series:
    known = days < NEVER
    return state.dates(np.where(known, days, 0), known)
