"""When cameras really came: the plan, its delays, and who is in which of its lines.

Payments are invoices by scope over the programme, each shared by its funders.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.programmes.record import PlannedPhase
from orchestration.synthetic_data.presets import Setting
from orchestration.synthetic_data.state import Floats, GeneratorState, Integers, chosen, numbered

ROLES = ("response", "neighbourhood", "taser", "firearms")
ROLE_SHARES = np.array([0.6, 0.25, 0.1, 0.05])
NOT_PLANNED = -1
# Lines of one phase start within a fortnight; a line's cameras are handed out within three weeks.
LINE_JITTER_DAYS, HAND_OUT_DAYS = 13, 21
BROUGHT_FORWARD_DAYS = 28


@dataclass(frozen=True)
class Rollout:
    """Lines of the plan by number, with the line of each area (rows) and role (columns)."""

    phase: Integers
    planned_day: Integers
    planned_devices: Integers
    actual_day: Integers
    line_of: Integers
    area_shares: Floats

    @property
    def camera_days(self) -> Integers:
        """The day on which response officers of each area began to wear cameras."""
        days: Integers = self.actual_day[self.line_of[:, 0]]
        return days


def make_rollout(state: GeneratorState, setting: Setting) -> Rollout:
    """The plan by area and role, with random delays.

    Raises ValueError when an area or a role is in no line of the plan.
    """
    plan = sorted(setting.programme.rollout_plan, key=lambda row: row.planned_order)
    phase = np.array([row.phase for row in plan])
    planned = np.array([state.day_of(row.planned_date) for row in plan])
    devices = np.array([row.planned_devices for row in plan])
    line_of = _lines(state, plan)
    return Rollout(
        phase=phase,
        planned_day=planned,
        planned_devices=devices,
        actual_day=_actual(state, phase, planned),
        line_of=line_of,
        area_shares=_area_shares(state, devices, line_of),
    )


def _lines(state: GeneratorState, plan: list[PlannedPhase]) -> Integers:
    line_of = np.full((len(state.areas), len(ROLES)), NOT_PLANNED)
    for number, row in enumerate(plan):
        area = np.array([row.area in {None, each} for each in state.area_ids])
        role = np.array([row.role in {None, each} for each in ROLES])
        line_of[np.outer(area, role) & (line_of == NOT_PLANNED)] = number
    if (line_of == NOT_PLANNED).any():
        raise ValueError("rollout_plan.csv leaves out an area or a role")
    return line_of


def _actual(state: GeneratorState, phase: Integers, planned: Integers) -> Integers:
    parameters = state.parameters.rollout
    rng = state.random("rollout")
    later = parameters.delay_days + parameters.delay_days_per_phase * (phase - phase.min())
    actual = planned + later + rng.integers(0, LINE_JITTER_DAYS + 1, phase.size)
    forward = phase == parameters.brought_forward_phase
    first = planned.min() - BROUGHT_FORWARD_DAYS
    days: Integers = np.where(forward, first + planned - planned[forward].min(initial=9**9), actual)
    return days


def _area_shares(state: GeneratorState, devices: Integers, line_of: Integers) -> Floats:
    """Share of all planned cameras that goes to each area; lines are split by headcount."""
    people = state.headcounts[:, None] * ROLE_SHARES
    of_line = np.zeros(devices.size)
    np.add.at(of_line, line_of, people)
    planned = (devices[line_of] * people / of_line[line_of]).sum(axis=1)
    shares: Floats = planned / planned.sum()
    return shares


PENCE = 100
INVOICES = 12


@dataclass(frozen=True)
class Payments:
    """One entry per payment in order of its day; amounts in pence."""

    day: Integers
    scope: Integers
    funder: Integers
    pence: Integers


def make_payments(state: GeneratorState, rollout: Rollout) -> Payments:
    """Invoices that add up to the budget and its overrun to the penny, split by percentages."""
    rng = state.random("spend")
    parameters = state.parameters.spend
    total = round(state.budget_pence * (1 + parameters.overrun))
    shares = np.array(list(parameters.scopes.values()))
    scope = np.tile(np.arange(shares.size), INVOICES)
    weight = np.tile(shares / shares.sum() / INVOICES, INVOICES)
    weight *= rng.uniform(0.6, 1.4, weight.size)
    pence = np.floor(total * weight / weight.sum()).astype(np.int64)
    pence[0] += total - pence.sum()
    first = int(rollout.planned_day.min())
    day = np.sort(rng.integers(max(first - 120, 0), state.days, pence.size))
    percents = np.array([round(share) for share in state.funders.values()])
    parts = pence[:, None] * percents // percents.sum()
    parts[:, 0] += pence - parts.sum(axis=1)
    return Payments(
        day=np.repeat(day, percents.size),
        scope=np.repeat(scope, percents.size),
        funder=np.tile(np.arange(percents.size), pence.size),
        pence=parts.ravel(),
    )


def payment_rows(state: GeneratorState, payments: Payments) -> pl.DataFrame:
    """The ledger of payments."""
    spend = state.parameters.spend
    pounds = pl.Series(payments.pence // PENCE).cast(pl.String)
    rest = pl.Series(payments.pence % PENCE).cast(pl.String).str.zfill(2)
    return pl.DataFrame(
        {
            "payment_id": numbered("P", np.arange(1, payments.day.size + 1), 6),
            "paid_date": state.dates(payments.day),
            "amount_gbp": pounds + "." + rest,
            "spend_scope": chosen(tuple(spend.scopes), payments.scope),
            "funder": chosen(tuple(state.funders), payments.funder),
        }
    )
