"""The faults of real exports, planted on request and counted: something for checks to find."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from orchestration.synthetic_data.care import NEVER
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.recordings import CATEGORIES
from orchestration.synthetic_data.state import SECONDS_A_DAY, Integers, Truths

# Faults of single rows with the share of recordings each takes; no recording has two.
ROW_FAULTS = {
    "dock_owner": 0.03, "stale_ids": 0.006, "midnight": 0.01, "late_upload": 0.02,
    "duplicates": 0.001, "corrections": 0.005, "bad_rows": 0.002,
}  # fmt: skip
CLOCK_DRIFT, UNCLOSED_QUOTE = "clock_drift", "unclosed_quote"
FAULTS = (*ROW_FAULTS, CLOCK_DRIFT, UNCLOSED_QUOTE)
SOUND = -1
# In the file with a quote that nothing closes: how many of its last sound rows it swallows.
UNREAD, QUOTED_ROWS = len(ROW_FAULTS), 200
DAY = SECONDS_A_DAY
DRIFTING_DEVICES, DRIFT_SECONDS = 0.02, (180, 900)
LATE_DAYS = (5, 40)
# What bad rows become, in equal parts: the first two are rejected, the others flagged.
BAD = ("impossible_date", "negative_length", "zero_length", "no_officer")
LOST_BAD = 2


@dataclass(frozen=True)
class Faults:
    """Of each recording: the number of its fault or SOUND, and the seconds its clock is wrong."""

    names: tuple[str, ...]
    of_row: Integers
    drift: Integers
    counts: dict[str, int] = field(default_factory=dict)

    def turned_away(self) -> Truths:
        """Recordings that no check accepts: two kinds of bad rows, and the row with the quote."""
        bad = self.of_row == _number("bad_rows")
        away: Truths = bad & (np.arange(bad.size) % len(BAD) < LOST_BAD)
        away[np.flatnonzero(self.of_row == UNREAD)[:1]] = True
        return away

    def timed(self) -> Truths:
        """Recordings that have kept their time of day."""
        kept: Truths = self.of_row != _number("midnight")
        return kept


def plan_faults(made: Made, names: list[str]) -> Faults:
    """Choose at random which recordings get which fault.

    Raises ValueError naming the faults there are when one is not known.
    """
    if unknown := sorted(set(names) - set(FAULTS)):
        raise ValueError(f"no such fault: {', '.join(unknown)}; there are: {', '.join(FAULTS)}")
    rng = made.state.random("faults")
    at = rng.random(len(made.recordings))
    of_row = np.searchsorted(np.cumsum(list(ROW_FAULTS.values())), at, side="right")
    possible = np.zeros((len(ROW_FAULTS) + 1, at.size), dtype=bool)
    for number, name in enumerate(ROW_FAULTS):
        possible[number] = name in names
    possible[_number("late_upload")] &= made.care.uploaded < made.state.end - LATE_DAYS[1] * DAY
    tagged = made.care.tagged < NEVER
    possible[_number("corrections")] &= tagged & (made.labels.category != CATEGORIES.index("other"))
    of_row = np.where(possible[of_row, np.arange(at.size)], of_row, SOUND)
    device = made.devices.of(made.recordings.officer, made.recordings.triggered // DAY)
    drift = _drift(made, rng, device, of_row) if CLOCK_DRIFT in names else np.zeros_like(of_row)
    if UNCLOSED_QUOTE in names:
        of_row[np.flatnonzero((of_row == SOUND) & (drift == 0))[-QUOTED_ROWS:]] = UNREAD
    return Faults(tuple(names), of_row, drift, _counts(names, of_row, drift, device))


def _number(name: str) -> int:
    return list(ROW_FAULTS).index(name)


def _drift(made: Made, rng: np.random.Generator, device: Integers, of_row: Integers) -> Integers:
    """Seconds by which the clock of a recording's camera is wrong; not near the window's ends."""
    used = np.unique(device)
    wrong = rng.permutation(used)[: max(1, round(DRIFTING_DEVICES * used.size))]
    by_device = np.zeros(len(made.devices), dtype=np.int64)
    by_device[wrong] = rng.integers(*DRIFT_SECONDS, wrong.size)
    by_device[wrong] *= rng.choice([-1, 1], wrong.size)
    inside = made.recordings.begins > DAY
    inside &= made.recordings.stopped < made.state.end - DAY
    seconds: Integers = np.where(inside & (of_row == SOUND), by_device[device], 0)
    return seconds


def _counts(
    names: list[str], of_row: Integers, drift: Integers, device: Integers
) -> dict[str, int]:
    """Planted faults by name; of an unclosed quote also the rows of its file."""
    counts = {name: int((of_row == _number(name)).sum()) for name in ROW_FAULTS if name in names}
    if CLOCK_DRIFT in names:
        counts[CLOCK_DRIFT] = int((drift != 0).sum())
        counts["clock_drift_devices"] = int(np.unique(device[drift != 0]).size)
    if UNCLOSED_QUOTE in names:
        counts |= {UNCLOSED_QUOTE: 1, "unclosed_quote_rows": int((of_row == UNREAD).sum())}
    if "bad_rows" in names:
        bad = np.flatnonzero(of_row == _number("bad_rows")) % len(BAD)
        counts |= {f"bad_rows_{name}": int((bad == n).sum()) for n, name in enumerate(BAD)}
    return counts


def spoil(
    made: Made, faults: Faults, rows: pl.DataFrame, part: slice, moments: str
) -> pl.DataFrame:
    """The rows with their faults, repeats at the end; `moments` is how the file writes times."""
    if not faults.names:
        return rows
    wrong = _wrong(made, faults, rows, part).filter(pl.col("fault") != UNREAD)
    return _bad(_repeated(wrong), moments).drop("fault", "bad")


def unread(faults: Faults, rows: pl.DataFrame, part: slice) -> pl.DataFrame:
    """The rows after a quote that nothing closes."""
    return rows.filter(pl.Series(faults.of_row[part] == UNREAD))


def corrected(faults: Faults, rows: pl.DataFrame, part: slice) -> pl.DataFrame:
    """The rows, as they should be, that a later file corrects."""
    return rows.filter(pl.Series(faults.of_row[part] == _number("corrections")))


def _wrong(made: Made, faults: Faults, rows: pl.DataFrame, part: slice) -> pl.DataFrame:
    """Rows credited to a colleague or an old number, or with wrong times or categories."""
    fault = pl.col("fault")
    drift = pl.duration(seconds=pl.col("drift"))
    late = pl.duration(days=pl.col("late"))
    midnight = fault == _number("midnight")
    times = ("recorded_from", "triggered_from", "recorded_to", "triggered_to")
    marked = rows.with_columns(
        fault=pl.Series(faults.of_row[part]),
        bad=pl.Series(np.arange(len(made.recordings))[part] % len(BAD)),
        drift=pl.Series(faults.drift[part]),
        late=pl.Series(made.state.random("late").integers(*LATE_DAYS, faults.drift.size)[part]),
        colleague=made.officers.number.gather(_colleague(made, part)),
    ).with_columns(pl.col(times) + drift)
    wrong = marked.with_columns(
        pl.when(midnight).then(pl.col(times[:2]).dt.truncate("1d")).otherwise(pl.col(times[:2])),
        staff_id=pl.when(fault == _number("dock_owner"))
        .then("colleague")
        .when(fault == _number("stale_ids"))
        .then("OLD" + pl.col("staff_id").str.slice(3))
        .otherwise("staff_id"),
        uploaded_at=pl.when(fault == _number("late_upload"))
        .then(pl.col("uploaded_at") + late)
        .otherwise("uploaded_at"),
        recording_category=pl.when(fault == _number("corrections"))
        .then(pl.lit("other"))
        .otherwise("recording_category"),
    )
    return wrong.drop("drift", "late", "colleague")


def _colleague(made: Made, part: slice) -> Integers:
    """Another officer of the same area, whose dock was used."""
    officer, area = made.recordings.officer[part], made.officers.area
    following = np.minimum(officer + 1, area.size - 1)
    same: Truths = (area[following] == area[officer]) & (following > officer)
    return np.where(same, following, officer - 1)


def _repeated(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows, rows.filter(pl.col("fault") == _number("duplicates"))])


def _bad(rows: pl.DataFrame, moments: str) -> pl.DataFrame:
    """Rows that are impossible, or that leave something out."""
    bad = pl.when(pl.col("fault") == _number("bad_rows")).then("bad").otherwise(-1)
    date, negative, zero, nobody = (bad == number for number in range(len(BAD)))
    if not rows.select((bad >= 0).any()).item():
        return rows
    return rows.with_columns(
        recorded_from=pl.when(date)
        .then(pl.lit(_impossible(moments)))
        .otherwise(pl.col("recorded_from").dt.to_string(moments)),
        duration_seconds=pl.when(negative)
        .then(-60)
        .when(zero)
        .then(0)
        .otherwise("duration_seconds"),
        staff_id=pl.when(~nobody).then("staff_id"),
    )


def _impossible(moments: str) -> str:
    """The thirtieth of February, as the file writes times."""
    values = {"%Y": "2018", "%m": "02", "%d": "30", "%H": "12", "%M": "00", "%S": "00"}
    for code, value in values.items():
        moments = moments.replace(code, value)
    return moments
