"""The figures of a staged roll-out by name."""

from math import exp, log

import numpy as np

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.rollout import leads
from orchestration.evaluation.rollout.imputation import Imputed, Jackknife
from orchestration.evaluation.rollout.panel import Panel


def of_shuffled(chance: Numbers, p_value: float) -> dict[str, float | int]:
    """The p-value, the spread and the number of shuffled dates."""
    spread = float(chance.std(ddof=1))
    return {"p_randomisation": p_value, "sd_shuffled": spread, "draws": len(chance)}


def of_counted(panel: Panel, found: Imputed) -> dict[str, float | int | str]:
    """The estimate and what it is made of."""
    shown = np.flatnonzero(found.counted.any(0))
    return {
        "log_ratio": found.log_ratio,
        "ratio": exp(found.log_ratio),
        "observed": found.total_observed,
        "expected": found.total_expected,
        "units": len(panel.units),
        "waves": len(panel.waves),
        "first_identified": str(panel.calendar.label(int(shown.min()))),
        "last_identified": str(panel.calendar.label(int(shown.max()))),
        "before_after_log_ratio": before_after(panel),
    }


def before_after(panel: Panel) -> float:
    """Log ratio of all rates at or after the date to all before it: a description."""
    treated = panel.treated & (panel.first < panel.counts.shape[1])[:, None]
    earlier = ~panel.treated & (panel.first < panel.counts.shape[1])[:, None]
    after, before = (
        panel.counts[side].sum() / panel.exposure[side].sum() for side in (treated, earlier)
    )
    return log(after / before)


def of_jackknife(error: Jackknife | None) -> dict[str, float | None]:
    """Error, interval and p-value of the jackknife; None each where units are too few."""
    if error is None:
        return {"se_jackknife": None, "ci_lo": None, "ci_hi": None, "p_jackknife": None}
    return {
        "se_jackknife": error.error,
        "ci_lo": error.low,
        "ci_hi": error.high,
        "p_jackknife": error.p_value,
    }


def of_leads(ahead: leads.Leads) -> dict[str, float | None]:
    """The joint test of the periods before, and the drift it would have missed."""
    test = ahead.test()
    return {
        "pre_test_F": test.statistic if test else None,
        "pre_test_p": test.p_value if test else None,
        "missed_drift_per_period": test.missed_drift if test else None,
    }
