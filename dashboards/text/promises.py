"""The sentences of the register of promises."""

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any

import polars as pl

from dashboards.text.figures import sentence
from dashboards.text.formats import MONTHS, day, escape, in_unit, month, number_of, span, whole

Promise = Mapping[str, Any]
NONE = "No promise is on record for this programme."
NO_EVENTS = "Nothing was planned or reported with a date."
RULE = (
    "A status is found by a rule that reads published reports, or released figures of a synthetic"
    " programme; nobody types it. What was only reported is said to be reported, by the promiser or"
    " by others, because nobody audited it. That no report was found is said only of a search with"
    " its day and place."
)
ROLLOUT = (
    "When the officers of each area first wore cameras was reported as a day, or can only be"
    " bounded. Bounds that several reports give together stand apart from those that one states."
)
CLAIMS = (
    "Stated as a fact or as progress and not promised: these have no status, and are not counted"
    " above."
)
NO_CLAIMS = "Nothing is on record that was stated and not promised."
NO_MONEY = "No payment was delivered, and no pounds of a plan or contract are on record."
COSTS = "Business cases and contracts, as printed"
NOT_ADDED = (
    "They cover different years and different things, so that none is a budget of another and"
    " nothing is added up. No payment was delivered."
)
SHORT = 64
STATUSES = {
    "delivered": ("Delivered", ":material/check_circle:"),
    "on_track": ("On track", ":material/trending_up:"),
    "at_risk": ("At risk", ":material/error:"),
    "late": ("Late", ":material/schedule:"),
    "partly_delivered": ("Partly delivered", ":material/incomplete_circle:"),
    "not_delivered": ("Not delivered", ":material/cancel:"),
    "not_shown_either_way": ("Not shown either way", ":material/balance:"),
    "reported_by_promiser": ("Reported by the promiser", ":material/campaign:"),
    "reported_by_others": ("Reported by others", ":material/newspaper:"),
    "searched_not_found": ("Searched and not found", ":material/search_off:"),
    "cannot_be_measured": ("Cannot be measured", ":material/help:"),
}
SAYS = {
    "kept": "says that it was kept",
    "partly": "says that it was kept in part",
    "not_kept": "says that it was not kept",
    "bears": "mentions it and decides nothing",
}
WHOSE = {
    "promiser": "in the words of those who promised it",
    "others": "in the words of others",
    "document": "being the thing promised itself",
}


def count(promises: int) -> str:
    """How many promises there are."""
    return f"**{number_of(promises, 'promises')} in their latest version.**"


def others(promises: int, heading: str) -> str:
    """What opens the promises of a status that its row has no room for."""
    return f"{number_of(promises, 'more promises')}: {heading.lower()}"


def summary(statuses: Sequence[str]) -> str:
    """How many promises have each status, in the order of the list of statuses."""
    counts = Counter(statuses)
    parts = [
        f"{counts[name]} {heading.lower()}"
        for name, (heading, _) in STATUSES.items()
        if counts[name]
    ]
    promises = number_of(len(statuses), "promises")
    return f"**{promises} in their latest version: {', '.join(parts)}.**"


def when(value: Any, precision: object = "day") -> str:
    """A date as exactly as it is known."""
    if value is None:
        return "no day named"
    if precision == "year":
        return str(value.year)
    if precision == "month":
        return f"{MONTHS[value.month - 1]} {value.year}"
    return day(value)


def capital(text: object) -> str:
    """Words of a promise as a line of their own."""
    said = str(text)
    return escape(said[:1].upper() + said[1:])


def _within(text: object) -> str:
    """Words of a promise inside a sentence, which has a stop of its own."""
    return capital(str(text).rstrip(". "))


def short(text: object) -> str:
    """The first words of a promise, for a card."""
    return escape(first_words(text))


def first_words(text: object) -> str:
    """The first words of a promise or report, as plain text."""
    words = str(text)
    if len(words) > SHORT:
        words = words[:SHORT].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return words[:1].upper() + words[1:]


def card(promise: Promise, whole: Collection[str]) -> str:
    """Whose promise a card shows, and when it falls due; `whole` names the whole programme."""
    area = str(promise["promise_area"])
    of = "Whole programme" if area in {*whole, str(promise["owner"])} else area
    due = f", by {month(promise['promised_for'])}" if promise["promised_for"] else ""
    return escape(f"{of}{due}")


