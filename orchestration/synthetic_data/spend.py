"""Synthetic payments: invoices by scope over the programme, each shared by its funders."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import GeneratorState, Integers, chosen, numbered

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
