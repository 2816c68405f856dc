"""The design `shift_trial`: steps A1 to A10 on one table with a row per shift, and an example.

Its figures and tables are put together by name first (A10), then the steps are run in order.
"""

from typing import Any

import polars as pl
from scipy import stats

from orchestration.evaluation.columns import Numbers, table_of
from orchestration.evaluation.core import (
    Design,
    Gate,
    Gives,
    Result,
    Scale,
    Value,
    finite,
    log_of_fall,
)
from orchestration.evaluation.gates import rate_may_be_shown, two_arms_may_be_compared
from orchestration.evaluation.rates.contrasts import detectable_in_words, ratio_in_words
from orchestration.evaluation.rates.count_models import blocked_poisson
from orchestration.evaluation.rates.exact_rates import smallest_fall
from orchestration.evaluation.trials.randomisation import (
    Allocation,
    RandomisationTest,
    randomisation_test,
)
from orchestration.evaluation.trials.shift import (
    allocation_audit,
    ancillary_analyses,
    pooling,
    shift_table,
)
from orchestration.evaluation.trials.shift.ancillary_analyses import (
    BANNER,
    WARNING,
    before_after,
    spillover,
)
from orchestration.evaluation.trials.shift.pooling import Headline, by_activation, headline
from orchestration.evaluation.trials.shift.ratios import Site, site_of
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys

