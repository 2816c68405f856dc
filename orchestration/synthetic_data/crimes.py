"""Synthetic recorded crimes and their outcomes; every case charged in the window is one of them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.synthetic_data.courts import OFFENCES, SUPPORTS, SUPPORTS_ABUSE, Cases, case_ids
from orchestration.synthetic_data.state import Integers, Truths, World, chosen, drawn, numbered

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


def make_crimes(world: World, cases: Cases) -> Crimes:
    """Crimes that ended in a charge, and many more that did not."""
    case = np.flatnonzero((cases.offence >= 0) & (cases.offence < world.days))
    area, recorded = _uncharged(world)
    draw = world.random("crime details")
    count = area.size
    abuse = draw.random(count) < ABUSE
    lag = draw.lognormal(np.log(LAG_MEDIAN), LAG_SPREAD, count).astype(np.int64)
    decided = recorded + lag
    code = np.array([int(name) for name in OUTCOMES])[drawn(draw, OUTCOMES, count)]
    code = np.where((code == DIVERTED) & (decided < world.day_of(DIVERSION)), RESOLVED, code)
    supports = draw.random(count) < np.where(abuse, SUPPORTS_ABUSE, SUPPORTS)
    supports = (supports | (code == SUPPORTED)) & ~np.isin(code, UNSUPPORTED)
    parts = (
        (cases.area[case], area),
        (cases.offence[case], recorded),
        (cases.group[case], drawn(draw, OFFENCES, count)),
        (cases.abuse[case], abuse),
        (np.full(case.size, CHARGED), np.where(decided < world.days, code, NOT_ASSIGNED)),
        (cases.charged[case], decided),
        (cases.supports[case], supports),
        (cases.used[case], draw.random(count) < FILMED_UNCHARGED),
        (case, np.full(count, -1)),
    )
    whole = [np.concatenate(part) for part in parts]
    order = np.argsort(whole[1], kind="stable")
    return Crimes(*(values[order] for values in whole))


def _uncharged(world: World) -> tuple[Integers, Integers]:
    """Area and day of recording of the crimes that nobody was charged with."""
    knobs = world.knobs.courts
    rate = knobs.charges_per_area_day * (1 - knobs.charge_share) / knobs.charge_share
    counts = world.random("crimes").poisson(rate, (world.days, len(world.areas)))
    recorded, area = np.nonzero(counts)
    repeats = counts[recorded, area]
    return np.repeat(area, repeats), np.repeat(recorded, repeats)


def crime_rows(world: World, crimes: Crimes) -> pl.DataFrame:
    """One row per crime, as far as it has come by the end of the data."""
    known = crimes.decided < world.days
    return pl.DataFrame(
        {
            "crime_id": numbered("SC", np.arange(1, len(crimes) + 1), 8),
            "recorded_date": world.dates(crimes.recorded),
            "published_area": world.named(crimes.area),
            "charge_group": chosen(tuple(OFFENCES), crimes.group),
            "is_domestic_abuse": crimes.abuse,
            "outcome_code": pl.Series(crimes.outcome).cast(pl.String),
            "outcome_date": world.dates(crimes.decided, known),
            "victim_supports": crimes.supports,
            "camera_evidence_used": crimes.used,
            "case_id": case_ids(crimes.case),
        }
    )