def whose(promise: Promise) -> str:
    """Who promised it when, for which area, who answers for it, and what would show it."""
    kind = "quoted" if promise["wording_kind"] == "quoted" else "in our words"
    is_owner = promise["owner"] == promise["who"]
    owner = "" if is_owner else f" Answers for it: {escape(promise['owner'])}."
    target = promise["target"]
    aim = ""
    if target is not None:
        aim = f" Target: {in_unit(whole(target), promise['target_unit'])}."
    due = f" Due: {when(promise['promised_for'])}." if promise["promised_for"] else ""
    return (
        f"**{escape(promise['who'])}**, {when(promise['made_on'], promise['date_precision'])}, for"
        f" **{escape(promise['promise_area'])}** ({kind}).{owner}"
        f" Measured by: {escape(promise['measure_words'])}.{aim}{due}"
    )


def version(promise: Promise) -> str:
    """One version of a promise: when it was made, its words, when it was due, its status."""
    heading, _ = STATUSES[str(promise["promise_status"])]
    made = when(promise["made_on"], promise["date_precision"])
    return (
        f"Promised, {made}: {_within(promise['wording'])} (due:"
        f" {when(promise['promised_for'])}; {heading.lower()})."
    )


def time_line(versions: int, reports: int) -> str:
    """How often a promise was made, and how many reports there are on it."""
    times = "Promised once" if versions == 1 else f"Promised {versions} times"
    found = number_of(reports, "reports") if reports else "no report"
    return f"{times}, {found} on it"


def judged_in(metric: Promise, plan: str) -> str:
    """The unit in which the figure that judges a promise is drawn."""
    if metric["metric_id"] == plan:
        return "cameras; dashed: planned, solid: issued, upright: due"
    return f"{metric['unit']}, by period"


def all_reports(reports: int) -> str:
    """The heading of the reports on a promise."""
    return f"What the {number_of(reports, 'reports')} said, by number"


def judged(metric: Promise, promise: Promise) -> str:
    """The title of the figure that judges a promise."""
    if promise["figure_start"] is None:
        return str(metric["label"])
    return f"{metric['label']}: {figure(promise)}"


def cost(row: Promise) -> str:
    """The pounds of a business case or contract, with its day."""
    made = when(row["milestone_date"], row["date_precision"])
    return f"{short(str(row['milestone']).split(':')[0])} ({made}): £{whole(row['quantity'])}"


def printed(row: Promise) -> str:
    """The pounds that were printed, and where."""
    kind = "planned" if row["planned_or_actual"] == "planned" else "reported"
    return f"{_printed(row)}, {kind}."


def source(promise: Promise) -> str:
    """Where the promise is printed, with a link where there is an address."""
    printed = escape(f"{promise['publisher']}, {promise['source_title']}")
    address = str(promise["source_url"])
    return f"Source: [{printed}]({address})" if "://" in address else f"Source: {printed}"


def standing(promise: Promise) -> str:
    """The status in words, after its symbol."""
    heading, icon = STATUSES[str(promise["promise_status"])]
    return f"{icon} **{heading}**"


def why(promise: Promise) -> str:
    """The reason, the figure behind it where it is a released one, and what is known of why."""
    said = [sentence(promise["promise_reason"])]
    if promise["figure_start"] is not None:
        period = span(promise["figure_start"], promise["figure_end"])
        said.append(f"The figure is {figure(promise)}, {period}.")
        said += chance(promise)
    if promise["effect_note"]:
        said.append(sentence(promise["effect_note"]))
    return " ".join(said)


def chance(promise: Promise) -> list[str]:
    """What the interval of the figure leaves open, where it has one and there is a target."""
    low, high, target = (promise[name] for name in ("figure_low", "figure_high", "target"))
    if low is None or high is None or target is None:
        return []
    said = f"Allowing for chance, it lies between {_number(low)} and {_number(high)} (95% interval)"
    if low < target < high:
        return [f"{said}. The target lies within that: chance alone may have decided it."]
    return [f"{said}."]


def figure(promise: Promise) -> str:
    """The released figure in the unit of its target, with a decimal where it has one."""
    return in_unit(_number(promise["figure_value"]), promise["target_unit"])


def _number(value: float) -> str:
    return whole(value) if value == round(value) else f"{value:,.1f}"


def brief(promise: Promise) -> str:
    """A promise and its status, in one line."""
    due = f", due {when(promise['promised_for'])}" if promise["promised_for"] else ""
    measured = f" ({figure(promise)})" if promise["figure_start"] is not None else ""
    return f"{standing(promise)}{measured}: {_within(promise['wording'])}{due}."


