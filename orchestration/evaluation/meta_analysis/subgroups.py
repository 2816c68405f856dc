"""Subgroups of studies, each with its average, and whether they differ by more than chance."""

import numpy as np
import polars as pl

from orchestration.evaluation.columns import labels, table_of
from orchestration.evaluation.core import Design, Gives, Refusal, Result, Rows, Value
from orchestration.evaluation.gates import studies_allow_a_moderator
from orchestration.evaluation.meta_analysis.common_effect import pooled
from orchestration.evaluation.meta_analysis.effects import (
    EffectKeys,
    Effects,
    effects_of,
    pooled_result,
    studies_agree,
)


class SubgroupKeys(EffectKeys):
    """`subgroup` is the column that sorts studies; without it every row is a subgroup by itself.

    `studies` is the number of studies behind rows that are subgroups, as published.
    """

    subgroup: str | None = None
    studies: int | None = None


def subgroups(keys: SubgroupKeys, table: pl.DataFrame | None) -> Result:
    """Common-effect average of all studies, of each subgroup, and the Q between subgroups.

    `table` (one row per study). Studies are seldom randomised to subgroups, so a difference between
    subgroups is an association even among trials. Returns a Result with a row per subgroup in its
    tables. Raises Refusal with fewer than two subgroups, and for a subgroup without events.
    """
    table = table_of(table)
    groups, inner = _groups(keys, table)
    overall = pooled(groups)
    values: dict[str, Value] = {
        **{name: overall[name] for name in ("estimate", "se", "ci_lo", "ci_hi", "p")},
        "Q_between": overall["Q"],
        "Q_df": overall["Q_df"],
        "p_Q": overall["p_Q"],
        "k": groups.count,
    }
    return pooled_result(
        keys,
        "subgroups",
        "inverse-variance common-effect averages, Q between subgroups (Cochran 1954)",
        overall,
        values,
        tables={"subgroups": inner},
        gates=(
            studies_allow_a_moderator(keys.studies or table.height),
            studies_agree(overall["Q"], overall["Q_df"], overall["p_Q"], "subgroups"),
        ),
        notes=("Studies were not randomised to subgroups: differences are associations.",),
    )


def _groups(keys: SubgroupKeys, table: pl.DataFrame) -> tuple[Effects, Rows]:
    if keys.subgroup is None:
        effects = effects_of(keys, table)
        return effects, _rows(effects)
    names = np.array(labels(table, keys.subgroup))
    averages = []
    for name in sorted(set(names)):
        within = effects_of(keys, table.filter(pl.Series(names == name)))
        if within.count == 0:
            raise Refusal(f"subgroup {name!r} has no study with an event: leave it out")
        figures = pooled(within) if within.count > 1 else _alone(within)
        averages.append((name, figures["estimate"], figures["se"] ** 2))
    each, effect, variance = zip(*averages, strict=True)
    effects = Effects(each, np.array(effect), np.array(variance))
    return effects, _rows(effects)


def _rows(effects: Effects) -> Rows:
    """Name, estimate and standard error of every subgroup."""
    return [
        {"subgroup": name, "estimate": float(effect), "se": float(variance) ** 0.5}
        for name, effect, variance in zip(
            effects.labels, effects.effect, effects.variance, strict=True
        )
    ]


def _alone(effects: Effects) -> dict[str, float]:
    return {"estimate": float(effects.effect[0]), "se": float(effects.variance[0]) ** 0.5}


SUBGROUPS = Design(
    name="subgroups",
    keys=SubgroupKeys,
    run=subgroups,
    about="Pools effects within subgroups and tests whether the subgroups differ.",
    example="""\
design: subgroups
title: Force in ten shift trials, by how the protocol was kept
question: Do the three published subgroups differ?
keys:
  measure: standardised_difference
  outcome: Use of force
  is_randomised: true
  studies: 10
  label: compliance
  from_effects: {effect: d, standard_error: se}
inline:
  compliance: [high, in neither arm, in control only]
  d: [-0.346, 0.009, 0.392]
  se: [0.137, 0.070, 0.130]
""",
    gives=Gives(
        values=("estimate", "se", "ci_lo", "ci_hi", "p", "Q_between", "Q_df", "p_Q", "k"),
        tables={"subgroups": ("subgroup", "estimate", "se")},
    ),
)
