"""What the page Evidence says: of studies, of areas among peers, and of what is not averaged."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import exp
from typing import Any

from dashboards.text.figures import sentence
from dashboards.text.formats import escape, is_missing, measured, number_of
from dashboards.text.notices import RANDOMISED
from orchestration.evaluation.core import Scale

Row = Mapping[str, Any]
OUTCOMES = {
    "complaints": "Complaints",
    "use_of_force": "Use of force",
    "assaults": "Assaults on officers",
    "arrests": "Arrests",
    "charges": "Charges and detections",
    "pleas": "Pleas",
    "convictions": "Convictions",
    "stops": "Stops and searches",
    "recorded_crime": "Recorded crime",
    "court_time": "Officers' time at court",
    "recording": "What is recorded",
    "benefit_cost": "Benefits over costs",
}
MEASURES = {
    "percent_difference": "Difference, per cent",
    "standardised_difference": "Difference, standard deviations",
    "percent_difference_of_odds": "Difference of odds, per cent",
    "percentage_points": "Difference, percentage points",
    "difference_per_1000_officers_a_year": "Difference per 1,000 officers a year",
    "percent_change_before_after": "Change over time, per cent",
    "percentage_points_before_after": "Change over time, percentage points",
    "share_percent": "Share, per cent",
    "ratio": "Ratio",
}
#: The measure of a study's figures once a ratio is given in per cent; others keep their own
#: measure.
SIZES = {
    Scale.LOG_RATIO: "difference from what was expected without cameras",
    Scale.RATIO: "difference from the rate compared with",
    Scale.LOG_ODDS_RATIO: "difference of odds (an odds ratio)",
    Scale.LOG_HAZARD_RATIO: "difference in pace (a hazard ratio)",
    Scale.PROPORTION_DIFFERENCE: "percentage points",
    Scale.STANDARDISED_DIFFERENCE: "standard deviations (standardised difference d)",
}
CLASSES = {
    "randomised": "randomised",
    "compared": "compared, not randomised",
    "before_after": "before and after",
    "descriptive": "described only",
    "review": "average of studies",
}
HEADINGS = {
    "randomised": RANDOMISED,
    "compared": "Compared with places that had no cameras yet: not randomised",
    "review": "An average of studies",
}
NO_PEERS = (
    "No areas of this programme are declared as peers, or fewer than three of them have a figure "
    "of a whole year: nothing is compared."
)
GRADES = (
    "**Grades, by a rule.** A: a publication was read, and who had cameras was randomised. B: a "
    "publication, an official body or the authors themselves, and something to compare with. "
    "C: press, secondary or vendor, or nothing to compare with. D: no figure was found."
)
NOT_RANDOMISED = "**Not randomised: other things changed too.**"
NO_OTHERS = "Compared with nobody"
ONE_SERIES = "This study has nothing to compare with but an earlier time, so it cannot say why."
NO_PUBLISHED = "This release holds no published findings."
FOREST = (
    "Each mark is one figure, its line a 95% interval where one was printed. Shape says how the "
    "two sides came about, the letter in brackets how good the source is. Figures of this "
    "programme are in colour and stand first."
)
LIKE_ONLY = (
    "Only figures of one outcome and one measure share a chart, and figures of different "
    "measures are never averaged: a per cent of complaints and a standard deviation of force do "
    "not add up."
)
MOVED_ALIKE = "Before the cameras came: did the places move alike?"
POINTS = (
    "Diamonds are periods before the cameras came, circles those after; upright lines are 95% "
    "intervals from leaving out each place in turn. Points with few places or events behind them "
    "are left out."
)
#: Figures of a study that show how far its estimate would move, in words: lower and upper end, or
#: one figure.
SENSITIVITY = (
    ("With one step for all periods and errors made for few places", "cr2_lo", "cr2_hi"),
    ("Without the one cell that carries most", "without_carrying_cell_log_ratio", None),
    ("With the periods in which cameras came counted as before", "partial_as_untreated_log_ratio",
     None),
    ("Had the places drifted apart half as much as the most seen before", "drift_half_lo",
     "drift_half_hi"),
    ("Had they drifted apart as much as the most seen before", "drift_once_lo", "drift_once_hi"),
    ("Had they drifted apart twice as much", "drift_twice_lo", "drift_twice_hi"),
)  # fmt: skip
AVERAGE_NEEDS, RANGE_NEEDS, GROUPS_NEED = 3, 5, 10
NOT_FOUND_TOO = (
    "Every finding that was looked for, those that were not found among them, with its source. "
    "Figures are as printed; notes are ours."
)
DONE_AGAIN = (
    "Figures that were printed of other places, run through the same checks as studies of our own. "
    "They are of no programme here."
)


def parallel_trends(test_p: float | None) -> str:
    """What the periods before the cameras show about the comparison, and what they cannot show."""
    test = (
        "There are too few periods before the cameras to test it."
        if test_p is None
        else f"Tested together, the periods before have p = {test_p:.2f}."
    )
    return (
        "The comparison holds only if places would have moved alike without cameras. Before they "
        f"came, points should lie around zero. {test} A test that finds nothing does not show "
        "that they moved alike."
    )


def event_alt(rows: Sequence[Row]) -> str:
    """The event study for those who do not see it: its first, its last and what it is of."""
    said = [
        f"period {row['event_period']}: {measured(100 * (exp(row['period_log_ratio']) - 1), '', 0)}"
        f" per cent, {row['unit_count']} places"
        for row in rows
    ]
    return f"Points by period around the start of cameras. {'; '.join(said)}."


def sensitivity(row: Row, values: Mapping[str, float]) -> list[str]:
    """How far the estimate moves under other assumptions, one line each."""
    lines = []
    for name, first, second in SENSITIVITY:
        ends = [values.get(each) for each in (first, second) if each is not None]
        if any(is_missing(end) for end in ends):
            continue
        said = " to ".join(size(row, end) for end in ends if end is not None)
        lines.append(f"{name}: {said}.")
    chance = values.get("p_randomisation")
    if not is_missing(chance) and chance is not None:
        lines.append(
            f"Had the start dates been shuffled at random, {measured(100 * chance, '%')} of the "
            "shuffles would have given a figure at least as far from zero."
        )
    return lines


def no_study(programme: Row, *, is_on_record_alone: bool) -> str:
    """Why a programme has no estimate of its own."""
    if programme["is_synthetic"]:
        return (
            "There is no estimate for this programme. Its figures are invented, so an estimate "
            "would describe the software and no police force."
        )
    if is_on_record_alone:
        return (
            "There is no estimate for this programme. It is known from the public record alone: no "
            "counts by place and month were supplied, and no list of who had a camera."
        )
    return (
        "There is no estimate for this programme. None of its records say who had a camera when "
        "and what was counted with and without, or no study of it has been written down."
    )


def estimate(row: Row) -> str:
    """The estimate with its interval; a ratio is given in per cent, as in the summary."""
    if is_missing(row["estimate"]):
        return ""
    said = size(row, row["estimate"])
    if not is_missing(row["interval_low"]) and not is_missing(row["interval_high"]):
        ends = size(row, row["interval_low"]), size(row, row["interval_high"])
        said += f" (95% interval {ends[0]} to {ends[1]})"
    return f"**Estimate:** {said}, {measure(row)}."


def size(row: Row, value: float) -> str:
    """A figure of a study on its own scale: ratios in per cent, shares in points."""
    scale = Scale(row["effect_scale"])
    if scale.is_logarithm or scale is Scale.RATIO:
        ratio = exp(value) if scale.is_logarithm else value
        return f"{measured(100 * (ratio - 1), '', 1)}%"
    if scale is Scale.PERCENT_CHANGE:
        return f"{measured(value, '', 1)}%"
    if scale in {Scale.PROPORTION, Scale.PROPORTION_DIFFERENCE}:
        return (
            f"{measured(100 * value, '', 1)}{'' if scale is Scale.PROPORTION_DIFFERENCE else '%'}"
        )
    return measured(value, "")


def measure(row: Row) -> str:
    """What the figure is, in words; a ratio is given as a difference in per cent."""
    return SIZES.get(Scale(row["effect_scale"])) or escape(str(row["measure"]).replace("_", " "))


def smallest(row: Row) -> str:
    """The smallest effect the study could have found; for ratios as a fall in per cent."""
    if is_missing(row["smallest_detectable"]):
        return "**Smallest difference it could have found:** its design does not say."
    value = row["smallest_detectable"]
    said = size(row, value if row["effect_scale"] == Scale.RATIO else -abs(value))
    return (
        f"**Smallest difference it could have found:** {said.removeprefix('-')}. Less would have "
        "been missed more than one time in five, so not finding one does not mean there was none."
    )


def verdict(row: Row) -> str:
    """What a study found, from its interval: lower, higher, that it could not tell, or nothing."""
    if row["refusal_reason"] or is_missing(row["estimate"]):
        return "Held back"
    low, high = row["interval_low"], row["interval_high"]
    if is_missing(low) or is_missing(high):
        return "No interval"
    nothing = 1.0 if Scale(row["effect_scale"]) is Scale.RATIO else 0.0
    if low <= nothing <= high:
        return "We could not tell"
    return "Lower" if high < nothing else "Higher"


def kind_of(row: Row) -> str:
    """The class of a study's design; a study refused before it had one counts as a comparison."""
    return str(row["design_class"] or "compared")