def rule(promise: Promise) -> str:
    """The rule that found the status, and the day up to which anything was known to it."""
    known = day(promise["known_to"])
    return f"Rule: {sentence(promise['rule_words'])} Judged on what was known by {known}."


def history(rows: Sequence[Promise], withdrawn: Container[str] = ()) -> str:
    """The statuses a promise had by release, `rows` being one or more, the newest first.

    What a release said that was withdrawn since stays on record, and is marked.
    """
    said = []
    for row, earlier in zip(rows, [*rows[1:], None], strict=True):
        heading, _ = STATUSES[str(row["promise_status"])]
        is_same = earlier is not None and earlier["promise_status"] == row["promise_status"]
        reason = ", for another reason," if is_same else ""
        gone = ", withdrawn since" if row["release_id"] in withdrawn else ""
        release = f"{escape(row['release_id'])}{gone}"
        said.append(f"{heading.lower()}{reason} since {day(row['release_as_of'])} ({release})")
    return f"Status by release: {'; before that '.join(said)}."


def reports(rows: Sequence[Promise]) -> list[str]:
    """What each report says of a promise, whose word it is, and where it is printed."""
    return [
        f"{_printed(row)} {SAYS[str(row['says'])]}, {WHOSE[str(row['said_by'])]}."
        + "".join(
            f" {sentence(row[name])}" for name in ("report_why", "milestone_note") if row[name]
        )
        for row in rows
    ]


def _printed(row: Promise) -> str:
    """A report with its number, day and publisher, as a link where it has an address."""
    amount = (
        f" ({number_of(row['quantity'], row['quantity_unit'] or '')})" if row["quantity"] else ""
    )
    said = escape(
        f"{row['milestone']}{amount}, {row['publisher']},"
        f" {when(row['milestone_date'], row['date_precision'])}"
    )
    address = str(row["source_url"]).split(" ")[0]
    return f"[{said}]({address})" if "://" in address else said


def searches(rows: Sequence[Promise]) -> list[str]:
    """When and where a promise was searched for, with which words, and what came of it."""
    return [
        f"Searched for on {day(row['searched_on'])} in {escape(row['searched_where'])}, with the"
        f" words: {escape(row['query_words'])}."
        f" {'A report was found.' if row['is_found'] else 'No report was found.'}"
        + (f" {sentence(row['search_note'])}" if row["search_note"] else "")
        for row in rows
    ]


def beside(promise: Promise, row: Promise, metric: Promise) -> str:
    """The heading of a figure of another programme that is shown next to a promise."""
    area = str(row["shown_area_id"]).replace("_", " ").title()
    made = when(promise["made_on"], promise["date_precision"])
    return f"Beside it, not deciding it: {metric['label']}, {area} (promised {made})"


def decides_nothing(row: Promise) -> str:
    """Why a figure next to a promise does not decide it."""
    return f"**It does not decide the promise.** {sentence(row['context_why'])}"


def beside_alt(said: str, rows: pl.DataFrame) -> str:
    """The chart of a figure next to a promise for those who do not see it."""
    values = rows.sort("period_start").select("period_start", "value").iter_rows()
    return f"{said}. {'; '.join(f'{day(start)}: {value:.1f}' for start, value in values)}."


def total(row: Promise) -> str:
    """How far a roll-out was on a day by what was stated, and by the days of its areas."""
    said = [f"{when(row['total_on'], row['date_precision'])}:"]
    if row["areas_with_cameras"] is not None:
        said.append(
            f"{number_of(row['areas_with_cameras'], 'areas')} stated; by their own days at least"
            f" {row['areas_surely']} and at most {row['areas_possibly']}."
        )
    if row["equipped_count"] is not None:
        said.append(f"{escape(number_of(row['equipped_count'], row['equipped_unit']))} stated.")
    return " ".join([*said, sentence(row["total_words"])])


def part(promise: Promise) -> str:
    """One part of a promise: its status, what it is and why."""
    return f"{standing(promise)}: {_within(promise['wording'])}. {why(promise)}"


def claim(promise: Promise) -> str:
    """Something stated and not promised, by whom and when."""
    said = when(promise["made_on"], promise["date_precision"])
    who = escape(promise["who"])
    return f"{_within(promise['wording'])} ({who}, {said}). {source(promise)}"


def rival(promise: Promise, promises: Sequence[Promise]) -> list[str]:
    """Another version of the record that disagrees, where there is one."""
    known = {str(each["promise_id"]): each for each in promises}
    other = known.get(str(promise["rival_of"]))
    return [] if other is None else [f"Another version of the record: {_within(other['wording'])}."]
