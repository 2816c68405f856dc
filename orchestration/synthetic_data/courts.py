"""Synthetic criminal cases from offence to charge, plea, trial and disposal.

Every case that is charged in the window is one of the recorded crimes.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.synthetic_data.encounters import ARREST, Encounters, next_of_kind
from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import (
    SECONDS_A_DAY,
    GeneratorState,
    Integers,
    Truths,
    chosen,
    numbered,
    sampled,
)

WARM_UP_DAYS = 540
# The guideline on credit for pleas holds for first hearings from this day on.
GUIDELINE = date(2017, 6, 1)
OFFENCES = {
    "violence": 0.27, "theft": 0.2, "drugs": 0.12, "public_order": 0.13, "criminal_damage": 0.06,
    "motoring": 0.14, "other": 0.08,
}  # fmt: skip
FIRST_HEARING, BEFORE_TRIAL, DAY_OF_TRIAL, NONE = range(4)
STAGES = ("first_hearing", "before_trial", "day_of_trial")
COURTS = ("magistrates", "crown")
TRIAL_RESULTS = ("tried", "cracked_late_plea", "cracked_dropped", "ineffective")
TRIED, LATE_PLEA, DROPPED, INEFFECTIVE = range(4)
TO_CHARGE_MEDIAN, TO_CHARGE_SPREAD = 30, 0.9
TO_TRIAL_MEDIAN, TO_TRIAL_SPREAD = 170, 0.5
WITHOUT_TRIAL = {
    "tried": 0.8,
    "cracked_late_plea": 0.0,
    "cracked_dropped": 0.14,
    "ineffective": 0.06,
}
RELISTED_DAYS, SENTENCED_DAYS = 90, 21
SEARCHED_DAYS = 7
CROWN, FILMED_USED = 0.2, 0.85
SUPPORTS, SUPPORTS_ABUSE = 0.75, 0.5


@dataclass(frozen=True)
class Cases:
    """One entry per defendant and case, in order of charge; days from the first day."""

    area: Integers
    offence: Integers
    charged: Integers
    heard: Integers
    pleaded: Integers
    ended: Integers
    stage: Integers
    trial: Integers
    convicted: Truths
    group: Integers
    abuse: Truths
    supports: Truths
    encounter: Integers
    used: Truths

    def __len__(self) -> int:
        """How many cases there are."""
        return self.area.size


def make_cases(
    state: GeneratorState, rollout: Rollout, encounters: Encounters, filmed: Truths
) -> Cases:
    """Cases charged or ended in the window; `filmed` says of each encounter whether footage is."""
    rng = state.random("cases")
    area, charged = _charges(state, rng)
    count = area.size
    to_charge = rng.lognormal(np.log(TO_CHARGE_MEDIAN), TO_CHARGE_SPREAD, count)
    offence = charged - 1 - to_charge.astype(np.int64)
    encounter = next_of_kind(state, encounters, ARREST, area, offence, SEARCHED_DAYS)
    arrested = encounters.begins[np.maximum(encounter, 0)] // SECONDS_A_DAY
    encounter = np.where(arrested <= charged, encounter, -1)
    offence = np.where(encounter >= 0, arrested, offence)
    heard = charged + rng.integers(14, 43, count)
    stage = _stages(state, rollout, area, heard)
    pleaded, ended, trial = _endings(rng, heard, stage)
    abuse = rng.random(count) < state.parameters.courts.domestic_abuse
    used = (encounter >= 0) & filmed[np.maximum(encounter, 0)]
    found = Cases(
        area=area, offence=offence, charged=charged, heard=heard, pleaded=pleaded, ended=ended,
        stage=stage, trial=trial,
        convicted=(stage < NONE)
        | ((trial != DROPPED) & (rng.random(count) < state.parameters.courts.convicted_at_trial)),
        group=sampled(rng, OFFENCES, count),
        abuse=abuse,
        supports=rng.random(count) < np.where(abuse, SUPPORTS_ABUSE, SUPPORTS),
        encounter=encounter,
        used=used & (rng.random(count) < FILMED_USED),
    )  # fmt: skip
    return _kept(found, (ended >= 0) & (charged < state.days))


def _kept(cases: Cases, kept: Truths) -> Cases:
    order = np.flatnonzero(kept)
    order = order[np.argsort(cases.charged[order], kind="stable")]
    return Cases(**{name: values[order] for name, values in vars(cases).items()})


def _charges(state: GeneratorState, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Area and day of every charge."""
    shape = (WARM_UP_DAYS + state.days, len(state.areas))
    counts = rng.poisson(state.parameters.courts.charges_per_area_day, shape)
    position, area = np.nonzero(counts)
    repeats = counts[position, area]
    return np.repeat(area, repeats), np.repeat(position, repeats) - WARM_UP_DAYS


