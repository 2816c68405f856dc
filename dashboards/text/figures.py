"""Every sentence about a figure or a change: numbers first, then what may be concluded from them.

A change of before and after is told as what happened, with its interval.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.text.formats import (
    between,
    escape,
    is_missing,
    measured,
    month,
    number_of,
    period,
    places,
    span,
    whole,
    with_days,
)
from orchestration.evaluation import wording

Row = Mapping[str, Any]

NO_INTERVAL = {
    "count": "every record is counted, nothing is sampled",
    "distinct": "every record is counted, nothing is sampled",
}
SPINE = "Each row runs from the lowest to the highest of them"
NOTHING_HERE = "No records of this were supplied for this area and period."
UNRATED = ("count", "distinct", "quantile")
COUNTED = ("count", "distinct")
TOO_SMALL_TO_SAY = 0.05
#: A rise in per cent above this is worded as a multiple.
MOST_PERCENT = 900
PER_CENT = "per cent"


def unit_in_words(metric: Mapping[str, Any]) -> str:
    """The unit of a measure, as charts and spreadsheets write it."""
    return PER_CENT if metric["unit"] == "%" else str(metric["unit"])


def is_counted(metric: Row, statuses: Sequence[str]) -> bool:
    """Whether periods of these statuses are drawn as counts: it counts, or few have a rate."""
    return metric["kind"] in COUNTED or 2 * statuses.count("final") < len(statuses)


def first_part(text: object) -> str:
    """Words before the first bracket or semicolon: short enough to stand inside a sentence."""
    return str(text or "").split(" (")[0].split(";")[0].strip().rstrip(".")


def is_said(text: object) -> bool:
    """Whether an entry of a definition has content, rather than saying that there is none."""
    return bool(text) and not str(text).lower().startswith("none")


def sentence(text: object) -> str:
    """Text from data as a sentence: a capital first, a full stop last, Markdown kept out.

    Its dates are written as a page writes them.
    """
    said = with_days(str(text or "").strip())
    if not said:
        return ""
    ended = said if said[-1] in ".!?" else f"{said}."
    return escape(ended[0].upper() + ended[1:])


def when(row: Row) -> str:
    """The period of a figure."""
    return period(str(row["period_grain"]), row["period_start"], row["period_end"])


def counted(row: Row, metric: Row) -> str:
    """Numerator and denominator in words: `113 complaints; 1,410 officer-months`."""
    said = number_of(row["numerator"], first_part(metric["numerator_words"]))
    among = number_of(row["denominator"], first_part(metric["denominator_words"]))
    if metric["kind"] == "quantile":
        return among
    if metric["kind"] in UNRATED or is_missing(row["denominator"]):
        return said
    return f"{said}; {among}"


def value(row: Row, metric: Row) -> str:
    """The figure itself, with as many decimals as its interval."""
    unit = str(metric["unit"])
    return measured(row["value"], unit, places(row["interval_low"], row["interval_high"], unit))


def with_unit(row: Row, metric: Row) -> str:
    """A figure with its unit."""
    unit, text = str(metric["unit"]), value(row, metric)
    return text if unit == "%" or text == "not known" else wording.counted(text, unit)


def why_not(row: Row, metric: Row) -> str:
    """Why a figure is not shown as a rate; empty for a final one."""
    reason = sentence(row["status_reason"])
    match str(row["status"]):
        case "low":
            few = "Under 20, so the count is shown and no rate."
            return f"{escape(counted(row, metric))}. {few}"
        case "suppressed":
            return f"Hidden to protect people. {reason}".strip()
        case "not_supplied":
            return reason if reason.startswith("Not supplied") else f"Not supplied. {reason}"
        case "missing_months":
            return reason
        case "not_applicable":
            return f"Does not apply here. {reason}".strip()
        case _:
            return ""


def big(row: Row, metric: Row) -> str:
    """The figure of a tile, or one or two words on why there is none."""
    match str(row["status"]):
        case "final":
            return value(row, metric)
        case "low":
            return whole(row["numerator"])
        case "suppressed":
            return "Hidden"
        case "not_supplied" | "missing_months":
            return "Not supplied"
        case _:
            return "Does not apply"


def performance(row: Row, metric: Row) -> str:
    """One sentence on one figure: counts, then the rate, then its interval."""
    mark = " Provisional: more may still come in." if row["is_provisional"] else ""
    if refusal := why_not(row, metric):
        return f"{when(row)}: {refusal}"
    if metric["kind"] in COUNTED:
        return f"{when(row)}: **{escape(counted(row, metric))}**.{mark}"
    ends = between(row["interval_low"], row["interval_high"], str(metric["unit"]))
    said_value = escape(with_unit(row, metric))
    if metric["kind"] == "quantile":
        within = f"{first_part(metric['numerator_words'])} **{said_value}**"
        allowed = f", {ends}" if ends else ""
        return f"{when(row)}: **{escape(counted(row, metric))}**, {within}{allowed}.{mark}"
    said = f"{when(row)}: **{escape(counted(row, metric))}**. That is **{said_value}**"
    return f"{said}{f', {ends}' if ends else ''}.{mark}"


def interval(row: Row, metric: Row) -> str:
    """The interval of a figure that is shown; empty where it has none."""
    if row["status"] != "final":
        return ""
    return between(row["interval_low"], row["interval_high"], str(metric["unit"]))


def short(row: Row, metric: Row) -> str:
    """A figure in the fewest words: with its unit, or its count where there is no rate."""
    if row["status"] == "low":
        return f"{whole(row['numerator'])} counted, too few for a rate"
    if row["status"] == "suppressed":
        return "Hidden to protect people"
    return with_unit(row, metric)


def finding(row: Row, metric: Row) -> str:
    """The finding of a figure, as the title of its chart."""
    if row["status"] != "final" or row["breakdown"] != "all":
        return str(metric["label"])
    ends = between(row["interval_low"], row["interval_high"], str(metric["unit"]))
    return f"{with_unit(row, metric)}, {when(row)}{f': {ends}' if ends else ''}"


def against(before: Row | None, row: Row, metric: Row, *, is_dated: bool = True) -> str:
    """A figure against the same period a year before: up, down, or not clearly different.

    `is_dated` names that period, which the heading of a column need not.
    """
    if before is None or {before["status"], row["status"]} != {"final"}:
        return ""
    then = f"{value(before, metric)}{f' in {when(before)}' if is_dated else ''}"
    if row["value"] == before["value"]:
        return f"the same as {then}"
    way = "up" if row["value"] > before["value"] else "down"
    ends = [each[end] for each in (row, before) for end in ("interval_low", "interval_high")]
    if metric["kind"] in COUNTED or any(map(is_missing, ends)):
        return f"{way} from {then}"
    low, high, low_before, high_before = ends
    is_within = low <= high_before and low_before <= high
    stated = row.get("is_change_beyond_interval")
    if is_within if stated is None else not stated:
        return f"not clearly different from {then}"
    return f"{way} from {then}"


def why_this_period(row: Row) -> str:
    """Why a headline is of less than twelve months, and which month is missing."""
    said = sentence(row.get("period_reason"))
    missing = row.get("missing_month")
    return f"{said} Missing: {month(missing)}." if said and missing else said


def staff(row: Row) -> str:
    """How many people should wear a camera, and how many appear in footage and shifts."""
    return (
        f"**{whole(row['in_scope_staff_count'])} people should have a camera on when they work.** "
        f"{whole(row['with_footage_count'])} of them appear in footage, "
        f"{whole(row['without_footage_count'])} do not; "
        f"{whole(row['without_shift_count'])} appear in no shift."
    )


def unlisted(row: Row) -> str:
    """How many identities of the whole programme are on no staff list."""
    return (
        f"In the whole programme, {whole(row['unlisted_staff_count'])} identities in footage or "
        "shifts are on no staff list, so their area and role are not known."
    )


def no_row(chosen: str, elsewhere: Sequence[str] = ()) -> str:
    """The message where the release has no row for this programme, area and period."""
    said = f"There is no figure for this area and period ({chosen.lower()})."
    return f"{said} There is one for: {', '.join(map(escape, elsewhere))}." if elsewhere else said


def nothing(programme: str) -> str:
    """The message where a programme has no figure on the topic of a page."""
    return f"No records of {escape(programme)} on this subject are on file, so nothing is shown."


def supplied_for(programmes: Sequence[str]) -> str:
    """The programmes with figures of a subject; commas are part of some names."""
    return f"In this release it is supplied for: {'; '.join(map(escape, programmes))}."


def study_alone(programme: str) -> str:
    """The message where a programme supplied only the counts of a study on a subject."""
    return (
        f"{escape(programme)} supplied the counts of its studies, shown above, and no records of "
        "this subject through time."
    )


def definition(metric: Row, breaks: str = "") -> str:
    """The meaning of a metric in full; `breaks` are those of a programme, where it has any."""
    rows = [
        ("Definition", metric["definition"]),
        ("Counted", metric["numerator_words"]),
        ("Out of", metric["denominator_words"]),
        ("A rise can mean", metric["rise_can_mean"]),
        ("A fall can mean", metric["fall_can_mean"]),
        ("Not to be compared across", "" if breaks else metric["breaks"]),
    ]
    said = [f"- **{name}:** {sentence(text)}" for name, text in rows if is_said(text)]
    said += [f"- **Not to be compared across:** {breaks}"] if breaks else []
    version = f"- Version {metric['version']} of the definition, kept by {escape(metric['owner'])}."
    return "\n".join([*said, version])


def sure(row: Row, metric: Row) -> str:
    """How sure we are of one figure, from its interval; where there is none, why not."""
    how = str(row["interval_method"] or "")
    if row["status"] == "low":
        return "Too few to say how large the rate is: counts this small change by chance alone."
    if row["status"] != "final":
        return "There is no figure here to be sure of."
    ends = between(row["interval_low"], row["interval_high"], str(metric["unit"]))
    if not ends:
        reason = NO_INTERVAL.get(str(metric["kind"]), how.removeprefix("none").lstrip(": "))
        said = f"No interval: {escape(reason)}. " if reason else ""
        return f"{said}The figure is as complete as the files it was counted from."
    method = "" if how.startswith("none") else f": {escape(how)}"
    lies = "it lies at" if ends.startswith("about") else "it lies"
    return (
        f"Allowing for chance, {lies} {ends} (95% interval{method}). "
        "That does not cover records that were never made."
    )


def change_in_unit(row: Row, metric: Row) -> str:
    """The interval of the change in the unit of the rate; empty where it is not shown."""
    more, low, high = (
        row[name] for name in ("change_absolute", "interval_low_absolute", "interval_high_absolute")
    )
    if row["status"] != "final" or any(map(is_missing, (more, low, high))):
        return ""
    if low <= 0 <= high:
        return f", from {_amount(low)} to {_amount(high)} {escape(metric['unit'])}"
    near, far = sorted((abs(low), abs(high)))
    way = "fewer" if high < 0 else "more"
    return f", that is {between(near, far, '')} {way} {escape(metric['unit'])}"


def _amount(value: float) -> str:
    return f"{measured(abs(value), '')} {'fewer' if value < 0 else 'more'}"


def sure_of_change(row: Row, metric: Row) -> str:
    """How sure we are of a change, by its interval; never 'no change' when we could not tell."""
    low, high = row["interval_low_percent"], row["interval_high_percent"]
    if row["status"] != "final":
        return sentence(row["status_reason"]) or "No change is shown here, so there is no interval."
    if is_missing(low) or is_missing(high):
        return "No interval could be worked out, so nothing is said about the size of the change."
    allows = "The interval (95%) allows for chance, not for anything else that changed."
    size = change_in_unit(row, metric)
    if low <= 0 <= high:
        said = f"We could not tell: anything from a {_moved(low)} to a {_moved(high)}"
        return f"{said}{size}. {allows}"
    near, far = sorted((abs(low), abs(high)))
    if high > MOST_PERCENT:
        return f"The rate rose, anything from a {_moved(low)} to a {_moved(high)}{size}. {allows}"
    verb = "fell" if high < 0 else "rose"
    return f"The rate {verb} by {between(near, far, '%')}{size}. {allows}"


def _moved(percent: float) -> str:
    if percent > MOST_PERCENT:
        return f"rate {whole(round(percent / 100 + 1))} times as high"
    size = "less than 0.1%" if abs(percent) < TOO_SMALL_TO_SAY else measured(abs(percent), "%")
    return f"{'fall' if percent < 0 else 'rise'} of {size}"


def compared_periods(row: Row) -> str:
    """The period that was compared, and the baseline it was compared with."""
    first = span(row["baseline_start"], row["baseline_end"])
    second = span(row["comparison_start"], row["comparison_end"])
    return f"{second} against {first}"


def change_caption(row: Row, metric: Row) -> str:
    """What was compared with what."""
    return (
        f"Measure: {escape(metric['label'])}, {compared_periods(row)}. Lines are 95% intervals. "
        "Areas are in the order of the map, not of their figures."
    )
