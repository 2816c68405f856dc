"""What came of the end-to-end proof: each seed's interval beside the planted truth, as a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log

import numpy as np

#: So many of a hundred intervals must hold the truth; with a coverage of .95, 99 of 100 runs do.
ENOUGH = 0.89
OPENING = """\
# From files to an estimate

`make simulate SEEDS=100` wrote this page. For every seed a small synthetic London is written as a
force would deliver it, with lags and every fault there is; its files are loaded, released and
audited; and the effect of cameras on complaints is estimated from what the release shows, hidden
cells hidden. The truth is in a file that the run never sees.
"""


@dataclass(frozen=True)
class Held:
    """The planted ratio, and the estimate with its interval."""

    truth: float
    ratio: float
    low: float
    high: float

    @property
    def is_covered(self) -> bool:
        """Whether the interval holds what was planted."""
        return self.low <= self.truth <= self.high


def enough(found: Mapping[int, Held]) -> bool:
    """Whether so many intervals hold the truth as must."""
    return _covered(found) >= _needed(found)


def outcome(found: Mapping[int, Held]) -> str:
    """How many of the seeds' intervals hold the truth, and how far the estimates are off."""
    bias = float(np.mean([log(each.ratio / each.truth) for each in found.values()]))
    return (
        f"{_covered(found)} of {len(found)} intervals hold the truth ({_needed(found)} needed); "
        f"mean of estimate less truth {bias:.3f} log points."
    )


def page(found: Mapping[int, Held]) -> str:
    """The outcome and a row for every seed, as Markdown."""
    rows = [
        f"| {seed} | {each.ratio:.3f} | {each.low:.3f} to {each.high:.3f} | {each.truth:.3f} | "
        f"{'yes' if each.is_covered else '**no**'} |"
        for seed, each in sorted(found.items())
    ]
    heads = "| Seed | Ratio | 95 % interval | Truth | Holds it |\n|---|---|---|---|---|"
    return "\n".join([OPENING, f"**{outcome(found)}**\n", heads, *rows, ""])


def _covered(found: Mapping[int, Held]) -> int:
    return sum(each.is_covered for each in found.values())


def _needed(found: Mapping[int, Held]) -> int:
    return floor(ENOUGH * len(found))