def _stages(state: GeneratorState, rollout: Rollout, area: Integers, heard: Integers) -> Integers:
    """Stage of the guilty plea by number; 3 where there was none."""
    parameters = state.parameters.courts
    early = np.full(area.size, parameters.pleas["first_hearing"])
    early += parameters.early_pleas_with_cameras * (heard >= rollout.camera_days[area])
    early += parameters.early_pleas_by_guideline * (heard >= state.day_of(GUIDELINE))
    later = early + parameters.pleas["before_trial"]
    last = later + parameters.pleas["day_of_trial"]
    at = state.random("pleas").random(area.size)
    stages: Integers = (at >= np.stack([early, later, last])).sum(axis=0)
    return stages


def _endings(
    rng: np.random.Generator, heard: Integers, stage: Integers
) -> tuple[Integers, Integers, Integers]:
    """Day of the plea, day of the disposal, and result of the trial, negative without one."""
    count = heard.size
    trial = heard + rng.lognormal(np.log(TO_TRIAL_MEDIAN), TO_TRIAL_SPREAD, count)
    pleaded = np.select(
        [stage == BEFORE_TRIAL, stage == DAY_OF_TRIAL],
        [heard + 1 + (trial - heard) * rng.uniform(0.2, 0.8, count), trial],
        heard,
    ).astype(np.int64)
    result = np.where(stage == NONE, sampled(rng, WITHOUT_TRIAL, count), -1)
    result = np.where(stage == DAY_OF_TRIAL, LATE_PLEA, result)
    fought = trial + RELISTED_DAYS * (result == INEFFECTIVE)
    ended = np.where(stage == NONE, fought, pleaded + SENTENCED_DAYS).astype(np.int64)
    return pleaded, ended, result


def case_rows(state: GeneratorState, cases: Cases) -> pl.DataFrame:
    """One row per defendant and case, as far as it has come by the end of the data."""
    rng = state.random("case rows")
    count = len(cases)
    heard, pleaded, ended = (day < state.days for day in (cases.heard, cases.pleaded, cases.ended))
    guilty = cases.stage < NONE
    plea = pl.Series(np.where(guilty, "guilty", "not_guilty"))
    outcome = pl.Series(np.where(cases.convicted, "convicted", "unsuccessful"))
    return pl.DataFrame(
        {
            "case_id": case_ids(np.arange(count)),
            "defendant_id": numbered("SYND", rng.integers(0, 2 * count + 1, count), 7),
            "published_area": state.named(cases.area),
            "charge_group": chosen(tuple(OFFENCES), cases.group),
            "is_domestic_abuse": cases.abuse,
            "charge_date": state.dates(cases.charged),
            "first_hearing_date": state.dates(cases.heard, heard),
            "plea_date": state.dates(cases.pleaded, pleaded),
            "plea": pl.select(pl.when(pl.Series(pleaded)).then(plea)).to_series(),
            "plea_stage": chosen(STAGES, np.where(pleaded & guilty, cases.stage, -1)),
            "disposal_date": state.dates(cases.ended, ended),
            "case_outcome": pl.select(pl.when(pl.Series(ended)).then(outcome)).to_series(),
            "offence_date": state.dates(cases.offence),
            "court": pl.Series(np.where(rng.random(count) < CROWN, COURTS[1], COURTS[0])),
            "trial_result": chosen(TRIAL_RESULTS, np.where(ended, cases.trial, -1)),
            "camera_evidence_used": cases.used,
            "victim_supports": cases.supports,
        }
    )


def case_ids(number: Integers) -> pl.Series:
    """References of cases; empty where the number is negative."""
    known = pl.Series(number >= 0)
    return pl.select(pl.when(known).then(numbered("CR", number + 1, 7))).to_series()


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