def studied(row: Row, names: Mapping[str, str]) -> str:
    """Where a study of one area was made, by the area's name; empty for one of several."""
    area = row.get("studied_area_id")
    return "" if area is None else f"in {names.get(str(area), str(area))} alone"


def of_one_kind(rows: Sequence[Row]) -> str:
    """How all of several studies compare, where they do so alike; else empty."""
    kinds = {CLASSES[kind_of(row)] for row in rows}
    return kinds.pop() if len(kinds) == 1 and rows[1:] else ""


def in_a_line(row: Row, where: str = "", not_met: str = "", said_of_all: str = "") -> str:
    """A study in one line: the verdict, what was studied, where and how, and the interval.

    `not_met` names the checks that hold it back, unless it has a reason of its own; `said_of_all`
    is what was already said above several studies and is not repeated.
    """
    how = "" if said_of_all else CLASSES[kind_of(row)]
    kind = ", ".join(filter(None, (how, escape(where))))
    found = verdict(row)
    said = f"**{found}.** {escape(row['study_title'])}{f' ({kind})' if kind else ''}"
    if found == "Held back":
        why = sentence(row["refusal_reason"] or not_met)
        return f"{said}. {why}" if why else f"{said}."
    if is_missing(row["interval_low"]) or is_missing(row["interval_high"]):
        return f"{said}."
    ends = size(row, row["interval_low"]), size(row, row["interval_high"])
    unit = "" if ends[0].endswith("%") else f", {measure(row)}"
    return f"{said}: {ends[0]} to {ends[1]}{unit}."


