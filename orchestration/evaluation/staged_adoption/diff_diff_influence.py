"""What diff-diff keeps private: each unit's influence on its group-time effects.

Errors of our four aggregations need influence functions. The library's public field
`influence_functions` is empty for Callaway and Sant'Anna; only the kit with which it aggregates
holds them. A test fails when an upgrade moves or changes it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal

Cell = tuple[int, int]


@dataclass(frozen=True)
class Influence:
    """Influence of units on the effects of cells (group, period).

    `by_cell` (m,) has for every cell the places of m units and their influence, divided by the
    number of units; `groups` (units,) is the group of every unit, zero for those never treated.
    """

    by_cell: dict[Cell, tuple[NDArray[np.int64], Numbers]]
    groups: NDArray[np.int64]


def influence_of(found: Any) -> Influence:
    """Take the influence functions out of a result of diff-diff's CallawaySantAnna.

    Returns an Influence. Raises Refusal where the library no longer keeps them there.
    """
    kit = getattr(found, "_aggregation_kit", None)
    if kit is None:
        raise Refusal(
            "this version of diff-diff keeps no influence functions where they are looked for: "
            "install the versions of uv.lock"
        )
    cells = {(int(group), int(period)): entry for (group, period), entry in kit.influence.items()}
    return Influence(
        {cell: _joined(entry) for cell, entry in cells.items()},
        np.asarray(kit.bookkeeping["unit_cohorts"]).astype(np.int64),
    )


def _joined(entry: dict[str, Any]) -> tuple[Any, Any]:
    return (
        np.concatenate([entry["treated_idx"], entry["control_idx"]]),
        np.concatenate([entry["treated_inf"], entry["control_inf"]]),
    )
