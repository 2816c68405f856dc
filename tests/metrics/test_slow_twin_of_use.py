"""Every figure of use at encounters equals a slow, obvious count of the same files."""

import pytest

from tests.metrics.compare_counts import counted, differs
from tests.metrics.conftest import Small
from tests.metrics.slow_rows import Figures
from tests.metrics.slow_use import use

pytestmark = pytest.mark.pipeline
#: How many figures the mini programme gives at least: equality of nothing would prove nothing.
METRICS = {
    "activation_rate": 60,
    "activation_rate_of_equipped": 20,
    "from_outset_rate": 40,
    "entire_encounter_rate": 60,
    "entire_of_filmed_rate": 40,
    "late_start_seconds": 20,
    "late_start_p90_seconds": 20,
    "early_stop_seconds": 20,
    "early_stop_p90_seconds": 20,
    "written_reason_share": 20,
    "announced_share": 20,
    "several_cameras_share": 40,
    "officers_without_recordings_share": 10,
    "unfilmed_encounters": 20,
}


@pytest.fixture(scope="module")
def twin(small: Small) -> Figures:
    """The same figures, counted slowly."""
    return use(small.programme)


@pytest.mark.parametrize("metric", METRICS)
def test_use_at_encounters_equals_the_slow_count(metric: str, small: Small, twin: Figures) -> None:
    fast = counted(small.figures.get(metric, {}))
    slow = counted({key: counts for key, counts in twin.items() if key[0] == metric})
    assert len(slow) >= METRICS[metric]
    assert fast.keys() == slow.keys()
    assert {key: (fast[key], slow[key]) for key in fast if differs(fast[key], slow[key])} == {}


def test_every_figure_of_use_that_the_twin_counts_is_compared(twin: Figures) -> None:
    assert {key[0] for key in twin} == set(METRICS)
