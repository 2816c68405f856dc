"""Every figure of delivery, footage and requests equals a slow, obvious count of the same files."""

import pytest

from tests.metrics.compare_counts import counted, differs
from tests.metrics.conftest import Small
from tests.metrics.slow_delivery import delivery
from tests.metrics.slow_footage import footage_care
from tests.metrics.slow_requests import requests
from tests.metrics.slow_retention import footage_matters
from tests.metrics.slow_rows import Figures

pytestmark = pytest.mark.pipeline
#: How many figures the mini programme gives at least: equality of nothing would prove nothing.
METRICS = {
    "devices_issued": 100,
    "devices_active": 100,
    "devices_in_repair": 50,
    "officers_equipped_share": 20,
    "spend_gbp": 20,
    "cost_per_device_year": 7,
    "cost_per_eligible_encounter_filmed": 7,
    "upload_delay_median_hours": 50,
    "upload_delay_p95_hours": 50,
    "uploaded_after_24h_share": 20,
    "untagged_at_7_days_share": 20,
    "untagged_at_31_days_share": 20,
    "evidential_share": 20,
    "reviewed_share": 20,
    "review_sample_sufficiency": 20,
    "deleted_on_time_share": 20,
    "kept_past_rule_share": 20,
    "expires_before_next_panel": 20,
    "wrongly_deleted": 20,
    "footage_held_at_complaint_share": 10,
    "subject_access_on_time_share": 20,
    "foi_on_time_share": 20,
    "requests_open_by_age": 50,
    "hold_before_deletion_share": 20,
}


@pytest.fixture(scope="module")
def twin(small: Small) -> Figures:
    """The same figures, counted slowly."""
    programme = small.programme
    found = delivery(programme) | footage_care(programme) | footage_matters(programme)
    return found | requests(programme)


@pytest.mark.parametrize("metric", METRICS)
def test_numerators_and_denominators_equal_the_slow_count(
    metric: str, small: Small, twin: Figures
) -> None:
    fast = counted(small.figures.get(metric, {}))
    slow = counted({key: counts for key, counts in twin.items() if key[0] == metric})
    assert len(slow) >= METRICS[metric]
    assert fast.keys() == slow.keys()
    assert {key: (fast[key], slow[key]) for key in fast if differs(fast[key], slow[key])} == {}


def test_the_twin_counts_every_metric_it_is_asked_about_and_no_other(twin: Figures) -> None:
    assert {key[0] for key in twin} == set(METRICS)
