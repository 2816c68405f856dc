"""Which recordings show an encounter, found by comparing every encounter with every recording."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tests.metrics.slow_rows import NEVER, Programme, Row

ZERO = timedelta(0)
BY_DATA = {
    "no officer known",
    "footage of its camera credited to somebody else",
    "no camera issued",
    "officer not on shift",
    "recording of that day without a time",
}


@dataclass(frozen=True)
class Link:
    """A recording of an encounter; its times are compared only where they can be."""

    stop: Row
    recording: Row
    is_timed: bool

    @property
    def method(self) -> str:
        """How the recording was found."""
        if self.recording["incident_reference"] == self.stop["encounter_id"]:
            return "reference"
        return "interval" if distance(self.stop, self.recording) == ZERO else "interval_tolerance"

    def confidence(self, known: set[str]) -> float:
        """How sure the link is, given the encounters on file."""
        if self.method == "reference":
            return 1.0 if self.is_timed else 0.7
        if self.method == "interval_tolerance":
            return 0.5
        return 0.6 if self.recording["incident_reference"] in known else 0.9

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
    """Time between an encounter and a recording, zero where they overlap."""
    after = recording["recorded_from"] - stop["ended_at"]
    return max(ZERO, after, stop["started_at"] - recording["recorded_to"])  # type: ignore[no-any-return]


def attendees(programme: Programme) -> dict[str, set[str]]:
    """Officers at each encounter."""
    found: dict[str, set[str]] = {}
    for row in programme.rows("encounter_officers"):
        found.setdefault(row["encounter_id"], set()).add(row["officer_number"])
    return found


def links(programme: Programme, stops: list[Row], width: float = 1) -> dict[str, list[Link]]:
    """Recordings of each encounter: stated, overlapping, or the nearest within the tolerance.

    The tolerance is taken `width` times.
    """
    tolerance = width * timedelta(seconds=programme.said["match_tolerance_seconds"])
    who, known = attendees(programme), {stop["encounter_id"] for stop in stops}
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
                near[number] == ZERO or (stated not in known and near[number] == min(near.values()))
            ):
                found[number].append(Link(stop, recording, is_timed=True))
    return found


def why_none(programme: Programme, stop: Row) -> tuple[str, bool]:
    """Why an encounter has no recording, and whether the data explain it."""
    officers = attendees(programme).get(stop["encounter_id"], set())
    reason = reason_of(programme, officers, stop["started_at"].date(), stop)
    return reason, reason in BY_DATA


def cameras_of(programme: Programme, officers: set[str], day: date) -> set[str]:
    """Cameras that were out to any of these officers on a day."""
    return {
        row["device_serial"]
        for row in programme.rows("devices")
        if row["issued_to"] in officers
        and row["issued_date"] <= day <= (row["returned_date"] or NEVER)
    }


def reason_of(programme: Programme, officers: set[str], day: date | None, stop: Row | None) -> str:
    """Why these officers filmed nothing; `stop` has the times of what happened, if known."""
    if day is None:
        return "day not known"
    if not officers:
        return "no officer known"
    tolerance = timedelta(seconds=programme.said["match_tolerance_seconds"])
    cameras = cameras_of(programme, officers, day)
    that_day = [r for r in programme.rows("recordings") if r["recorded_from"].date() == day]
    own = [has_time(row) for row in that_day if row["officer_number"] in officers]
    at_odds = [
        ("footage of its camera credited to somebody else", stop is not None and any(
            row["camera_id"] in cameras and has_time(row) and distance(stop, row) <= tolerance
            for row in that_day
        )),
        ("no camera issued", not cameras),
        ("time of day not known", stop is None and any(own)),
        ("recording of that day without a time", not all(own)),
        ("recordings elsewhere in time", bool(own)),
        ("officer not on shift", stop is not None
            and not _is_on_shift(programme, officers, stop, tolerance)),
    ]  # fmt: skip
    return next((why for why, is_so in at_odds if is_so), "no recording that day")


def _is_on_shift(programme: Programme, officers: set[str], stop: Row, tolerance: timedelta) -> bool:
    return any(
        shift["officer_number"] in officers
        and shift["starts_at"] <= stop["ended_at"] + tolerance
        and shift["ends_at"] >= stop["started_at"] - tolerance
        for shift in programme.rows("shifts")
    )
