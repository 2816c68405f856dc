"""The figures and tables of a shift trial, put together by name (A10)."""

from typing import Any

import polars as pl
from scipy import stats

from orchestration.evaluation.core import Value
from orchestration.evaluation.rates.exact_power import smallest_fall
from orchestration.evaluation.trials.randomisation_inference import Allocation, RandomisationTest
from orchestration.evaluation.trials.shift import consort, instrument, mixed, pooling
from orchestration.evaluation.trials.shift.before_after import before_after
from orchestration.evaluation.trials.shift.headline import Headline
from orchestration.evaluation.trials.shift.pooling import by_activation
from orchestration.evaluation.trials.shift.ratios import Site
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys
from orchestration.evaluation.trials.shift.spillover import spillover


def totals(sites: list[Site]) -> tuple[int, int]:
    """Events of all sites.

    Returns those of the treated and of the control shifts.
    """
    return sum(site.events[0] for site in sites), sum(site.events[1] for site in sites)


def detectable(rows: pl.DataFrame, sites: list[Site]) -> float | None:
    """The smallest detectable fall at the events of the control arm, divided by the dispersion.

    `rows` (one row per shift counted). Returns the fall (0 to 1), or None where even a fall of
    everything is not detected with 80% power.
    """
    informative = [site for site in sites if not site.is_double_zero]
    dispersion = max(site.dispersion for site in informative)
    hours = rows["hours"].to_numpy()
    share = float(hours[rows["treated"].to_numpy()].sum() / hours.sum())
    return smallest_fall(max(totals(sites)[1], 1) / dispersion, share)


def trial_values(
    keys: ShiftKeys,
    rows: pl.DataFrame,
    sites: list[Site],
    first: Headline,
    test: RandomisationTest,
) -> dict[str, Value]:
    """Every figure of the trial; those of one site too where only one had events.

    `rows` (one row per shift counted). Returns the figures by name.
    """
    informative = [site for site in sites if not site.is_double_zero]
    treated = int(rows["treated"].sum())
    values: dict[str, Value] = {
        "sites": len(sites),
        "sites_without_events": len(sites) - len(informative),
        "shifts_treated": treated,
        "shifts_control": rows.height - treated,
        "events_treated": totals(sites)[0],
        "events_control": totals(sites)[1],
        "rate_ratio": first.ratio,
        "log_ratio": first.log_ratio,
        "se": first.error,
        "rate_ratio_lo": first.limits[0],
        "rate_ratio_hi": first.limits[1],
        "p_randomisation": test.p_value,
        "statistic": test.statistic,
        "draws": test.draws,
        "smallest_detectable_fall": detectable(rows, sites),
        **first.more,
        **pooling.pooled_d(keys, informative),
        **pooling.all_sites(sites),
        **mixed.mixed_values(sites),
    }
    if len(informative) == 1:
        values |= _of_one_site(informative[0])
    return values


def _of_one_site(site: Site) -> dict[str, Value]:
    """Figures of the only site with events; its ratios by denominator are in the diagnostics."""
    values: dict[str, Value] = {"dispersion": site.dispersion}
    if site.clustered and site.fit:
        error, freedom = site.clustered
        p_value = float(2 * stats.t.sf(abs(site.fit.log_ratio) / error, freedom))
        values |= {"CR2_se_by_date": error, "CR2_df_by_date": freedom, "CR2_p_by_date": p_value}
    return values


def diagnostics(
    keys: ShiftKeys,
    shifts: pl.DataFrame,
    rows: pl.DataFrame,
    allocation: Allocation,
    sites: list[Site],
    first: Headline,
) -> dict[str, Any]:
    """Tables behind the figures.

    `shifts` (one row per shift planned), `rows` (one row per shift counted). Returns the tables by
    name.
    """
    moved = consort.consort(keys, shifts)
    found = instrument.instrumented(rows, allocation)
    return {
        "consort": moved,
        "delivered_as_allocated": consort.adherence(moved),
        "balance": consort.balance(keys, shifts, rows),
        "ratios": [ratio for site in sites for ratio in site.ratios],
        "forest": [_row(site) for site in sites],
        "without_events": [site.name for site in sites if site.is_double_zero],
        "leave_one_out": first.leave_one_out,
        "compliance": pooling.by_compliance(keys, sites),
        "activation": by_activation(keys, rows, sites),
        "instrument": instrument.instrument_values(found) if found else None,
        "spillover": spillover(rows),
        "before_after": before_after(keys.before_after) if keys.before_after else None,
    }


def _row(site: Site) -> dict[str, Any]:
    """One row of the forest plot, with its counts."""
    row: dict[str, Any] = {"site": site.name, "events": site.events, "shifts": site.shifts}
    row |= {"hours": site.exposure["hours"], "shifts_with_events": site.with_events}
    if site.is_double_zero:
        return row
    ratio = site.log_ratio()
    low, high = ratio.interval()
    row |= {"rate_ratio": ratio.ratio, "low": low, "high": high, "d": site.d}
    return row | {"p_randomisation": site.randomisation.p_value if site.randomisation else None}