def standing(row: Row) -> str:
    """Whether the study confirms or explores, and why."""
    word = str(row["study_status"]).replace("_", " ").capitalize()
    return f"**{word}:** {sentence(row['study_status_reason'])}"


def checks(gates: Sequence[Row]) -> str:
    """The rules that decide what may be shown, met or not, each with its reason."""
    if not gates:
        return "**Checks:** its design has none that decides what may be shown."
    lines = [
        f"- {'Met' if gate['is_passed'] else '**Not met**'}: {escape(gate['gate_name'])}. "
        f"{sentence(gate['gate_reason'])}"
        for gate in gates
    ]
    return "\n".join(["**Checks**", *lines])


def how_many(every: int, ours: int) -> str:
    """How many figures a chart of findings holds, and how many of them are the programme's own."""
    return f"{number_of(every, 'figures')}, {ours or 'none'} of this programme"


def not_averaged(studies: int) -> str:
    """How many trials could be averaged, and what an average would need; none is given."""
    trials = {0: "No trial", 1: "1 trial"}.get(studies, f"{studies} trials")
    said = f"{trials} printed an interval from a randomised comparison in this measure."
    needs = (
        f"An average needs {AVERAGE_NEEDS}, a range for one more trial {RANGE_NEEDS}, and a "
        f"comparison of kinds of trials {GROUPS_NEED}."
    )
    if studies < AVERAGE_NEEDS:
        return f"{said} {needs} So there is no average."
    return f"{said} {needs} No average is given here: that is a study of its own."


