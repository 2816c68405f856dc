"""What was delivered: devices by area and phase, the order of phases, and the spend."""

from typing import Any

import numpy as np

from orchestration.synthetic_data.devices import ACTIVE, STATUSES
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.rollout import ROLES
from orchestration.synthetic_data.spend import PENCE
from orchestration.synthetic_data.state import Integers, Truths


def by_name(
    names: tuple[str, ...], numbers: Integers, chosen: Truths | None = None
) -> dict[str, int]:
    """How many of each name, in the order of the names."""
    counted = numbers if chosen is None else numbers[chosen]
    return dict(zip(names, np.bincount(counted, minlength=len(names)).tolist(), strict=True))


def delivery(made: Made) -> dict[str, Any]:
    """Issues of devices by the end of the data, and the plan they meet or miss."""
    devices, state, rollout = made.devices, made.state, made.rollout
    given = devices.issued < state.days
    phase = rollout.phase[devices.line]
    active = given & (devices.returned >= state.days) & (devices.status == ACTIVE)
    phases = [
        _phase(made, number, given & (phase == number)) for number in np.unique(rollout.phase)
    ]
    firsts = [each["first_issued"] for each in phases if each["first_issued"]]
    return {
        "issues": int(given.sum()),
        "active_at_end": int(active.sum()),
        "issues_by_status": by_name(STATUSES, devices.status, given),
        "issues_by_area": by_name(state.area_ids, devices.area, given),
        "issues_by_role": by_name(ROLES, devices.role, given),
        "phases": phases,
        "phase_order_kept": firsts == sorted(firsts),
        "cameras_from": dict(
            zip(
                state.area_ids,
                map(str, state.dates(rollout.camera_days).to_list()),
                strict=True,
            )
        ),
    }


def _phase(made: Made, number: int, issued: Truths) -> dict[str, Any]:
    rollout, state = made.rollout, made.state
    lines = rollout.phase == number
    days = made.devices.issued[issued]
    ends = state.dates(np.array([days.min(), days.max()])).to_list() if days.size else [None, None]
    return {
        "phase": int(number),
        "planned_first": str(state.dates(rollout.planned_day[lines]).min()),
        "planned_devices": int(rollout.planned_devices[lines].sum()),
        "issues": int(issued.sum()),
        "first_issued": str(ends[0]) if ends[0] else None,
        "last_issued": str(ends[1]) if ends[1] else None,
    }


def spend(made: Made) -> dict[str, Any]:
    """Pounds as text with two decimals, so that no float rounds them."""
    payments, parameters = made.payments, made.state.parameters.spend
    spent = int(payments.pence.sum())
    budget = made.state.budget_pence
    return {
        "budget_gbp": _pounds(budget),
        "spent_gbp": _pounds(spent),
        "overrun_gbp": _pounds(spent - budget),
        "by_scope_gbp": _sums(tuple(parameters.scopes), payments.scope, payments.pence),
        "by_funder_gbp": _sums(tuple(made.state.funders), payments.funder, payments.pence),
    }


def _sums(names: tuple[str, ...], numbers: Integers, pence: Integers) -> dict[str, str]:
    return {name: _pounds(int(pence[numbers == number].sum())) for number, name in enumerate(names)}


def _pounds(pence: int) -> str:
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // PENCE}.{abs(pence) % PENCE:02d}"
