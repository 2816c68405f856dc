"""Synthetic payments: invoices by scope over the programme, each shared by its funders."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import Integers, World, chosen, numbered

PENCE = 100
INVOICES = 12


@dataclass(frozen=True)
class Payments:
    """One entry per payment in order of its day; amounts in pence."""

    day: Integers
    scope: Integers
    funder: Integers
    pence: Integers


def make_payments(world: World, rollout: Rollout) -> Payments:
    """Invoices that add up to the budget and its overrun, to the penny, split by percentages."""
    draw = world.random("spend")
    knobs = world.knobs.money
    total = round(world.budget_pence * (1 + knobs.overrun))
    shares = np.array(list(knobs.scopes.values()))
    scope = np.tile(np.arange(shares.size), INVOICES)
    weight = np.tile(shares / shares.sum() / INVOICES, INVOICES)
    weight *= draw.uniform(0.6, 1.4, weight.size)
    pence = np.floor(total * weight / weight.sum()).astype(np.int64)
    pence[0] += total - pence.sum()
    first = int(rollout.planned_day.min())
    day = np.sort(draw.integers(max(first - 120, 0), world.days, pence.size))
    percents = np.array([round(share) for share in world.funders.values()])
    parts = pence[:, None] * percents // percents.sum()
    parts[:, 0] += pence - parts.sum(axis=1)
    return Payments(
        day=np.repeat(day, percents.size),
        scope=np.repeat(scope, percents.size),
        funder=np.tile(np.arange(percents.size), pence.size),
        pence=parts.ravel(),
    )


def payment_rows(world: World, payments: Payments) -> pl.DataFrame:
    """The ledger of payments."""
    money = world.knobs.money
    pounds = pl.Series(payments.pence // PENCE).cast(pl.String)
    rest = pl.Series(payments.pence % PENCE).cast(pl.String).str.zfill(2)
    return pl.DataFrame(
        {
            "payment_id": numbered("P", np.arange(1, payments.day.size + 1), 6),
            "paid_date": world.dates(payments.day),
            "amount_gbp": pounds + "." + rest,
            "spend_scope": chosen(tuple(money.scopes), payments.scope),
            "funder": chosen(tuple(world.funders), payments.funder),
        }
    )
