"""The limits that the engine has to keep, as data, and those that bad methods have to break."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tests.simulations.performance_measures import FIGURES, Figure

#: A method known to be bad must be shown to break its limits from so many tables on.
DECIDED = 200


@dataclass(frozen=True)
class Limit:
    """What a figure of a method must be in each of some scenarios, or in all of them `together`.

    `is_known_bad` turns it about: the method is shown as a warning, and has to break the limit.
    """

    family: str
    method: str
    scenarios: tuple[str, ...]
    figure: str
    low: float = float("-inf")
    high: float = float("inf")
    is_known_bad: bool = False
    together: bool = False


@dataclass(frozen=True)
class Verdict:
    """A limit, where it was tried, what was found, and whether all is as it must be."""

    limit: Limit
    scenario: str
    found: Figure
    is_well: bool
    words: str


def _rollout(method: str, scenarios: str, figure: str, **more: float | bool) -> Limit:
    return Limit("rollouts", method, tuple(scenarios), figure, **more)  # type: ignore[arg-type]


def _usual(family: str, method: str, scenarios: tuple[str, ...], **bound: float) -> Iterator[Limit]:
    """Bias and coverage."""
    yield Limit(family, method, scenarios, "size_of_bias", high=bound["bias"])
    yield Limit(family, method, scenarios, "coverage", low=bound["low"], high=bound["high"])


NULLS = "ADEHI"
NO_CHANGE = ("null", "null, clumped")
HALVED = ("halved", "halved, clumped")
CARRIED = ("carried 0.5", "carried 0.9")
FEW_STUDIES = tuple(f"k={count}, tau={tau}" for count in (3, 5) for tau in (0.0, 0.2, 0.4))
MANY_STUDIES = tuple(f"k=10, tau={tau}" for tau in (0.0, 0.2, 0.4))
UNLIKE_STUDIES = tuple(f"k={count}, tau=0.4" for count in (3, 5, 10))
USUAL = {"bias": 0.01, "low": 0.93, "high": 0.97}
ROLLOUT_LIMITS = (
    *_usual("rollouts", "imputation", tuple("ABCDEHIJK"), **USUAL),
    _rollout("imputation", NULLS, "rejection", high=0.07),
    _rollout("imputation", "ABCDEHIJK", "error_ratio", low=0.95, high=1.35),
    _rollout("imputation", "B", "rejection", low=0.55),
    _rollout("imputation", "J", "rejection", low=0.90),
    *_usual("rollouts", "imputation", ("F",), bias=0.02, low=0.92, high=0.97),
    _rollout("shuffled_dates", "F", "extra", low=0.25),
    _rollout("shuffled_dates", NULLS, "rejection", low=0.03, high=0.07),
    # In E dates follow the record: they were not dealt by chance, and p need not be uniform.
    _rollout("shuffled_dates", "ADHI", "uniformity", low=0.01),
    *_usual("rollouts", "two_way_poisson", tuple("AB"), **USUAL),
    _rollout("two_way_poisson", "A", "rejection", high=0.07),
    _rollout("two_way_poisson", "CK", "size_of_bias", high=0.01, is_known_bad=True),
    *_usual("rollouts", "callaway_santanna_log_rate", tuple("ABC"), bias=0.02, low=0.92, high=0.97),
    _rollout("callaway_santanna_log_rate", "A", "rejection", high=0.08),
    _rollout("linear_analytic", "ABC", "size_of_bias", high=0.01),
    _rollout("linear_analytic", "ABC", "coverage", low=0.93, is_known_bad=True, together=True),
    _rollout("interrupted_series", "AH", "rejection", high=0.07, is_known_bad=True),
    _rollout("before_after", "AH", "rejection", high=0.07, is_known_bad=True),
)
TRIAL_LIMITS = (
    *_usual("shifts", "shift_ratio", (*NO_CHANGE, *HALVED, *CARRIED), **USUAL | {"bias": 0.02}),
    Limit("shifts", "shift_ratio", NO_CHANGE, "rejection", low=0.04, high=0.065),
    Limit("shifts", "shift_randomisation", NO_CHANGE, "rejection", low=0.04, high=0.065),
    Limit("shifts", "shift_randomisation", ("null, clumped",), "extra", low=0.95),
    Limit("shifts", "shift_ratio", CARRIED[:1], "mean_ratio", low=0.68, high=0.74),
    Limit("shifts", "shift_ratio", CARRIED[1:], "mean_ratio", low=0.92, high=0.98),
    Limit(
        "shifts", "shift_poisson_on_counts", NO_CHANGE[1:], "rejection", high=0.065,
        is_known_bad=True,
    ),
    *_usual("teams", "team_log_rates", ("null", "a quarter fewer"), **USUAL | {"bias": 0.02}),
    Limit("teams", "team_log_rates", ("null",), "rejection", low=0.04, high=0.06),
    Limit("teams", "team_permutation", ("null",), "rejection", low=0.04, high=0.06),
    Limit(
        "teams", "team_poisson_on_counts", ("null",), "rejection", high=0.06, is_known_bad=True
    ),
)  # fmt: skip
STUDY_LIMITS = (
    # With five studies or fewer the factor of Hartung and Knapp is kept from below 1: intervals
    # are then wider than they need be where studies agree, which is the side to err on.
    *_usual("studies", "random_effects", FEW_STUDIES, bias=0.01, low=0.93, high=1.0),
    *_usual("studies", "random_effects", MANY_STUDIES, **USUAL),
    Limit("studies", "common_effect", UNLIKE_STUDIES, "coverage", low=0.93, is_known_bad=True),
)
LIMITS = (*ROLLOUT_LIMITS, *TRIAL_LIMITS, *STUDY_LIMITS)


def verdicts(rows: pl.DataFrame, limits: tuple[Limit, ...] = LIMITS) -> list[Verdict]:
    """Every limit that the estimates (the columns of `running.SCHEMA`) speak to."""
    said = []
    for limit in limits:
        mine = rows.filter(
            pl.col("family") == limit.family,
            pl.col("method") == limit.method,
            pl.col("scenario").is_in(limit.scenarios),
        )
        parts = mine.partition_by("scenario", as_dict=True, maintain_order=True)
        groups = {"".join(limit.scenarios): mine} if limit.together and parts else {
            str(name): part for (name,), part in parts.items()
        }  # fmt: skip
        for name, part in groups.items():
            found = FIGURES[limit.figure](part)
            assert found is not None, f"{limit.method} gives no {limit.figure}"
            said.append(judged(limit, name, found))
    return said


def judged(limit: Limit, scenario: str, found: Figure) -> Verdict:
    """Whether the 99 % interval of the simulation excludes the limit, and what follows of that."""
    is_broken = found.high < limit.low or found.low > limit.high
    if limit.is_known_bad:
        words = "breaks it, as it must" if is_broken else "KNOWN TO BE BAD AND PASSES"
        if not is_broken and found.tables < DECIDED:
            return Verdict(limit, scenario, found, is_well=True, words="too few tables to tell")
        return Verdict(limit, scenario, found, is_well=is_broken, words=words)
    if is_broken:
        return Verdict(limit, scenario, found, is_well=False, words="BROKEN")
    inside = limit.low <= found.value <= limit.high
    words = "kept" if inside else "kept within Monte-Carlo error"
    return Verdict(limit, scenario, found, is_well=True, words=words)
