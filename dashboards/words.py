"""Every sentence about a figure: numbers first, then what may be read from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.formats import between, is_missing, measured, period, plain, span, whole

Row = Mapping[str, Any]

UNRATED = ("count", "distinct", "quantile")


def first_part(text: object) -> str:
    """Words before the first bracket or semicolon: short enough to stand inside a sentence."""
    return str(text or "").split(" (")[0].split(";")[0].strip().rstrip(".")


def sentence(text: object) -> str:
    """Text from data as a sentence: a capital first, a full stop last, Markdown kept out."""
    said = str(text or "").strip()
    if not said:
        return ""
    ended = said if said[-1] in ".!?" else f"{said}."
    return plain(ended[0].upper() + ended[1:])


def when(row: Row) -> str:
    """The period of a figure."""
    return period(str(row["period_grain"]), row["period_start"], row["period_end"])


def counted(row: Row, metric: Row) -> str:
    """Numerator and denominator in words: `113 complaints; 1,410 officer-months`."""
    said = f"{whole(row['numerator'])} {first_part(metric['numerator_words'])}"
    if metric["kind"] == "quantile":
        return f"{whole(row['denominator'])} {first_part(metric['denominator_words'])}"
    if metric["kind"] in UNRATED or is_missing(row["denominator"]):
        return said
    return f"{said}; {whole(row['denominator'])} {first_part(metric['denominator_words'])}"


def with_unit(value: float | None, metric: Row) -> str:
    """A figure with its unit."""
    unit = str(metric["unit"])
    text = measured(value, unit)
    return text if unit == "%" or text == "not known" else f"{text} {unit}"


def why_not(row: Row, metric: Row) -> str:
    """Why a figure is not shown as a rate; empty for a final one."""
    reason = sentence(row["status_reason"])
    match str(row["status"]):
        case "low":
            few = "Under 20, so the count is shown and no rate."
            return f"{plain(counted(row, metric))}. {few}"
        case "suppressed":
            return f"Hidden to protect people. {reason}".strip()
        case "not_supplied":
            return reason if reason.startswith("Not supplied") else f"Not supplied. {reason}"
        case "not_applicable":
            return f"Does not apply here. {reason}".strip()
        case _:
            return ""


def big(row: Row, metric: Row) -> str:
    """The figure of a tile, or in one or two words why there is none."""
    match str(row["status"]):
        case "final":
            return measured(row["value"], str(metric["unit"]))
        case "low":
            return whole(row["numerator"])
        case "suppressed":
            return "Hidden"
        case "not_supplied":
            return "Not supplied"
        case _:
            return "Does not apply"


def under(row: Row, metric: Row) -> str:
    """What stands beneath the figure of a tile: unit, interval, counts and period."""
    if row["status"] != "final":
        return f"{why_not(row, metric)} {plain(when(row))}."
    unit = "" if metric["unit"] == "%" else f"{plain(metric['unit'])}. "
    ends = between(row["interval_low"], row["interval_high"], str(metric["unit"]))
    counts = "" if metric["kind"] in {"count", "distinct"} else f"{plain(counted(row, metric))}. "
    return f"{unit}{f'{ends.capitalize()}. ' if ends else ''}{counts}{plain(when(row))}."


def performance(row: Row, metric: Row) -> str:
    """One sentence on one figure: counts, then the rate, then its interval."""
    mark = " Provisional: more may still come in." if row["is_provisional"] else ""
    if refusal := why_not(row, metric):
        return f"{when(row)}: {refusal}"
    if metric["kind"] in {"count", "distinct"}:
        return f"{when(row)}: **{plain(counted(row, metric))}**.{mark}"
    ends = between(row["interval_low"], row["interval_high"], str(metric["unit"]))
    value = plain(with_unit(row["value"], metric))
    if metric["kind"] == "quantile":
        middle = f"half within **{value}**"
        return f"{when(row)}: **{plain(counted(row, metric))}**, {middle}.{mark}"
    said = f"{when(row)}: **{plain(counted(row, metric))}**. That is **{value}**"
    return f"{said}{f', {ends}' if ends else ''}.{mark}"


def staff(row: Row) -> str:
    """How many people should wear a camera, and how many show up in footage and shifts."""
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


def no_row(chosen: str) -> str:
    """What is said where the release has no row for this programme, area and period."""
    return f"This release has no figure for this area and period ({chosen.lower()})."


def nothing(programme: str) -> str:
    """Said where a programme has no figure on the topic of a page."""
    return f"{plain(programme)} supplied no records on this subject, so there is nothing to show."


def definition(metric: Row) -> str:
    """The meaning of a metric in full."""
    rows = [
        ("Definition", metric["definition"]),
        ("Counted", metric["numerator_words"]),
        ("Out of", metric["denominator_words"]),
        ("A rise can mean", metric["rise_can_mean"]),
        ("A fall can mean", metric["fall_can_mean"]),
        ("Not to be compared across", metric["breaks"]),
    ]
    said = [f"- **{name}:** {sentence(text)}" for name, text in rows if text and text != "none"]
    version = f"- Version {metric['version']} of the definition, kept by {plain(metric['owner'])}."
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
        why = how.removeprefix("none").lstrip(": ")
        reason = f"No interval: {sentence(why)[0].lower()}{sentence(why)[1:]}" if why else ""
        return f"{reason} The figure is as complete as the files it was counted from.".strip()
    method = "" if how.startswith("none") else f": {plain(how)}"
    return (
        f"Allowing for chance, it lies {ends} (95% interval{method}). "
        "That does not cover records that were never made."
    )


def caption(
    metric: Row, programme: str, area: str, periods: tuple[Any, Any], producers: str
) -> str:
    """Measure, population, geography, period and source of a chart."""
    population = first_part(metric["denominator_words"])
    of = "" if population in {"", "none"} else f" Population: {plain(population)}."
    where = programme if area == programme else f"{area}, {programme}"
    dates = span(*periods) if all(periods) else "no period"
    made_by = f" Source: {sentence(producers)}" if producers else ""
    return (
        f"Measure: {plain(metric['label'])} ({plain(metric['unit'])}).{of} "
        f"Geography: {plain(where)}. Period: {dates}.{made_by}"
    )


def alt(label: str, area: str, view: str, firsts: Sequence[str]) -> str:
    """What a chart shows, for someone who does not see it."""
    kind = {"By area": "Dots with intervals by area", "In parts": "Dots with intervals by part"}
    told = f" {'; '.join(firsts)}." if firsts else ""
    shown = f"{kind.get(view, 'Chart over time')}: {label}, {area}."
    return f"{shown}{told} All values are in the table below."


def ends(rows: Sequence[Row], metric: Row) -> list[str]:
    """The first and last drawn value of a series, in words."""
    final = [row for row in rows if row["status"] == "final"]
    shown = [final[0], final[-1]] if final[1:] else final
    return [f"{when(row)}: {with_unit(row['value'], metric)}" for row in shown]