def short(row: Row) -> str:
    """A point's name on the chart: first author, year, place and grade; our own say so."""
    if row["is_local"]:
        return f"HERE: {row['point_label']}"
    cited = str(row["study_citation"])
    authors, bracket, rest = cited.partition(" (")
    site = str(row["point_label"]).removeprefix(f"{cited}, ")
    first = authors.split(",")[0].split(" and ")[0]
    more = " et al." if first != authors else ""
    year = f" {rest.split(')')[0]}" if bracket else ""
    return f"{first}{more}{year}: {site} ({row['evidence_grade']})"


def held_back(row: Row, gates: Sequence[Row]) -> str:
    """What is not shown and because of which rules; empty where nothing is held back."""
    if not is_missing(row["estimate"]):
        return ""
    failed = [gate for gate in gates if not gate["is_passed"]]
    why = "; ".join(
        f"{escape(gate['gate_name'])} ({escape(gate['gate_reason'])})" for gate in failed
    )
    return (
        "**Held back: estimate, interval and points.** The rules that were not met: "
        f"{why or 'its design gives no estimate'}."
    )


def many(rows: Sequence[Row]) -> str:
    """How many of several studies would exclude no change by chance, and which stay significant."""
    tested = [row for row in rows if not is_missing(row["p_value"])]
    if len(tested) < 2:  # noqa: PLR2004 - one study is one comparison
        return ""
    # The statistics behind this take seconds to import, and most pages never need them.
    from orchestration.evaluation.rates.permutation_and_multiple_tests import many_comparisons

    compared = many_comparisons([float(row["p_value"]) for row in tested])
    kept = [
        escape(row["study_title"])
        for row, stays in zip(tested, compared.survives, strict=True)
        if stays
    ]
    named = f" {'They are' if kept[1:] else 'It is'}: {'; '.join(kept)}." if kept else ""
    return f"{compared.in_words('studies on this page')}{named}"


def peers(name: str, reason: str) -> str:
    """The set of peers and why its areas may be compared."""
    return (
        f"**{escape(name)}.** {sentence(reason)} Limits are widened where areas vary more "
        "than chance explains. They say which areas to ask about and rank nobody."
    )


def luck_among_peers(rows: Sequence[Row]) -> str:
    """How many of these comparisons would stand out by chance if nothing differed."""
    compared = [row for row in rows if row["place_in_funnel"] is not None]
    if not compared:
        return "None of these figures has enough events for funnel limits."
    found = sum(row["place_in_funnel"] != "within" for row in compared)
    stay = sum(bool(row["is_beyond_luck"]) for row in compared)
    expected = len(compared) / 20
    several = "fewer than one" if expected < 1 else f"about {expected:,.0f}"
    do = "one does" if found == 1 else f"{found:,} do"
    still = "one still stands" if stay == 1 else f"{stay:,} still stand"
    return (
        f"Of {len(compared):,} figures, {several} would lie outside the 95% limits by luck alone; "
        f"{do}, and {still} out once the number of areas compared for each measure is allowed for."
    )


def beyond_peers(rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """Areas beyond the outer limits by more than chance, one line per measure."""
    lines = []
    ordered = sorted(rows, key=lambda row: (str(row["metric_id"]), str(row["area_id"])))
    for metric, group in groupby(ordered, key=lambda row: str(row["metric_id"])):
        said = [
            f"{escape(names.get(str(row['area_id']), str(row['area_id'])))} "
            f"({'above' if str(row['place_in_funnel']).startswith('above') else 'below'})"
            for row in group
        ]
        lines.append(f"- {escape(names.get(metric, metric))}: {', '.join(said)}")
    return "\n".join(lines)
