"""The design `shift_trial`: steps A1 to A10 on one table with a row per shift."""

import polars as pl

from orchestration.evaluation.columns import Numbers, table_of
from orchestration.evaluation.frame import Design, Gate, Result
from orchestration.evaluation.gates import rate_may_be_shown, two_arms_may_be_compared
from orchestration.evaluation.rates.words import detectable_in_words, ratio_in_words
from orchestration.evaluation.trials.blocked import blocked_poisson
from orchestration.evaluation.trials.draws import randomisation_test
from orchestration.evaluation.trials.shift import audit, table
from orchestration.evaluation.trials.shift.before_after import BANNER
from orchestration.evaluation.trials.shift.contagion import WARNING
from orchestration.evaluation.trials.shift.example import EXAMPLE
from orchestration.evaluation.trials.shift.headline import Headline, headline
from orchestration.evaluation.trials.shift.keys import ShiftKeys
from orchestration.evaluation.trials.shift.ratios import Site, site_of
from orchestration.evaluation.trials.shift.report import detectable, diagnostics, figures, totals

NAME = "shift_trial"
CLUMPED = (
    "Events come in clumps, such as several complaints of one incident: read the limits widened by "
    "dispersion and the lot drawn again, not the exact limits, which take events for independent."
)


def shift_trial(keys: ShiftKeys, given: pl.DataFrame | None) -> Result:
    """Audit, flow, balance, ratios, the lot drawn again, sites pooled, and what stands beside.

    Raises Refusal for one arm, no events, an allocation after its shift began, unequal chances not
    stated, exposure that is not above zero, dates that run over a break or are not whole yet, and
    what else makes the table no trial of shifts.
    """
    shifts = table_of(given)
    rows = table.shifts_of(keys, shifts)
    spanned, is_timed = audit.refuse_by_dates(keys, rows), audit.refuse_late_lots(keys, shifts)
    chance = audit.chances(keys, shifts, rows)
    lot = table.lot_of(rows, chance, is_blocked=keys.scheme == "blocked")
    sites = _sites(keys, rows, chance)
    counted = rows["outcome"].to_numpy(), rows["hours"].to_numpy()
    first = headline(keys, sites, blocked_poisson(*counted, lot.treated, lot.block))
    drawn = randomisation_test(lot, *counted, draws=keys.draws, seed=keys.seed)
    gates = (*audit.audit_gates(keys, rows, chance, is_timed=is_timed), *_gates(rows, sites))
    return Result(
        design=NAME,
        measure="rate ratio per officer-hour, treated over control shifts",
        method=first.method,
        values=figures(keys, rows, sites, first, drawn),
        estimate=first.ratio,
        standard_error=first.error,
        interval_low=first.limits[0],
        interval_high=first.limits[1],
        p_value=drawn.p_value if gates[-1].passed else None,
        smallest_detectable=detectable(rows, sites),
        gates=gates,
        diagnostics=diagnostics(keys, shifts, rows, lot, sites, first),
        notes=(*spanned, *_notes(keys, sites)),
        is_randomised=True,
        words=_words(keys, rows, sites, first),
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
            table.lot_of(part, part["chance"].to_numpy(), is_blocked=is_blocked),
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
    told = ratio_in_words("The rate with cameras", counts, first.limits, control, "randomised")
    return f"{told} {detectable_in_words(control, detectable(rows, sites))}"


SHIFT_TRIAL = Design(
    NAME,
    ShiftKeys,
    shift_trial,
    "Shifts drawn by lot, one row per shift: audit, flow, balance, ratios over four denominators, "
    "the lot drawn again, sites pooled, the authors' d, contagion; before/after only beside it.",
    EXAMPLE,
)
