"""Cameras whose clock was set wrong, and what of theirs could show it."""

from typing import Any

import numpy as np

from orchestration.synthetic_data.devices import serials
from orchestration.synthetic_data.faults import Faults
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.state import SECONDS_A_DAY


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
