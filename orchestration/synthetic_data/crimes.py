"""Synthetic recorded crimes and their outcomes; every case charged in the window is one of them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.synthetic_data.courts import OFFENCES, SUPPORTS, SUPPORTS_ABUSE, Cases, case_ids
from orchestration.synthetic_data.state import (
    GeneratorState,
    Integers,
    Truths,
    chosen,
    numbered,
    sampled,
)

# Outcome 22 exists from this day on.
DIVERSION = date(2019, 4, 1)
CHARGED, NOT_ASSIGNED, RESOLVED, DIVERTED = 1, 0, 8, 22
# The victim does not support the case, with a suspect unknown or known; the victim does.
UNSUPPORTED, SUPPORTED = (14, 16), 15
OUTCOMES = {
    "18": 0.42, "14": 0.12, "15": 0.15, "16": 0.14, "8": 0.05, "3": 0.03, "2": 0.01, "10": 0.02,
    "20": 0.02, "21": 0.02, "22": 0.02,
}  # fmt: skip
ABUSE = 0.11
FILMED_UNCHARGED = 0.03
LAG_MEDIAN, LAG_SPREAD = 25, 1.1


@dataclass(frozen=True)
class Crimes:
    """One entry per crime in order of recording; days from the first day."""

    area: Integers
    recorded: Integers
    group: Integers
    abuse: Truths
    outcome: Integers
    decided: Integers
    supports: Truths
    used: Truths
    case: Integers

    def __len__(self) -> int:
        """How many crimes there are."""
        return self.area.size


def make_crimes(state: GeneratorState, cases: Cases) -> Crimes:
    """Crimes that ended in a charge, and many more that did not."""
    case = np.flatnonzero((cases.offence >= 0) & (cases.offence < state.days))
    area, recorded = _uncharged(state)
    rng = state.random("crime details")
    count = area.size
    abuse = rng.random(count) < ABUSE
    lag = rng.lognormal(np.log(LAG_MEDIAN), LAG_SPREAD, count).astype(np.int64)
    decided = recorded + lag
    code = np.array([int(name) for name in OUTCOMES])[sampled(rng, OUTCOMES, count)]
    code = np.where((code == DIVERTED) & (decided < state.day_of(DIVERSION)), RESOLVED, code)
    supports = rng.random(count) < np.where(abuse, SUPPORTS_ABUSE, SUPPORTS)
    supports = (supports | (code == SUPPORTED)) & ~np.isin(code, UNSUPPORTED)
    parts = (
        (cases.area[case], area),
        (cases.offence[case], recorded),
        (cases.group[case], sampled(rng, OFFENCES, count)),
        (cases.abuse[case], abuse),
        (np.full(case.size, CHARGED), np.where(decided < state.days, code, NOT_ASSIGNED)),
        (cases.charged[case], decided),
        (cases.supports[case], supports),
        (cases.used[case], rng.random(count) < FILMED_UNCHARGED),
        (case, np.full(count, -1)),
    )
    whole = [np.concatenate(part) for part in parts]
    order = np.argsort(whole[1], kind="stable")
    return Crimes(*(values[order] for values in whole))


def _uncharged(state: GeneratorState) -> tuple[Integers, Integers]:
    """Area and day of recording of the crimes that nobody was charged with."""
    parameters = state.parameters.courts
    rate = parameters.charges_per_area_day * (1 - parameters.charge_share) / parameters.charge_share
    counts = state.random("crimes").poisson(rate, (state.days, len(state.areas)))
    recorded, area = np.nonzero(counts)
    repeats = counts[recorded, area]
    return np.repeat(area, repeats), np.repeat(recorded, repeats)


def crime_rows(state: GeneratorState, crimes: Crimes) -> pl.DataFrame:
    """One row per crime, as far as it has come by the end of the data."""
    known = crimes.decided < state.days
    return pl.DataFrame(
        {
            "crime_id": numbered("SC", np.arange(1, len(crimes) + 1), 8),
            "recorded_date": state.dates(crimes.recorded),
            "published_area": state.named(crimes.area),
            "charge_group": chosen(tuple(OFFENCES), crimes.group),
            "is_domestic_abuse": crimes.abuse,
            "outcome_code": pl.Series(crimes.outcome).cast(pl.String),
            "outcome_date": state.dates(crimes.decided, known),
            "victim_supports": crimes.supports,
            "camera_evidence_used": crimes.used,
            "case_id": case_ids(crimes.case),
        }
    )
