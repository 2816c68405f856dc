"""Links, and what has none by reason, equal a slow, obvious count of the same files."""

import pytest

from tests.metrics.compare_counts import counted, differs
from tests.metrics.conftest import Small
from tests.metrics.slow_rows import Figures
from tests.metrics.slow_unmatched import linked

pytestmark = pytest.mark.pipeline
#: How many figures the mini programme gives at least: equality of nothing would prove nothing.
METRICS = {
    "activation_rate_by_match_window": 60,
    "links_by_match_window": 60,
    "recording_links": 100,
    "complaints_without_footage_share": 100,
    "cases_without_footage_share": 60,
    "requests_without_footage_share": 60,
    "recordings_without_link_share": 60,
}
#: Reasons that the mini programme must bring forth for the comparison to be of any use.
REASONS = {
    "complaints_without_footage_share": {
        "day not known",
        "no camera issued",
        "no officer known",
        "recording deleted by then",
        "reference unknown",
        "time of day not known",
    },
    "cases_without_footage_share": {
        "camera evidence used, no recording names the case",
        "no recording names the case",
        "recording deleted by then",
    },
    "requests_without_footage_share": {
        "names no recording or encounter",
        "recording deleted by then",
        "reference unknown",
    },
    "recordings_without_link_share": {
        "its officer attended encounters at other times",
        "its officer attended no encounter that day",
        "no officer known",
        "reference unknown",
        "time of day not known",
    },
}


@pytest.fixture(scope="module")
def twin(small: Small) -> Figures:
    """The same figures, counted slowly."""
    return linked(small.programme)


@pytest.mark.parametrize("metric", METRICS)
def test_links_and_their_absence_equal_the_slow_count(
    metric: str, small: Small, twin: Figures
) -> None:
    fast = counted(small.figures.get(metric, {}))
    slow = counted({key: counts for key, counts in twin.items() if key[0] == metric})
    assert len(slow) >= METRICS[metric]
    assert fast.keys() == slow.keys()
    assert {key: (fast[key], slow[key]) for key in fast if differs(fast[key], slow[key])} == {}


@pytest.mark.parametrize("metric", REASONS)
def test_every_reason_is_met_with(metric: str, twin: Figures) -> None:
    given = {key[5] for key, (up, _) in twin.items() if key[0] == metric and up}
    assert given >= REASONS[metric]


def test_a_wider_match_links_more_and_a_narrower_one_less(twin: Figures) -> None:
    linked_at: dict[str, int] = {}
    for key, (up, _) in twin.items():
        if key[0] == "links_by_match_window":
            linked_at[key[5]] = linked_at.get(key[5], 0) + int(up or 0)
    for kind in ("encounter", "complaint"):
        half, once, twice = (
            linked_at[f"{kind}: {words} the tolerance".replace("  ", " ")]
            for words in ("half", "", "double")
        )
        assert half < once < twice


def test_every_figure_of_links_that_the_twin_counts_is_compared(twin: Figures) -> None:
    assert {key[0] for key in twin} == set(METRICS)
