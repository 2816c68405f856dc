"""What decides whether a staged roll-out is shown, and the tables that stand beside it."""

from math import log
from typing import Any

import numpy as np

from orchestration.evaluation.frame import Gate
from orchestration.evaluation.gates import point_may_be_shown, rollout_may_be_estimated
from orchestration.evaluation.rollout import leads
from orchestration.evaluation.rollout.beside import alternatives, checks
from orchestration.evaluation.rollout.few import gates_of_units
from orchestration.evaluation.rollout.imputation import Imputed
from orchestration.evaluation.rollout.keys import StagedKeys
from orchestration.evaluation.rollout.panel import Panel


def gates_of(panel: Panel, found: Imputed) -> tuple[Gate, ...]:
    """Whether the roll-out may be estimated, and whether and how it may carry an interval."""
    waves = [int(found.counted[panel.first == wave].any(0).sum()) for wave in panel.waves]
    shown = panel.counts[:, : int(np.flatnonzero(found.counted.any(0)).max()) + 1]
    return (
        rollout_may_be_estimated(
            units=len(panel.units),
            dates=len(panel.waves),
            months_before=panel.waves[0] * max(panel.calendar.step, 1)
            if panel.calendar.is_dated
            else panel.waves[0],
            # The last wave of a roll-out that reaches everyone has no comparison by design.
            shortest_wave=min([each for each in waves if each] or [0]),
            events_a_cell=float(shown.mean()),
        ),
        *gates_of_units(panel),
    )


def shown_beside(
    panel: Panel, keys: StagedKeys, found: Imputed, ahead: leads.Leads
) -> dict[str, Any]:
    """The event study, the waves, and the other methods and checks where they were asked for."""
    rows = [*ahead.rows(), *leads.after(panel, found)]
    told: dict[str, Any] = {
        "event_study": [
            {
                "event_period": each,
                "observed": seen,
                "expected": due,
                "log_ratio": log(seen / due),
                "units": units,
                "is_shown": point_may_be_shown(units, seen).passed,
            }
            for each, seen, due, units in rows
        ],
        "waves": [_wave(panel, found, wave) for wave in panel.waves],
    }
    if keys.alternatives:
        told["alternatives"] = [line.document() for line in alternatives(panel, keys)]
        told["checks"] = [line.document() for line in checks(panel, keys)]
    return told


def _wave(panel: Panel, found: Imputed, wave: int) -> dict[str, Any]:
    mine = found.counted & (panel.first == wave)[:, None]
    seen, due = float(found.observed[mine].sum()), float(found.expected[mine].sum())
    return {
        "first": str(panel.calendar.label(wave)),
        "units": int((panel.first == wave).sum()),
        "observed": seen,
        "expected": due,
        "log_ratio": log(seen / due) if seen and due else None,
    }
