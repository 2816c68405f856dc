"""Which recordings show an encounter, found by comparing every encounter with every recording."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tests.metrics.slow_rows import NEVER, Programme, Row

ZERO = timedelta(0)
BY_DATA = {
    "no officer known",
    "footage of its camera credited to somebody else",
    "no camera issued",
    "recording of that day without a time",
}


@dataclass(frozen=True)
class Link:
    """A recording of an encounter; its times are compared only where they can be."""

    stop: Row
    recording: Row
    is_timed: bool

    @property
    def filmed_from(self) -> datetime:
        """When the camera was switched on, or where footage ends if that is sooner."""
        recording = self.recording
        return min(recording["triggered_from"], recording["recorded_to"])  # type: ignore[no-any-return]

    @property
    def filmed_to(self) -> datetime:
        """When footage ends."""
        return self.recording["recorded_to"]  # type: ignore[no-any-return]

    @property
    def late(self) -> float:
        """Seconds of the encounter before filming."""
        return float(max(0, (self.filmed_from - self.stop["started_at"]).total_seconds()))

    @property
    def early(self) -> float:
        """Seconds of the encounter after filming."""
        return float(max(0, (self.stop["ended_at"] - self.filmed_to).total_seconds()))


def has_time(recording: Row) -> bool:
    """Whether a recording says more than its day."""
    return bool(recording["recorded_from"].time() != time())


def distance(stop: Row, recording: Row) -> timedelta:
    """Time between an encounter and a recording, nought where they overlap."""
    after = recording["recorded_from"] - stop["ended_at"]
    return max(ZERO, after, stop["started_at"] - recording["recorded_to"])  # type: ignore[no-any-return]


def attendees(programme: Programme) -> dict[str, set[str]]:
    """Officers at each encounter."""
    found: dict[str, set[str]] = {}
    for row in programme.rows("encounter_officers"):
        found.setdefault(row["encounter_id"], set()).add(row["officer_number"])
    return found


def links(programme: Programme, stops: list[Row]) -> dict[str, list[Link]]:
    """Recordings of each encounter: stated, overlapping, or the nearest within the tolerance."""
    tolerance = timedelta(seconds=programme.said["match_tolerance_seconds"])
    who = attendees(programme)
    found: dict[str, list[Link]] = {stop["encounter_id"]: [] for stop in stops}
    for recording in programme.rows("recordings"):
        stated = recording["incident_reference"]
        near = {
            stop["encounter_id"]: distance(stop, recording)
            for stop in stops
            if has_time(recording)
            and recording["officer_number"] in who.get(stop["encounter_id"], set())
            and stop["encounter_id"] != stated
            and distance(stop, recording) <= tolerance
        }
        for stop in stops:
            number = stop["encounter_id"]
            if number == stated:
                is_timed = has_time(recording) and distance(stop, recording) <= tolerance
                found[number].append(Link(stop, recording, is_timed))
            elif number in near and (
                near[number] == ZERO or (stated is None and near[number] == min(near.values()))
            ):
                found[number].append(Link(stop, recording, is_timed=True))
    return found


def why_none(programme: Programme, stop: Row) -> tuple[str, bool]:
    """Why an encounter has no recording, and whether the data explain it."""
    reason = _reason(programme, stop)
    return reason, reason in BY_DATA


def _reason(programme: Programme, stop: Row) -> str:
    officers = attendees(programme).get(stop["encounter_id"], set())
    day = stop["started_at"].date()
    tolerance = timedelta(seconds=programme.said["match_tolerance_seconds"])
    cameras = {
        row["device_serial"]
        for row in programme.rows("devices")
        if row["issued_to"] in officers
        and row["issued_date"] <= day <= (row["returned_date"] or NEVER)
    }
    that_day = [r for r in programme.rows("recordings") if r["recorded_from"].date() == day]
    own = [row for row in that_day if row["officer_number"] in officers]
    if not officers:
        return "no officer known"
    if any(
        row["camera_id"] in cameras and has_time(row) and distance(stop, row) <= tolerance
        for row in that_day
    ):
        return "footage of its camera credited to somebody else"
    if not cameras:
        return "no camera issued"
    if any(not has_time(row) for row in own):
        return "recording of that day without a time"
    return "recordings elsewhere in time" if own else "no recording that day"
