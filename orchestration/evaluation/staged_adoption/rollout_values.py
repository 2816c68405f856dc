"""Figures of a staged roll-out by name: counts, chance, jackknife, test of earlier periods."""

from dataclasses import replace
from math import exp, log

import numpy as np

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.staged_adoption import event_study
from orchestration.evaluation.staged_adoption.panel import Panel
from orchestration.evaluation.staged_adoption.poisson_imputation import Imputed, Jackknife, impute


def shuffled_values(chance: Numbers, p_value: float) -> dict[str, float | int]:
    """The p-value, the spread and the number of shuffled dates.

    `chance` (draws,) holds the log ratios at shuffled dates. Returns the figures by name.
    """
    spread = float(chance.std(ddof=1))
    return {"p_randomisation": p_value, "sd_shuffled": spread, "draws": len(chance)}


def counted_values(panel: Panel, found: Imputed) -> dict[str, float | int | str]:
    """The estimate and the counts behind it.

    Returns the figures by name.
    """
    counted = np.flatnonzero(found.counted.any(0))
    return {
        "log_ratio": found.log_ratio,
        "ratio": exp(found.log_ratio),
        "observed": found.total_observed,
        "expected": found.total_expected,
        "units": len(panel.units),
        "waves": len(panel.waves),
        "first_identified": str(panel.calendar.label(int(counted.min()))),
        "last_identified": str(panel.calendar.label(int(counted.max()))),
        "before_after_log_ratio": before_after(panel),
    }


def partial_values(panel: Panel, x: Numbers) -> dict[str, int | float]:
    """How many cells cameras came within, and the estimate that counts these as untreated.

    `x` (covariates, units, periods). Returns the figures by name; the estimate only where there are
    such cells.
    """
    cells = int(panel.partial.sum())
    if not cells:
        return {"partial_cells": cells}
    as_untreated = impute(replace(panel, begun=None), x).log_ratio
    return {"partial_cells": cells, "partial_as_untreated_log_ratio": as_untreated}


def before_after(panel: Panel) -> float:
    """Log ratio of all rates at or after the date to all before it: a description.

    Returns the log ratio.
    """
    treated = panel.treated & (panel.first < panel.counts.shape[1])[:, None]
    earlier = panel.untreated & (panel.first < panel.counts.shape[1])[:, None]
    after, before = (
        panel.counts[side].sum() / panel.exposure[side].sum() for side in (treated, earlier)
    )
    return log(after / before)


def jackknife_values(error: Jackknife | None) -> dict[str, float | None]:
    """Error, interval and p-value of the jackknife.

    Returns the figures by name, None each where units are too few.
    """
    if error is None:
        return {"se_jackknife": None, "ci_lo": None, "ci_hi": None, "p_jackknife": None}
    return {
        "se_jackknife": error.error,
        "ci_lo": error.low,
        "ci_hi": error.high,
        "p_jackknife": error.p_value,
    }


def pre_test_values(ahead: event_study.Leads) -> dict[str, float | None]:
    """The joint test of the periods before, and the trend that it would have missed.

    Returns the figures by name, None each where there is no test.
    """
    test = ahead.test()
    return {
        "pre_test_F": test.statistic if test else None,
        "pre_test_p": test.p_value if test else None,
        "missed_drift_per_period": test.missed_drift if test else None,
    }
