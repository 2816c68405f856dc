"""Sites put together (A4 to A6): our average, the authors', and by protocol compliance."""

from typing import Any

import polars as pl

from orchestration.evaluation.core import Refusal, Result, Value
from orchestration.evaluation.meta_analysis.common_effect import common_effect
from orchestration.evaluation.meta_analysis.effects import EffectKeys, FromEffects
from orchestration.evaluation.meta_analysis.random_effects import RandomKeys, random_effects
from orchestration.evaluation.meta_analysis.subgroups import SubgroupKeys, subgroups
from orchestration.evaluation.rates.contrasts import Z_95
from orchestration.evaluation.trials.shift.ratios import Site, haenszel_ratio, risk_difference
from orchestration.evaluation.trials.shift.table import ShiftKeys

FROM = FromEffects(effect="effect", standard_error="se")


def pooled_ratio(keys: ShiftKeys, sites: list[Site]) -> Result:
    """Our average of log rate ratios: REML, Hartung and Knapp, prediction, each left out."""
    return random_effects(
        RandomKeys(
            measure="log_rate_ratio",
            outcome=keys.outcome,
            label="site",
            from_effects=FROM,
            is_randomised=True,
        ),
        pl.DataFrame(
            {
                "site": [site.name for site in sites],
                "effect": [site.log_ratio().log_ratio for site in sites],
                "se": [site.log_ratio().standard_error for site in sites],
            }
        ),
    )


def pooled_d(keys: ShiftKeys, sites: list[Site]) -> dict[str, Value]:
    """The authors' average: common-effect d of the odds of a shift with an event, and its Q."""
    table = _authors_table(sites)
    if table.height == 1:
        d, error = table.row(0)[1:]
        return {"d": d, "se_d": error, "d_lo": d - Z_95 * error, "d_hi": d + Z_95 * error}
    found = common_effect(
        EffectKeys(
            measure="standardised_difference",
            outcome=keys.outcome,
            label="site",
            from_effects=FROM,
            is_randomised=True,
        ),
        table,
    )
    return {
        "d": found.estimate,
        "se_d": found.standard_error,
        "d_lo": found.interval_low,
        "d_hi": found.interval_high,
        "d_Q": found.values["Q"],
    }


def all_sites(sites: list[Site]) -> dict[str, Value]:
    """Mantel-Haenszel: the ratio of sites with events, the difference of all, zeros included."""
    ratio = haenszel_ratio(sites)
    gap = risk_difference(sites, Z_95)
    values: dict[str, Value] = {f"mh_rate_{name}": value for name, value in gap.items()}
    if ratio is not None:
        low, high = ratio.interval()
        values |= {"mh_rate_ratio": ratio.ratio, "mh_rate_ratio_lo": low, "mh_rate_ratio_hi": high}
    return values


def by_compliance(keys: ShiftKeys, sites: list[Site]) -> dict[str, Any] | None:
    """The authors' moderator: d by class of protocol compliance, and Q between the classes.

    None where the study names no classes. Raises Refusal for a site without one.
    """
    if not keys.compliance:
        return None
    for site in sites:
        if site.name not in keys.compliance:
            raise Refusal(f"`compliance` has no class for site {site.name!r}: give every site one")
    table = _authors_table(sites)
    classes = [keys.compliance[name] for name in table["site"]]
    if len(set(classes)) < 2:  # noqa: PLR2004 - a moderator compares
        raise Refusal("`compliance` puts every site in one class: there is nothing to compare")
    found = subgroups(
        SubgroupKeys(
            measure="standardised_difference",
            outcome=keys.outcome,
            label="site",
            from_effects=FROM,
            is_randomised=True,
            subgroup="class",
        ),
        table.with_columns(pl.Series("class", classes)),
    )
    declared = keys.compliance_declared_before
    return found.values | {
        "classes": found.tables["subgroups"],
        "declared_before_unblinding": declared,
        "caution": "Compliance was decided after the lot: differences between classes are "
        "associations" + ("." if declared else ", and the classes were not declared beforehand."),
    }


def _authors_table(sites: list[Site]) -> pl.DataFrame:
    told = [(site.name, *site.d) for site in sites if site.d is not None]
    return pl.DataFrame(told, schema=["site", "effect", "se"], orient="row")
