"""How cameras were used and how footage was cared for, counted from the generator's arrays."""

from typing import Any

import numpy as np

from orchestration.programmes.time_zones import offset_spans
from orchestration.synthetic_data.care import NEVER, REASONS, first_held
from orchestration.synthetic_data.encounters import FORCE, KINDS, STOP
from orchestration.synthetic_data.encounters import REASONS as OFF_REASONS
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.recordings import NO_ENCOUNTER
from orchestration.synthetic_data.state import SECONDS_A_DAY, Integers, Truths
from orchestration.synthetic_data.truth_delivery import by_name, duty

DAY = SECONDS_A_DAY


def use(made: Made) -> dict[str, Any]:
    """Encounters with and without footage, and how much of them it shows."""
    met, filmed = made.encounters, made.filmed
    on, off = _covered(made)
    late, early = np.maximum(on - met.begins, 0), np.maximum(met.ends - off, 0)
    outset = filmed & (late == 0)
    entire = outset & (early == 0)
    unfilmed = made.could_film & ~filmed
    cameras = np.bincount(made.recordings.encounter + 1, minlength=len(met) + 1)[1:]
    return {
        "encounters_by_kind": by_name(KINDS, met.kind),
        "equipped_by_kind": by_name(KINDS, met.kind, made.could_film),
        "filmed_by_kind": by_name(KINDS, met.kind, filmed),
        "from_outset_by_kind": by_name(KINDS, met.kind, outset),
        "entire_by_kind": by_name(KINDS, met.kind, entire),
        "late_start_seconds": int(late[filmed].sum()),
        "early_stop_seconds": int(early[filmed].sum()),
        "late_start_median_seconds": _quantile(late[late > 0], 0.5),
        "late_start_p90_seconds": _quantile(late[late > 0], 0.9),
        "early_stop_median_seconds": _quantile(early[early > 0], 0.5),
        "early_stop_p90_seconds": _quantile(early[early > 0], 0.9),
        "filmed_by_several_cameras": int((cameras > 1).sum()),
        "filmed_by_area": by_name(made.state.area_ids, met.area, filmed),
        "equipped_by_area": by_name(made.state.area_ids, met.area, made.could_film),
        "equipped_not_filmed": int(unfilmed.sum()),
        "equipped_not_filmed_with_reason": int((made.reason >= 0).sum()),
        "reasons": by_name(OFF_REASONS, made.reason, made.reason >= 0),
        "recordings_of_encounters": int((made.recordings.encounter != NO_ENCOUNTER).sum()),
        "recordings_with_encounter_reference": int((made.labels.encounter >= 0).sum()),
        "announced": int(made.labels.announced.sum()),
        "recorded_seconds": int(made.recordings.seconds.sum()),
        **_officers(made),
    }


def _quantile(seconds: Integers, share: float) -> float | None:
    """Seconds, to a tenth, within which a share of the encounters lie; none where none is."""
    return round(float(np.quantile(seconds, share)), 1) if seconds.size else None


def _officers(made: Made) -> dict[str, int]:
    """Officers who worked since their camera was issued, those who recorded nothing, and months."""
    officer = made.shifts.officer
    working = np.unique(officer[made.shifts.day >= made.officers.issued[officer]])
    silent = np.setdiff1d(working, made.recordings.officer)
    return {
        "officers_with_shifts_since_issue": working.size,
        "officers_without_recordings": silent.size,
        **duty(made),
    }


def _covered(made: Made) -> tuple[Integers, Integers]:
    """Earliest trigger and latest stop of each encounter's recordings."""
    footage, count = made.recordings, len(made.encounters)
    number = np.where(footage.encounter >= 0, footage.encounter, count)
    on, off = np.full(count + 1, NEVER), np.full(count + 1, -NEVER)
    np.minimum.at(on, number, footage.triggered)
    np.maximum.at(off, number, footage.stopped)
    empty = ~made.filmed
    return (
        np.where(empty, made.encounters.begins, on[:-1]),
        np.where(empty, made.encounters.ends, off[:-1]),
    )


def care(made: Made) -> dict[str, Any]:
    """Upload, tagging, review, retention and deletion."""
    footage, kept = made.recordings, made.care
    uploaded = kept.uploaded < NEVER
    delay = _elapsed(made, footage.stopped[uploaded], kept.uploaded[uploaded])
    low, high = (float(np.quantile(delay, share)) for share in (0.5, 0.95))
    return {
        "uploaded": int(uploaded.sum()),
        "upload_delay_seconds": int(delay.sum()),
        "upload_delay_median_seconds": low,
        "upload_delay_p95_seconds": high,
        "uploaded_after_24_hours": int((delay > DAY).sum()),
        **_untagged(made, 7),
        **_untagged(made, 31),
        "untagged_at_end": int((kept.tagged == NEVER).sum()),
        "evidential": int(kept.evidential.sum()),
        "evidence_in_a_case": int((made.case >= 0).sum()),
        "reviewed": int((kept.reviewed < NEVER).sum()),
        **_deletions(made),
        **_held_for_complaints(made),
    }


