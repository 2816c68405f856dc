"""The figures and tables of a shift trial, put together by name (A10)."""

from typing import Any

import polars as pl
from scipy import stats

from orchestration.evaluation.core import Value
from orchestration.evaluation.rates.exact_power import smallest_fall
from orchestration.evaluation.trials.randomisation_inference import Drawn, Lot
from orchestration.evaluation.trials.shift import consort, instrument, mixed, pooling
from orchestration.evaluation.trials.shift.activation import by_activation
from orchestration.evaluation.trials.shift.before_after import before_after
from orchestration.evaluation.trials.shift.headline import Headline
from orchestration.evaluation.trials.shift.ratios import Site
from orchestration.evaluation.trials.shift.spillover import spillover
from orchestration.evaluation.trials.shift.table import ShiftKeys


def totals(sites: list[Site]) -> tuple[int, int]:
    """Events of the treated and of the control shifts of all sites."""
    return sum(site.events[0] for site in sites), sum(site.events[1] for site in sites)


def detectable(rows: pl.DataFrame, sites: list[Site]) -> float | None:
    """The smallest fall findable at the events of the control arm, thinned by the dispersion."""
    telling = [site for site in sites if not site.is_double_zero]
    dispersion = max(site.dispersion for site in telling)
    hours = rows["hours"].to_numpy()
    share = float(hours[rows["treated"].to_numpy()].sum() / hours.sum())
    return smallest_fall(max(totals(sites)[1], 1) / dispersion, share)


def figures(
    keys: ShiftKeys, rows: pl.DataFrame, sites: list[Site], first: Headline, drawn: Drawn
) -> dict[str, Value]:
    """Every figure of the trial by its stable name; those of one site where only one had events."""
    telling = [site for site in sites if not site.is_double_zero]
    treated = int(rows["treated"].sum())
    values: dict[str, Value] = {
        "sites": len(sites),
        "sites_without_events": len(sites) - len(telling),
        "shifts_treated": treated,
        "shifts_control": rows.height - treated,
        "events_treated": totals(sites)[0],
        "events_control": totals(sites)[1],
        "rate_ratio": first.ratio,
        "log_ratio": first.log_ratio,
        "se": first.error,
        "rate_ratio_lo": first.limits[0],
        "rate_ratio_hi": first.limits[1],
        "p_randomisation": drawn.p_value,
        "statistic": drawn.statistic,
        "draws": drawn.draws,
        "smallest_detectable_fall": detectable(rows, sites),
        **first.more,
        **pooling.pooled_d(keys, telling),
        **pooling.all_sites(sites),
        **mixed.of_sites(sites),
    }
    if len(telling) == 1:
        values |= _of_one_site(telling[0])
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
    lot: Lot,
    sites: list[Site],
    first: Headline,
) -> dict[str, Any]:
    """Tables that stand behind the figures, by name."""
    moved = consort.consort(keys, shifts)
    found = instrument.instrumented(rows, lot)
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
        "instrument": instrument.told(found) if found else None,
        "spillover": spillover(rows),
        "before_after": before_after(keys.before_after) if keys.before_after else None,
    }


def _row(site: Site) -> dict[str, Any]:
    """One row of the forest plot, with its counts."""
    told: dict[str, Any] = {"site": site.name, "events": site.events, "shifts": site.shifts}
    told |= {"hours": site.exposure["hours"], "shifts_with_events": site.with_events}
    if site.is_double_zero:
        return told
    ratio = site.log_ratio()
    low, high = ratio.interval()
    told |= {"rate_ratio": ratio.ratio, "low": low, "high": high, "d": site.d}
    return told | {"p_randomisation": site.drawn.p_value if site.drawn else None}
