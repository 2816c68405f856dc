"""Panels that cannot be estimated are refused by their reason."""

from collections.abc import Callable

import polars as pl
import pytest

from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.staged_adoption.callaway_santanna import (
    CallawaySantannaKeys,
    callaway_santanna,
)
from orchestration.evaluation.staged_adoption.linear_imputation import linear_imputation
from orchestration.evaluation.staged_adoption.panel import ValueKeys
from orchestration.evaluation.staged_adoption.sun_abraham import sun_abraham
from orchestration.evaluation.staged_adoption.two_way_fixed_effects import (
    TwoWayFixedEffectsKeys,
    etwfe,
    two_way_fixed_effects,
)
from tests.evaluation.staged_adoption.simulated_panels import VALUES, table

KEYS = ValueKeys(**VALUES, value="count")
RUNS: dict[str, Callable[[pl.DataFrame], Result]] = {
    "group_time": lambda rows: callaway_santanna(
        CallawaySantannaKeys(**VALUES, value="count"), rows
    ),
    "cohorts": lambda rows: sun_abraham(KEYS, rows),
    "two_way": lambda rows: two_way_fixed_effects(
        TwoWayFixedEffectsKeys(**VALUES, value="count"), rows
    ),
    "cells": lambda rows: etwfe(KEYS, rows),
    "linear": lambda rows: linear_imputation(KEYS, rows),
}
FIRST = pl.col("first")
BAD = {
    "stands twice": lambda rows: pl.concat([rows, rows.head(1)]),
    "is missing": lambda rows: rows.slice(1),
    "at once": lambda rows: rows.with_columns(first=pl.lit(5)),
    "no unit is treated": lambda rows: rows.with_columns(first=pl.lit(None, pl.Int64)),
    "before the second period": lambda rows: rows.with_columns(
        first=pl.when(pl.col("unit") == "a").then(0).otherwise(FIRST)
    ),
    "cannot switch off": lambda rows: rows.with_columns(
        first=pl.when((pl.col("unit") == "a") & (pl.col("period") > 7)).then(None).otherwise(FIRST)
    ),
    "one period": lambda rows: rows.filter(pl.col("period") == 3),
    "no rows": lambda rows: rows.clear(),
    "empty, where it must be a number": lambda rows: rows.with_columns(
        count=pl.when(pl.col("period") == 3).then(None).otherwise(pl.col("count"))
    ),
}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("reason", BAD)
def test_a_bad_panel_is_refused_by_its_reason(run: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        RUNS[run](BAD[reason](table()))


def test_a_comparison_with_units_never_treated_needs_some() -> None:
    rows = table().filter(pl.col("unit") < "g")
    with pytest.raises(Refusal, match="no unit is never treated"):
        callaway_santanna(
            CallawaySantannaKeys(**VALUES, value="count", comparison="never_treated"), rows
        )


def test_a_covariate_that_is_treatment_itself_is_refused() -> None:
    rows = table().with_columns(same=(pl.col("period") >= FIRST).fill_null(value=False))
    keys = TwoWayFixedEffectsKeys(**VALUES, value="count", covariates=("same",))
    with pytest.raises(Refusal, match="collinear"):
        two_way_fixed_effects(keys, rows)


def test_poisson_takes_no_values_below_zero() -> None:
    with pytest.raises(Refusal, match=r"column 'count', row 1: .* where it must be 0 or more"):
        etwfe(KEYS, table().with_columns(count=pl.col("count") - 1000))