def _elapsed(made: Made, started: Integers, ended: Integers) -> Integers:
    """Seconds that passed from one local time to a later one, over any change of the clocks.

    Of a time that clocks showed twice the first is meant, unless the other end lies after it.
    """
    from_utc, _ = _utc(made, started)
    first, second = _utc(made, ended)
    passed: Integers = np.where(first < from_utc, second, first) - from_utc
    return passed


def _utc(made: Made, local: Integers) -> tuple[Integers, Integers]:
    """Seconds of UTC at local times: the first at which clocks showed each, and the last."""
    spans = offset_spans(made.setting.programme.time_zone)
    begins = np.array([span.local_from for span in spans], "datetime64[s]")
    moments = np.datetime64(made.state.first_day, "s") + local.astype("timedelta64[s]")
    at = np.searchsorted(begins, moments, side="right") - 1
    first, second = (
        np.array([int(offset.total_seconds()) for offset in offsets])
        for offsets in ([it.offset for it in spans], [it.later_offset for it in spans])
    )
    return local - first[at], local - second[at]


def _held_for_complaints(made: Made) -> dict[str, int]:
    """Complaints with footage on file by reference, and those for which it was still held."""
    last = np.full(len(made.encounters) + 1, -1)
    np.maximum.at(last, made.labels.encounter, made.care.deleted)
    last[-1] = -1
    until = last[made.complaints.encounter]
    held = until >= (made.complaints.logged + 1) * DAY
    return {
        "complaints_with_footage": int((until >= 0).sum()),
        "footage_held_when_logged": int(held.sum()),
    }


def _untagged(made: Made, days: int) -> dict[str, int]:
    begins = made.recordings.begins
    old = begins // DAY + days < made.state.days
    late = made.care.tagged > begins + days * DAY
    return {
        f"untagged_at_{days}_days": int((old & late).sum()),
        f"of_age_at_{days}_days": int(old.sum()),
    }


def _deletions(made: Made) -> dict[str, Any]:
    kept, kind = made.care, made.recordings.kind
    deleted = kept.deleted < NEVER
    day = kept.deleted // DAY
    due = ~kept.evidential & (kept.retain_until + 1 < made.state.days)
    longer = day > kept.retain_until + 1
    return {
        "deleted": int(deleted.sum()),
        "deleted_by_reason": by_name(REASONS, kept.reason, deleted),
        "due_for_deletion": int(due.sum()),
        "deleted_on_time": int((due & (day >= kept.retain_until) & ~longer).sum()),
        "kept_past_rule": int((due & longer).sum()),
        "deleted_while_evidential": int((deleted & kept.evidential).sum()),
        "deleted_after_hold": int((deleted & (kept.deleted > _held(made))).sum()),
        "deleted_of_stop": int((deleted & (kind == STOP)).sum()),
        "deleted_of_force": int((deleted & (kind == FORCE)).sum()),
        **_wrongly(made, deleted, day),
    }


def _wrongly(made: Made, deleted: Truths, day: Integers) -> dict[str, int]:
    """Deletions that should not have been, by what the recordings themselves refer to."""
    labels = made.labels
    early = deleted & (day < made.care.retain_until)
    logged = _first_logged(made, labels.encounter)
    kind = np.where(labels.encounter >= 0, made.recordings.kind, NO_ENCOUNTER)
    matter = np.isin(kind, (STOP, FORCE)) | (logged < NEVER) | (labels.case >= 0)
    complained, charged = deleted & (logged <= day), deleted & (_charged(made) <= day)
    return {
        "deleted_early": int(early.sum()),
        "deleted_after_complaint": int(complained.sum()),
        "deleted_after_charge": int(charged.sum()),
        "wrongly_deleted": int(((early & matter) | complained | charged).sum()),
    }


def _held(made: Made) -> Integers:
    return first_held(made.requests, len(made.recordings))


def _charged(made: Made) -> Integers:
    """Of each recording that refers to a case, the day of its charge, else NEVER."""
    case = made.labels.case
    return np.where(case >= 0, made.cases.charged[np.maximum(case, 0)], NEVER)


def _first_logged(made: Made, encounter: Integers) -> Integers:
    """Of each recording, the first day on which its encounter was complained of, else NEVER."""
    first = np.full(len(made.encounters) + 1, NEVER)
    about: Truths = made.complaints.encounter >= 0
    np.minimum.at(first, made.complaints.encounter[about], made.complaints.logged[about])
    first[-1] = NEVER
    days: Integers = first[encounter]
    return days