NAME = "shift_trial"
CLUMPED = (
    "Events come in clumps, such as several complaints of one incident: read the limits widened by "
    "dispersion and randomisation inference, not the exact limits, which take events to be "
    "independent."
)


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
        **pooling.mixed_values(sites),
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
    moved = allocation_audit.consort(keys, shifts)
    found = ancillary_analyses.instrumented(rows, allocation)
    return {
        "consort": moved,
        "delivered_as_allocated": allocation_audit.adherence(moved),
        "balance": allocation_audit.balance(keys, shifts, rows),
        "ratios": [ratio for site in sites for ratio in site.ratios],
        "forest": [_row(site) for site in sites],
        "without_events": [site.name for site in sites if site.is_double_zero],
        "leave_one_out": first.leave_one_out,
        "compliance": pooling.by_compliance(keys, sites),
        "activation": by_activation(keys, rows, sites),
        "instrument": ancillary_analyses.instrument_values(found) if found else None,
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


def shift_trial(keys: ShiftKeys, given: pl.DataFrame | None) -> Result:
    """Audit, flow, balance, ratios, randomisation inference, sites pooled, and the diagnostics.

    `given` (one row per shift planned). Returns a Result on the log scale. Raises Refusal for one
    arm, no events, an allocation after its shift began, unequal chances not stated, exposure that
    is not above zero, dates that run over a break or are not complete yet, and whatever else makes
    the table no trial of shifts.
    """
    shifts = table_of(given)
    rows = shift_table.shifts_of(keys, shifts)
    spanned, is_timed = (
        allocation_audit.refuse_by_dates(keys, rows),
        allocation_audit.refuse_late_allocations(keys, shifts),
    )
    chance = allocation_audit.chances(keys, shifts, rows)
    allocation = shift_table.allocation_of(rows, chance, is_blocked=keys.scheme == "blocked")
    sites = _sites(keys, rows, chance)
    counted = rows["outcome"].to_numpy(), rows["hours"].to_numpy()
    first = headline(keys, sites, blocked_poisson(*counted, allocation.treated, allocation.block))
    test = randomisation_test(allocation, *counted, draws=keys.draws, seed=keys.seed)
    gates = (
        *allocation_audit.audit_gates(keys, rows, chance, is_timed=is_timed),
        *_gates(rows, sites),
    )
    return Result(
        design=NAME,
        measure="log rate ratio per officer-hour, treated over control shifts",
        scale=Scale.LOG_RATIO,
        method=first.method,
        values=trial_values(keys, rows, sites, first, test),
        estimate=first.log_ratio,
        standard_error=first.error,
        interval_low=finite(first.low),
        interval_high=finite(first.high),
        p_value=test.p_value if gates[-1].passed else None,
        smallest_detectable=log_of_fall(detectable(rows, sites)),
        gates=gates,
        diagnostics=diagnostics(keys, shifts, rows, allocation, sites, first),
        notes=(*spanned, *_notes(keys, sites)),
        is_randomised=True,
        summary=_words(keys, rows, sites, first),
    )


def _sites(keys: ShiftKeys, rows: pl.DataFrame, chance: Numbers) -> list[Site]:
    is_blocked = keys.scheme == "blocked"
    parts = rows.with_columns(chance=pl.Series(chance)).partition_by(
        "site", as_dict=True, maintain_order=True
    )
    return [
        site_of(
            str(name),
            part,
            shift_table.allocation_of(part, part["chance"].to_numpy(), is_blocked=is_blocked),
            keys.draws,
            keys.seed,
        )
        for (name,), part in parts.items()
    ]


def _gates(rows: pl.DataFrame, sites: list[Site]) -> tuple[Gate, Gate]:
    treated, control = totals(sites)
    blocks = [
        rows.filter(pl.col("treated") == arm).select("site", "block").n_unique()
        for arm in (True, False)
    ]
    return rate_may_be_shown(control), two_arms_may_be_compared(treated + control, blocks)


def _notes(keys: ShiftKeys, sites: list[Site]) -> tuple[str, ...]:
    empty = [site.name for site in sites if site.is_double_zero]
    notes = [WARNING]
    if empty:
        notes.append(
            f"Without events in either arm: {', '.join(empty)}. Left out of ratios, kept in the "
            "difference of rates and in the mixed model."
        )
    if clumped := [site.name for site in sites if site.is_clumped]:
        notes.append(f"{CLUMPED} Site: {', '.join(clumped)}.")
    if keys.before_after:
        notes.append(BANNER)
    return tuple(notes)


def _words(keys: ShiftKeys, rows: pl.DataFrame, sites: list[Site], first: Headline) -> str:
    treated, control = totals(sites)
    arm = int(rows["treated"].sum())
    named = keys.outcome.replace("_", " ").capitalize()
    counts = (
        f"{named}: {treated:,} on {arm:,} shifts with cameras, {control:,} on "
        f"{rows.height - arm:,} without."
    )
    summary = ratio_in_words("The rate with cameras", counts, first.limits, control, "randomised")
    return f"{summary} {detectable_in_words(control, detectable(rows, sites))}"


EXAMPLE = """\
design: shift_trial
title: Complaints on shifts of one station
question: Were complaints rarer on shifts with cameras?
keys: {outcome: complaints, schedule_seed: 7, draws: 999}
inline:
  shift_id:
    [s01, s02, s03, s04, s05, s06, s07, s08, s09, s10, s11, s12, s13, s14, s15, s16,
    s17, s18, s19, s20, s21, s22, s23, s24, s25, s26, s27, s28, s29, s30, s31, s32, s33,
    s34, s35, s36, s37, s38, s39, s40]
  block_id:
    [w1, w1, w1, w1, w1, w1, w1, w1, w2, w2, w2, w2, w2, w2, w2, w2, w3, w3, w3, w3, w3,
    w3, w3, w3, w4, w4, w4, w4, w4, w4, w4, w4, w5, w5, w5, w5, w5, w5, w5, w5]
  alloc:
    [C, C, T, T, C, C, T, T, T, T, T, C, T, C, C, C, C, C, T, T, T, C, T, C, C, C, T, T,
    C, T, T, C, C, C, C, T, C, T, T, T]
  shift_date:
    [2015-03-01, 2015-03-01, 2015-03-02, 2015-03-02, 2015-03-03, 2015-03-03, 2015-03-04,
    2015-03-04, 2015-03-05, 2015-03-05, 2015-03-06, 2015-03-06, 2015-03-07, 2015-03-07,
    2015-03-08, 2015-03-08, 2015-03-09, 2015-03-09, 2015-03-10, 2015-03-10, 2015-03-11,
    2015-03-11, 2015-03-12, 2015-03-12, 2015-03-13, 2015-03-13, 2015-03-14, 2015-03-14,
    2015-03-15, 2015-03-15, 2015-03-16, 2015-03-16, 2015-03-17, 2015-03-17, 2015-03-18,
    2015-03-18, 2015-03-19, 2015-03-19, 2015-03-20, 2015-03-20]
  complaints:
    [0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 2, 1, 1, 0, 2, 1, 2, 3, 1, 1, 1,
    1, 1, 1, 1, 1, 0, 2, 1, 1, 2, 3, 0]
  officer_hours:
    [72, 73, 80, 77, 98, 78, 95, 104, 89, 75, 72, 81, 86, 89, 82, 103, 92, 108, 107, 98,
    71, 78, 99, 91, 107, 98, 102, 72, 81, 97, 95, 84, 76, 93, 73, 96, 102, 96, 72, 90]
  contacts_n:
    [32, 42, 47, 27, 21, 39, 44, 25, 56, 39, 58, 41, 49, 50, 39, 35, 46, 20, 44, 41, 25,
    28, 21, 49, 47, 35, 58, 35, 32, 56, 23, 35, 20, 33, 49, 33, 39, 39, 22, 23]
"""


SHIFT_TRIAL = Design(
    NAME,
    ShiftKeys,
    shift_trial,
    "Shifts randomised, one row per shift: audit, flow, balance, ratios over four denominators, "
    "randomisation inference, sites pooled, the authors' d, spillover; before/after for "
    "comparison only.",
    EXAMPLE,
    gives=Gives(
        values=(
            "sites",
            "sites_without_events",
            "shifts_treated",
            "shifts_control",
            "events_treated",
            "events_control",
            "rate_ratio",
            "log_ratio",
            "se",
            "rate_ratio_lo",
            "rate_ratio_hi",
            "p_randomisation",
            "statistic",
            "draws",
            "smallest_detectable_fall",
            "d",
            "se_d",
            "d_lo",
            "d_hi",
            "mh_rate_difference",
            "mh_rate_difference_lo",
            "mh_rate_difference_hi",
        ),
        sometimes=(
            "d_Q",
            "mh_rate_ratio",
            "mh_rate_ratio_lo",
            "mh_rate_ratio_hi",
            "mixed_rate_ratio",
            "mixed_rate_ratio_lo",
            "mixed_rate_ratio_hi",
            "mixed_se",
            "mixed_site_sd",
            "mixed_why_not",
            "tau2",
            "tau2_lo",
            "tau2_hi",
            "I2_percent",
            "Q",
            "Q_df",
            "p_Q",
            "pi_lo",
            "pi_hi",
            "dispersion",
            "CR2_se_by_date",
            "CR2_df_by_date",
            "CR2_p_by_date",
        ),
        diagnostics=(
            "consort",
            "delivered_as_allocated",
            "balance",
            "ratios",
            "forest",
            "without_events",
            "leave_one_out",
            "compliance",
            "activation",
            "instrument",
            "spillover",
            "before_after",
        ),
    ),
)
