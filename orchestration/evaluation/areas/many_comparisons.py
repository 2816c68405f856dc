"""Many comparisons: how many exclude no change by chance alone, and which survive adjustment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.rates.small_designs import adjust

LEVEL = 0.05


@dataclass(frozen=True)
class ManyComparisons:
    """Comparisons shown together; if nothing differed, one in twenty would still exclude no change.

    `adjusted` (n,) are the p-values adjusted after Benjamini and Hochberg (1995).
    """

    adjusted: Numbers
    found: int

    @property
    def by_luck(self) -> float:
        """How many would exclude no change by chance alone, if nothing differed."""
        return LEVEL * len(self.adjusted)

    @property
    def survives(self) -> NDArray[np.bool_]:
        """Which stay significant after adjustment for the number of comparisons: (n,)."""
        return self.adjusted <= LEVEL

    @property
    def count(self) -> int:
        """How many stay significant."""
        return int(self.survives.sum())

    def in_words(self, what: str) -> str:
        """Describe what chance alone would produce among so many comparisons.

        `what` names the things compared, in the plural. Returns a sentence.
        """
        several = "fewer than one" if self.by_luck < 1 else f"about {self.by_luck:.0f}"
        luck = f"Of {len(self.adjusted)} {what}, {several} would stand out by luck alone"
        if not self.found:
            return f"{luck}; none does."
        do = "one does" if self.found == 1 else f"{self.found} do"
        stay = {0: "None stays", 1: "One stays"}.get(self.count, f"{self.count} stay")
        return f"{luck}; {do}. {stay} once so many comparisons are allowed for."


def many_comparisons(p_values: Numbers | Sequence[float]) -> ManyComparisons:
    """The comparisons with these p-values, taken together.

    `p_values` (n,). Returns ManyComparisons. Raises Refusal for p-values outside 0 and 1, and for
    an empty list.
    """
    given = [float(p) for p in p_values]
    adjusted = np.array(adjust(given, "benjamini_hochberg"))
    return ManyComparisons(adjusted, sum(p < LEVEL for p in given))
