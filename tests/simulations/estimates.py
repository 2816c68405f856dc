"""What one method said of one simulated table, next to the truth."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from orchestration.evaluation.core import Refusal

Table = TypeVar("Table")


@dataclass(frozen=True)
class Estimate:
    """An estimate on the log scale, its truth, its error, its 95 % interval, its p-value.

    `p_value` is None where the interval decides; a test that gives no interval has a p-value alone.
    `extra` is a further figure that the method gives, such as a warning (1) or none (0).
    """

    estimate: float
    truth: float
    error: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    extra: float | None = None


Method = Callable[[Table], Estimate]


@dataclass(frozen=True)
class Family(Generic[Table]):
    """Scenarios of one kind: how a table is drawn, and which methods are tried on it."""

    name: str
    scenarios: Mapping[str, str]
    draw: Callable[[str, int], Table]
    methods: Mapping[str, Method[Table]]
    #: Scenarios of the methods that are not tried everywhere: what is slow, or asked of some alone.
    only: Mapping[str, str | tuple[str, ...]]

    def estimates(self, scenario: str, seed: int) -> list[tuple[str, Estimate]]:
        """Every method on the table of one seed; none of one that refuses the table.

        A report says how many tables each method took.
        """
        drawn = self.draw(scenario, seed)
        found = []
        for name, method in self.methods.items():
            if scenario in self.only.get(name, self.scenarios):
                with suppress(Refusal):
                    found.append((name, method(drawn)))
        return found
