"""Rules of "not enough data", one set for all designs: what may be shown, and why not.

The reason of every gate states the figures that it compared.
"""

from collections.abc import Sequence
from dataclasses import replace

from orchestration.evaluation.core import Gate, Result
from orchestration.evaluation.wording import plain

RATE_EVENTS = 20
ARM_EVENTS, ARM_CLUSTERS = 10, 5
TRIAL_CLUSTERS = 6
STUDIES, STUDIES_TO_PREDICT, STUDIES_TO_MODERATE = 3, 5, 10
ROLLOUT_UNITS, ROLLOUT_DATES, ROLLOUT_MONTHS, WAVE_MONTHS, CELL_EVENTS = 8, 3, 12, 3, 1.0
#: With fewer units, or fewer treated ones, the jackknife is unreliable: only shuffled dates are
#: used.
FEW_UNITS, FEW_TREATED = 8, 4
POINT_UNITS, POINT_EVENTS = 3, 10
SERIES_BEFORE, SERIES_AFTER, SERIES_EVENTS = 24, 12, 5.0
TIMES_EVENTS = 20
FUNNEL_EXPECTED, FUNNEL_SHARE = 5.0, 0.8


def _least(name: str, *wanted: tuple[str, float, float]) -> Gate:
    """Met when every figure reaches its limit: (what, figure, limit)."""
    met = [figure >= limit for _, figure, limit in wanted]
    said = [f"{what}: {plain(figure)}, needed {plain(limit)}" for what, figure, limit in wanted]
    missing = "; ".join(each for each, is_met in zip(said, met, strict=True) if not is_met)
    return Gate(name, passed=all(met), reason="; ".join(said), missing=missing)


def hold_back(found: Result, *gates: Gate, counts: str = "", caution: str = "") -> Result:
    """Add gates to a result; a failed one comes first and holds the estimate back.

    `counts` is a sentence that may still be shown, `caution` one that ends the summary. Held-back
    figures stay among the values but are no longer the result's estimate. Returns the Result.
    """
    failed = [gate for gate in gates if not gate.passed and not gate.is_advice]
    found = replace(found, gates=(*found.gates, *gates))
    if not failed:
        return found
    missing = "; ".join(gate.missing or gate.reason for gate in failed)
    said = "; ".join(dict.fromkeys(missing.split("; ")))
    return replace(
        found,
        estimate=None,
        standard_error=None,
        interval_low=None,
        interval_high=None,
        p_value=None,
        smallest_detectable=None,
        summary=f"Not enough data for an estimate ({said}). {counts}{caution}".strip(),
    )


def rate_may_be_shown(events: float) -> Gate:
    """Gate of a rate or a per cent; below it only counts are shown.

    Returns the Gate.
    """
    return _least("enough events for a rate", ("events", events, RATE_EVENTS))


def two_arms_may_be_compared(events: float, clusters: Sequence[int]) -> Gate:
    """Gate of a comparison of arms; below it the exact interval alone is given, without a p-value.

    `clusters` counts the teams or shift-weeks of each arm. Returns the Gate.
    """
    return _least(
        "enough to compare two arms",
        ("events in both arms", events, ARM_EVENTS),
        ("clusters in the smaller arm", min(clusters), ARM_CLUSTERS),
    )


def clusters_allow_a_p_value(clusters: Sequence[int]) -> Gate:
    """Gate of the p-value of a cluster trial.

    `clusters` counts the clusters of each arm. Returns the Gate.
    """
    return _least(
        "enough clusters for a p-value",
        ("clusters in the smaller arm", min(clusters), TRIAL_CLUSTERS),
    )


def studies_may_be_pooled(studies: int) -> Gate:
    """Gate of an average over studies.

    Returns the Gate.
    """
    return _least("enough studies to pool", ("studies", studies, STUDIES))


def studies_allow_a_prediction(studies: int) -> Gate:
    """Gate of a prediction interval.

    Returns the Gate.
    """
    return _least("enough studies to predict", ("studies", studies, STUDIES_TO_PREDICT))


def studies_allow_a_moderator(studies: int) -> Gate:
    """Gate of subgroups, meta-regression, a funnel plot or Egger's test.

    Returns the Gate.
    """
    return _least("enough studies for a moderator", ("studies", studies, STUDIES_TO_MODERATE))


def rollout_may_be_estimated(
    *, units: int, dates: int, months_before: int, shortest_wave: int, events_a_cell: float | None
) -> Gate:
    """Gate of a staged roll-out.

    `shortest_wave` is the number of months in which the wave observed for the shortest time still
    has untreated units to be compared with. `events_a_cell` is the mean count of a unit and period,
    None where the values are no counts. Returns the Gate.
    """
    wanted: list[tuple[str, float, float]] = [
        ("units", units, ROLLOUT_UNITS),
        ("dates of start", dates, ROLLOUT_DATES),
        ("months before the first", months_before, ROLLOUT_MONTHS),
        ("months of the wave least observed", shortest_wave, WAVE_MONTHS),
    ]
    if events_a_cell is not None:
        wanted.append(("events per unit and period", round(events_a_cell, 2), CELL_EVENTS))
    return _least("enough for a staged roll-out", *wanted)


def point_may_be_shown(units: int, events: float) -> Gate:
    """Gate of one point of an event study.

    Returns the Gate.
    """
    return _least(
        "enough behind the point", ("units", units, POINT_UNITS), ("events", events, POINT_EVENTS)
    )


def series_may_be_fitted(
    *, before: int, after: int, events_a_month: float, months_to_a_change: float | None
) -> Gate:
    """Gate of an interrupted time series.

    `before` and `after` count its points; `months_to_a_change` lie between the start of the
    intervention and the nearest dated break, if there is one. Returns the Gate.
    """
    wanted = [
        ("points before", before, SERIES_BEFORE),
        ("points after", after, SERIES_AFTER),
        ("events a month", events_a_month, SERIES_EVENTS),
    ]
    if months_to_a_change is not None:
        wanted.append(("months to the nearest change of regime", months_to_a_change, 6))
    return _least("enough of a series", *wanted)


def times_may_be_compared(events: Sequence[int]) -> Gate:
    """Gate of a comparison of times to an event.

    `events` counts the events of each arm. Returns the Gate.
    """
    return _least(
        "enough events to compare times", ("events in the smaller arm", min(events), TIMES_EVENTS)
    )


def funnel_may_be_drawn(expected: Sequence[float]) -> Gate:
    """Gate of a funnel plot of areas.

    `expected` holds the events expected in each area. Returns the Gate.
    """
    share = sum(each >= FUNNEL_EXPECTED for each in expected) / len(expected)
    return _least(
        "enough expected for a funnel",
        (f"share of areas that expect {FUNNEL_EXPECTED:g}", share, FUNNEL_SHARE),
    )
