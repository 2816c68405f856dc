"""Complaints, pleas, crimes and safety equal a slow, obvious count of the same files."""

from decimal import Decimal

import pytest

from tests.metrics.conftest import Small
from tests.metrics.slow_courts import courts, crimes, incidents, waiting
from tests.metrics.slow_justice import complained, safe
from tests.metrics.slow_rows import Figures

pytestmark = pytest.mark.pipeline
#: Metrics, and how many figures there are at least: a twin of nothing proves nothing.
METRICS = {
    "complaints_per_1000_officers": 40,
    "complaints_per_1000_officer_hours": 40,
    "complaints_per_1000_employees": 40,
    "recorded_complaints_per_1000_officers": 40,
    "recorded_complaints_per_1000_officer_hours": 40,
    "allegations_per_1000_officers": 40,
    "allegations_per_1000_officer_hours": 40,
    "encounter_complaints_per_1000_officers": 40,
    "encounter_complaints_per_1000_officer_hours": 40,
    "encounter_allegations_per_1000_officers": 40,
    "allegations": 200,
    "complaints": 100,
    "recorded_complaints": 40,
    "assaults": 60,
    "upheld_complaint_share": 20,
    "footage_available_share": 30,
    "footage_answered_share": 30,
    "footage_viewed_share": 15,
    "complaints_by_incident_date": 40,
    "incident_date_completeness": 40,
    "conviction_share": 100,
    "guilty_plea_rate": 100,
    "early_guilty_plea": 100,
    "early_guilty_plea_of_completed": 100,
    "early_guilty_plea_of_guilty_pleas": 100,
    "pleas_by_stage": 100,
    "cracked_trials_share": 80,
    "charge_rate_of_recorded": 100,
    "charge_rate_of_all_recorded": 100,
    "charge_rate_of_closed": 100,
    "crimes_with_an_outcome": 100,
    "victim_attrition_share": 100,
    "victimless_prosecution_share": 50,
    "days_offence_to_charge": 100,
    "days_charge_to_first_hearing": 100,
    "days_first_hearing_to_completion": 60,
    "assaults_with_injury": 40,
    "assaults_without_injury": 40,
    "stop_volumes": 10,
    "public_confidence": 20,
    "confidence_respondents": 24,
}
#: One day's share is kept to nine places, so sums of what complaints stand for differ in the fifth.
NEAR = Decimal("0.001")


@pytest.fixture(scope="module")
def twin(small: Small) -> Figures:
    """The same figures, counted slowly."""
    made = (complained, courts, crimes, waiting, incidents, safe)
    return {key: counts for count in made for key, counts in count(small.programme).items()}


def counted(figures: Figures) -> Figures:
    """Figures with something in them."""
    return {
        key: (up, down) for key, (up, down) in figures.items() if up is not None and (up or down)
    }


def far_apart(one: Decimal | None, other: Decimal | None) -> bool:
    """Whether two counts differ by more than rounding."""
    return one is not other and (one is None or other is None or abs(one - other) > NEAR)


@pytest.mark.parametrize("metric", METRICS)
def test_numerators_and_denominators_equal_the_slow_count(
    metric: str, small: Small, twin: Figures
) -> None:
    fast = counted(small.figures.get(metric, {}))
    slow = counted({key: counts for key, counts in twin.items() if key[0] == metric})
    assert len(slow) >= METRICS[metric]
    assert fast.keys() == slow.keys()
    wrong = {
        key: (fast[key], slow[key])
        for key in slow
        if any(far_apart(*pair) for pair in zip(fast[key], slow[key], strict=True))
    }
    assert wrong == {}


def test_the_twin_counts_every_metric_it_is_asked_about_and_no_other(twin: Figures) -> None:
    assert {key[0] for key in twin} == set(METRICS)
