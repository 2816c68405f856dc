"""Many comparisons at once: how many would exclude no change by luck, and which survive that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.rates.small_designs import adjust

LEVEL = 0.05


@dataclass(frozen=True)
class ManyComparisons:
    """Comparisons shown together, each of which would exclude no change once in twenty by luck.

    `adjusted` (n,) are the p-values adjusted after Benjamini and Hochberg (1995).
    """

    adjusted: Numbers
    found: int

    @property
    def by_luck(self) -> float:
        """How many of them would exclude no change though nothing differed."""
        return LEVEL * len(self.adjusted)

    @property
    def survives(self) -> NDArray[np.bool_]:
        """Which stay below the level once their number is allowed for: (n,)."""
        return self.adjusted <= LEVEL

    @property
    def count(self) -> int:
        """How many stay."""
        return int(self.survives.sum())

    def in_words(self, what: str) -> str:
        """Describe what luck alone would do among so many.

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
    """The comparisons with these p-values, shown on one page.

    `p_values` (n,). Returns ManyComparisons. Raises Refusal for p-values outside 0 and 1, and for
    none.
    """
    given = [float(p) for p in p_values]
    adjusted = np.array(adjust(given, "benjamini_hochberg"))
    return ManyComparisons(adjusted, sum(p < LEVEL for p in given))
