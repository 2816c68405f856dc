"""Labels of recordings: category, whether they were announced, and what they refer to."""

from dataclasses import dataclass

import numpy as np

from orchestration.synthetic_data.recordings import NO_ENCOUNTER, Recordings
from orchestration.synthetic_data.state import GeneratorState, Integers, Truths, sampled

# The first six are in the order of the kinds of encounters.
CATEGORIES = (
    "stop_and_search", "use_of_force", "arrest", "domestic_abuse", "traffic", "other", "patrol",
)  # fmt: skip
ELSEWHERE = {
    "stop_and_search": 0.1, "use_of_force": 0.03, "arrest": 0.1, "domestic_abuse": 0.07,
    "traffic": 0.15, "other": 0.15, "patrol": 0.4,
}  # fmt: skip


@dataclass(frozen=True)
class Labels:
    """One entry per recording; a negative `encounter` or `case` is a reference not written."""

    category: Integers
    announced: Truths
    encounter: Integers
    case: Integers


def make_labels(state: GeneratorState, recordings: Recordings, case: Integers) -> Labels:
    """Categories by kind of encounter, and by chance elsewhere."""
    rng = state.random("labels")
    use, count = state.parameters.use, len(recordings)
    elsewhere = sampled(rng, ELSEWHERE, count)
    written = rng.random(count) < use.referenced
    return Labels(
        category=np.where(recordings.kind == NO_ENCOUNTER, elsewhere, recordings.kind),
        announced=rng.random(count) < use.announced,
        encounter=np.where(written, recordings.encounter, NO_ENCOUNTER),
        case=np.where(rng.random(count) < use.referenced, case, -1),
    )
