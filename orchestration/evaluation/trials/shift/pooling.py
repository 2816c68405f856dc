"""Sites pooled (A4 to A6): our average, the authors', by protocol compliance and by activation."""

from typing import Any

import polars as pl

from orchestration.evaluation.core import Refusal, Result, Value
from orchestration.evaluation.gates import studies_allow_a_moderator
from orchestration.evaluation.meta_analysis.common_effect import common_effect
from orchestration.evaluation.meta_analysis.effects import EffectKeys, FromEffects
from orchestration.evaluation.meta_analysis.meta_regression import RegressionKeys, meta_regression
from orchestration.evaluation.meta_analysis.random_effects import RandomKeys, random_effects
from orchestration.evaluation.meta_analysis.subgroups import SubgroupKeys, subgroups
from orchestration.evaluation.rates.contrasts import Z_95
from orchestration.evaluation.trials.shift.ratios import Site, haenszel_ratio, risk_difference
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys

CAUTION = (
    "How much was recorded was not randomised: differences along it are associations among sites."
)


def by_activation(keys: ShiftKeys, rows: pl.DataFrame, sites: list[Site]) -> dict[str, Any] | None:
    """Log rate ratios of sites by the share recorded, with a slope from ten sites on.

    `rows` (one row per shift counted). The share is of the recordable encounters of camera shifts.
    Sites without events have no ratio. Returns the points and the slope with its limits, `why_not`
    saying why there is no slope; None where the table has no encounters.
    """
    if not {"recorded", "recordable"} <= set(rows.columns):
        return None
    counts = rows.filter("treated").group_by("site").agg(pl.col("recorded", "recordable").sum())
    shares = {site: made / of for site, made, of in counts.rows() if of > 0}
    points = [
        {
            "site": site.name,
            "activation": shares[site.name],
            "log_rate_ratio": (ratio := site.log_ratio()).log_ratio,
            "se": ratio.standard_error,
        }
        for site in sites
        if not site.is_double_zero and site.name in shares
    ]
    return {"points": points, "caution": CAUTION, **_slope(keys, points)}


def _slope(keys: ShiftKeys, points: list[dict[str, Any]]) -> dict[str, Any]:
    gate = studies_allow_a_moderator(len(points))
    if not gate.passed:
        return {
            "slope": None,
            "why_not": f"too few sites: {gate.reason}; plot the points without a line",
        }
    asked = RegressionKeys(
        measure="log_rate_ratio",
        outcome=keys.outcome,
        label="site",
        from_effects=FROM.model_copy(update={"effect": "log_rate_ratio"}),
        moderators=["activation"],
    )
    try:
        found = meta_regression(asked, pl.DataFrame(points))
    except Refusal as reason:
        return {"slope": None, "why_not": str(reason)}
    return {
        "slope": found.estimate,
        "se": found.standard_error,
        "low": found.interval_low,
        "high": found.interval_high,
        "p": found.p_value,
        "sites": found.values["k"],
        "words": found.summary,
    }


FROM = FromEffects(effect="effect", standard_error="se")


def pooled_ratio(keys: ShiftKeys, sites: list[Site]) -> Result:
    """Our average of log rate ratios: REML, Hartung and Knapp, prediction, each site left out.

    Returns the Result of `random_effects`.
    """
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
    """The authors' average: common-effect d of the odds of a shift with an event, and its Q.

    Returns the figures by name.
    """
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
    """Mantel-Haenszel: the ratio of sites with events, the difference of all, zeros included.

    Returns the figures by name.
    """
    ratio = haenszel_ratio(sites)
    gap = risk_difference(sites, Z_95)
    values: dict[str, Value] = {f"mh_rate_{name}": value for name, value in gap.items()}
    if ratio is not None:
        low, high = ratio.interval()
        values |= {"mh_rate_ratio": ratio.ratio, "mh_rate_ratio_lo": low, "mh_rate_ratio_hi": high}
    return values


def by_compliance(keys: ShiftKeys, sites: list[Site]) -> dict[str, Any] | None:
    """The authors' moderator: d by class of protocol compliance, and Q between the classes.

    Returns the figures by name, or None where the study names no classes. Raises Refusal for a site
    without a class, and for one class only.
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
        "caution": "Compliance was decided after the allocation: differences between classes are "
        "associations" + ("." if declared else ", and the classes were not declared beforehand."),
    }


def _authors_table(sites: list[Site]) -> pl.DataFrame:
    effects = [(site.name, *site.d) for site in sites if site.d is not None]
    return pl.DataFrame(effects, schema=["site", "effect", "se"], orient="row")
