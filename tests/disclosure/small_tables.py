"""Small tables written out by hand, in one line each."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from orchestration.disclosure.additive_table import as_table
from orchestration.disclosure.cells import LinkedCells, arrange
from orchestration.disclosure.policy import read_policy
from orchestration.disclosure.secondary import Protection, protect

AREAS = pl.DataFrame({"child": ["north", "south", "east"], "parent": ["force"] * 3})
PERIODS = pl.DataFrame({"child": ["2019", "2020"], "parent": ["window"] * 2})
POLICY = read_policy()


def table(
    klass: str,
    counts: Mapping[str, float],
    *,
    of: dict[str, str] | None = None,
    at_risk: float | None = None,
    structural: tuple[str, ...] = (),
) -> LinkedCells:
    """Cells named `area`, `area period`, or `area period breakdown part`; `quantity: area` too."""
    rows = []
    for name, count in counts.items():
        quantity, _, rest = name.rpartition(": ")
        words = [*rest.split(), *["window", "all", "all"][len(rest.split()) - 1 :]]
        rows.append(
            {
                "quantity": quantity or "events",
                "area": words[0],
                "period": words[1],
                "breakdown": words[2],
                "part": words[3],
                "count": float(count),
                "klass": klass,
                "at_risk": at_risk,
                "is_structural": name in structural,
            }
        )
    pairs = {"quantity": list(of or {}), "of": list((of or {}).values())}
    subsets = pl.DataFrame(pairs, schema={"quantity": pl.String, "of": pl.String})
    return arrange(pl.DataFrame(rows, infer_schema_length=None), AREAS, PERIODS, subsets)


def hidden(found: LinkedCells, mask: np.ndarray) -> set[str]:
    """Hidden cells by the parts of their names that differ."""
    names = found.cells.filter(pl.Series(mask))
    columns = ("quantity", "area", "period", "breakdown", "part")
    dull = {"events", "window", "all"}
    return {
        " ".join(row[c] for c in columns if row[c] not in dull)
        for row in names.iter_rows(named=True)
    }


def protected(found: LinkedCells) -> Protection:
    """The cells under the policy in force."""
    return protect(as_table(found, POLICY))
