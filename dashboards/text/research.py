"""What the page Research says about itself, and what each design is for."""

from collections.abc import Mapping
from typing import Any

from dashboards.text.formats import measured, whole
from orchestration.evaluation.core import Scale

OWN = (
    "**Your own table, not ours.** Nothing that is worked out on this page comes from the release "
    "named above, and nothing of it is added to any release. What you give is held in the memory "
    "of this server while the page is open and is kept nowhere: no file, no log, no link. A study "
    "may have 1 MB and a table 50 MB. It runs in a process of its own, "
    "with 4,000 MB of memory and ten minutes of processor time at most, and ends with your visit. "
    "Each reader has one study at a time, and a server two."
)
OWN_TABLE = "Worked out from what was given here."
OWN_STUDY = (
    "A study is a short text: the question, the design, its keys. It holds its table or is given "
    "one. `bodyworn estimate` runs the same study without this page."
)
OWN_PLAN = (
    "How many, how long, how small a difference: by formula or by simulation, and schedules made "
    "from a seed that is kept. `bodyworn plan` does the same without this page."
)
REGISTER = (
    "A study confirms only if it was registered, unchanged, before its outcomes began. Anything "
    "else explores. `bodyworn study register` adds to this list; no entry can be changed later "
    "without breaking the chain."
)
BALANCE = (
    "Between the dashed lines the arms differ by less than a tenth of a standard deviation. Chance "
    "alone puts some outside in small trials."
)
MONTE_CARLO = (
    "Upright lines are twice the Monte-Carlo error: what another run of the simulation could give."
)
#: What each design that estimates is for, in the words of somebody who has the question.
PURPOSES = {
    "area_funnel": "Which areas differ by more than chance and the usual differences?",
    "arm_panel": "An officer trial known by counts of area, period and arm",
    "before_after": "Rates before and after, described",
    "callaway_santanna": "Staged roll-out: differences by group and period",
    "cluster_trial": "A trial of teams",
    "clustered_regression": "A regression with errors by team or area",
    "common_effect": "Average studies as if all measured the same",
    "count_limits": "Limits of counts",
    "count_model": "A regression of counts",
    "dispersion_test": "Do counts vary by more than chance?",
    "empirical_bayes": "Rates of areas, shrunk towards the overall rate",
    "etwfe": "Staged roll-out: Poisson regression by cohort and period",
    "interrupted_series": "One series before and after a day, described",
    "linear_imputation": "Staged roll-out of values that are no counts",
    "mantel_haenszel": "Average ratios over sites",
    "meta_regression": "Do effects of studies follow a number known of each?",
    "officer_trial": "A trial of officers",
    "p_value_family": "Several tests at once: adjusted p-values",
    "proportions": "Shares, and the difference of two",
    "published_change": "A printed change from before to after",
    "published_effect": "A printed effect with its error",
    "published_trial": "A trial known by what was printed",
    "random_effects": "Average studies that differ",
    "rate": "One rate with its limits",
    "rate_ratio": "Two rates compared",
    "ratios": "Named ratios",
    "relative_rate_ratio": "The change of one group over that of another",
    "rollout_within_bounds": "Staged roll-out whose days are known or lie within bounds",
    "shift_trial": "A trial of shifts",
    "sign_flips": "Paired differences",
    "staged_rollout": "Staged roll-out: places that got cameras at different times",
    "subgroups": "Do subgroups of studies differ?",
    "sun_abraham": "Staged roll-out: differences by cohort and time since",
    "time_to_event": "How long until a charge, a plea or an end?",
    "two_by_two": "A table of two by two",
    "two_groups": "Two small groups compared exactly",
    "two_way_fixed_effects": "Two-way effects with one coefficient, for comparison only",
}
PLANS = {
    "plan_counts": "How small a fall of a count can be found",
    "plan_clusters": "How many teams are needed",
    "plan_officers": "How small a difference between officers can be found",
    "plan_proportions": "How many people are needed to find a difference between two shares",
    "plan_design_effect": "How many times as many people it takes to randomise whole teams",
    "plan_shifts": "How often a trial of shifts would find a difference",
    "plan_teams": "How often a trial of teams within boroughs would find a difference",
}
#: Plans that the form asks for in words and dates, or that need a written study.
WRITTEN = {
    "plan_rollout": "How often a roll-out by stages would find a fall, and how many areas it needs",
    "schedule_shifts": "A schedule: which shifts carry cameras",
    "schedule_clusters": "A schedule: which teams carry cameras",
}
AXES = {
    Scale.RATIO: "ratio (1: no difference)",
    Scale.STANDARDISED_DIFFERENCE: "standard deviations",
    Scale.PROPORTION: "share",
    Scale.PROPORTION_DIFFERENCE: "difference of shares",
}


def purpose(design: str) -> str:
    """What a design is for, in words."""
    return {**PURPOSES, **PLANS, **WRITTEN}[design]


def axis(scale: Scale) -> str:
    """The title of the axis of a forest of figures on this scale."""
    if scale.is_logarithm:
        return "difference, per cent"
    return AXES.get(scale, "difference")


def answer(keys: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """What a plan says about the effect that was typed in; empty where there is none."""
    ratio, power, wanted = keys.get("ratio"), values.get("power"), keys.get("power", 0.8)
    if ratio is not None and isinstance(power, float):
        size = f"{'fall' if ratio < 1 else 'rise'} of {measured(100 * abs(1 - ratio), '%')}"
        said = f"A {size} would be found {100 * power:.0f} times in a hundred."
        needed = values.get("expected_control_needed")
        if isinstance(needed, float):
            said += (
                f" To find it {100 * wanted:.0f} times, {whole(needed)} events without cameras "
                "are needed."
            )
        return said
    officers = values.get("officers_per_arm")
    if keys.get("difference") is not None and isinstance(officers, int | float):
        return (
            f"To find a difference of {measured(float(keys['difference']), '')}, "
            f"{whole(float(officers))} officers are needed in each arm."
        )
    return ""


#: What is asked of a plan, by its keys: a label for every number of the key.
FIELDS = {
    "proportions": ("Share in one arm", "Share in the other arm"),
    "size": ("People in each arm",),
    "cluster_size": ("People in a cluster",),
    "icc": ("Correlation within a cluster",),
    "expected_control": ("Events expected without cameras",),
    "treated_share": ("Share of the exposure with cameras",),
    "dispersion": ("Dispersion (1 where events come one by one)",),
    "ratio": ("Rate with cameras, over the rate without",),
    "events_per_cluster": ("Events expected in a team without cameras",),
    "variation": ("Variation of true rates between teams (k)",),
    "clusters_per_arm": ("Teams in each arm",),
    "officers": ("Officers with cameras", "Officers without"),
    "deviation": ("Standard deviation between officers",),
    "difference": ("Difference to be found",),
    "weeks": ("Weeks",),
    "shifts_a_week": ("Shifts a week",),
    "events_a_shift": ("Events expected on a shift without cameras",),
    "carry_over": ("Share of the difference that carries over",),
    "extra": ("Further events that follow on each",),
    "strata": ("Boroughs",),
    "teams": ("Teams in each borough",),
    "treated": ("Of these with cameras",),
    "events_a_team": ("Events expected in a team without cameras",),
    "power": ("Power that is wanted",),
    "alpha": ("Level of the test",),
    "runs": ("Trials to simulate",),
    "seed": ("Seed",),
}
