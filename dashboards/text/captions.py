"""The text around a chart: title, marks, peers, where figures come from, how to cite them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboards.data.choice import ALL_YEARS, Choice
from dashboards.text.figures import UNRATED, is_counted, sentence, when, with_unit
from dashboards.text.formats import day, escape, moment, month, number_of, span, whole
from dashboards.text.notices import LABEL
from dashboards.text.promises import when as as_known

Row = Mapping[str, Any]
DOWNLOADS = (
    "Each file names the programme, whether its figures are invented, and the release. A number "
    "is a number, and a text that a spreadsheet would run as a formula begins with an apostrophe."
)
SHOWN = ("final", "low", "suppressed")
BARS = (
    "The longest bar stands first; its place says nothing of how well an area does. Lines are 95% "
    "intervals: where two overlap widely, chance may have put one before the other."
)
FUNNEL = (
    "Each mark is an area, further right the more it has to count. Within the dashed lines 95 of "
    "100 such areas would lie by chance and the usual differences between them; within the outer "
    "lines 998 of 1,000. An area outside is one to ask about."
)
NOT_COMPARED = (
    "No areas are declared as peers for this measure and period, or too few have a figure of a "
    "whole year, so no limits are drawn."
)
NAMED = 4
MOST_PRODUCERS = 3


def title(label: object, choice: Choice, *where: object, source: str = "") -> str:
    """A chart's title, its lines parted by line ends: what, where and when, whose figures.

    The last lines go wherever the picture is saved: whose figures these are, or that they are
    invented; `source`, who made the data; the release, and the day on which it was published.
    """
    programme = str(choice.programme["programme_name"])
    second = ", ".join(str(each) for each in where if each != programme)
    lines = (str(label), second, origin(choice) or programme, made_by(source), release_of(choice))
    return "\n".join(filter(None, lines))


def published(label: str, choice: Choice, *where: str) -> str:
    """The title of a chart of published findings, which holds no invented figure."""
    name = str(choice.programme["programme_name"])
    whose = name
    if choice.programme["is_synthetic"]:
        whose = f"None is of {name}: every figure is invented there"
    return "\n".join([label, *where, whose, release_of(choice)])


def made_by(source: str) -> str:
    """Who made the data behind a chart; empty where that is not known."""
    return f"Source: {source.strip().rstrip('.')}" if source else ""


def release_of(choice: Choice) -> str:
    """The release behind a chart, and the day on which it was published."""
    published = choice.release.published
    on = f", {date.fromisoformat(published[:10]):%-d %b %Y}" if published else ""
    return f"Release {choice.release.cited_as}{on}"


def origin(choice: Choice) -> str:
    """The note in a picture of invented figures; empty for figures of a real programme."""
    name = str(choice.programme["programme_name"])
    return f"{name}: every figure is invented" if choice.programme["is_synthetic"] else ""


def alt(label: str, area: str, view: str, firsts: Sequence[str]) -> str:
    """What a chart shows, for someone who does not see it."""
    kind = {
        "Compare areas": "Dots with intervals by area",
        "In parts": "Dots with intervals by part",
    }
    values = f" {'; '.join(firsts)}." if firsts else ""
    shown = f"{kind.get(view, 'Chart over time')}: {label}, {area}."
    return f"{shown}{values} All values are in the table below."


def ends(rows: Sequence[Row], metric: Row) -> list[str]:
    """The first and last value of a series with a rate, in words."""
    final = [row for row in rows if row["status"] == "final"]
    shown = [final[0], final[-1]] if final[1:] else final
    return [f"{when(row)}: {with_unit(row, metric)}" for row in shown]


def marks(metric: Row, rows: Sequence[Row]) -> str:
    """The meaning of a chart's marks, where they are not self-explanatory."""
    counted = is_counted(metric, [str(row["status"]) for row in rows])
    is_few = metric["kind"] not in UNRATED and any(row["status"] == "low" for row in rows)
    said = []
    if metric["unit"] == "%" and not counted:
        said.append("The axis need not start at zero.")
    if is_few:
        instead = "so counts are drawn" if counted else "and a cross stands for it"
        said.append(f"Where fewer than 20 were counted there is no rate, {instead}.")
    if any(row["is_provisional"] for row in rows):
        in_bars = counted and all(row["breakdown"] == "all" for row in rows)
        pale = "Pale bars" if in_bars else "Hollow points"
        said.append(f"{pale} are provisional: late entries can change them.")
    if any(row["is_break"] for row in rows):
        said.append("Do not compare figures across a dated line.")
    return " ".join(said)


def two_populations(unplaced_percent: float | None, choice: Choice) -> str:
    """A note that the whole counts more than its areas, where by a per cent or more."""
    if unplaced_percent is None or unplaced_percent < 1:
        return ""
    whole = str(choice.programme["programme_name"])
    return (
        f" Two populations: {unplaced_percent:.0f}% of what {whole} counts as a whole lies in none "
        "of its areas, so read areas against one another and not against the whole."
    )


def broken(breaks: Sequence[Row]) -> str:
    """What changed on which day, one sentence each."""
    return " ".join(f"{day(row['break_date'])}: {sentence(row['what'])}" for row in breaks)


def beyond(names: Sequence[str]) -> str:
    """How many areas differ by more than chance, and which they are."""
    if not names:
        return "No area differs by more than luck."
    shown = ", ".join(names[:NAMED])
    more = f" and {len(names) - NAMED} more" if names[NAMED:] else ""
    verb = "differs" if len(names) == 1 else "differ"
    return f"{shown}{more} {verb} by more than luck."


def sources_of(rows: Sequence[Row]) -> str:
    """Who made the files behind the measure, what they are called, and on which terms."""
    if not rows:
        return "**Source:** not recorded in this release; see Data and methods."
    said = dict.fromkeys(
        f"{escape(row['producer'])}, {escape(row['title'])} (licence: {escape(row['licence'])})"
        for row in rows
    )
    return f"**Source:** {'; '.join(said)}."


def coverage(rows: Sequence[Row]) -> str:
    """How many months have a figure, between which, and how many were not supplied."""
    shown = sorted(row["period_start"] for row in rows if row["status"] in SHOWN)
    if not shown:
        return "**Coverage:** there are no monthly figures for this area."
    missing = sum(row["status"] in {"missing_months", "not_supplied"} for row in rows)
    gone = f"; {whole(missing)} were not supplied" if missing else ""
    return (
        f"**Coverage:** {whole(len(shown))} months have a figure for this area, from "
        f"{month(shown[0])} to {month(shown[-1])}{gone}."
    )


def latency(metric: Row, rule: Row | None) -> str:
    """How soon a period settles, by the rule that was released or the definition's own days."""
    if rule is not None:
        return f"**Latency:** {sentence(rule['provisional_words'])}"
    return f"**Latency:** a period settles {whole(metric['grace_days'])} days after it ends."


def issued(versions: Sequence[Row], counts: Sequence[Row], unit: str) -> str:
    """How many of those promised were reported, as a finding."""
    most = whole(max(row["target"] for row in versions))
    if not counts:
        return f"{most} {unit} promised, none reported"
    last = max(counts, key=lambda row: (row["count"], row["day"]))
    return f"{whole(last['count'])} of {most} {unit} reported by {month(last['day'])}"


def issued_alt(versions: Sequence[Row], counts: Sequence[Row], unit: str) -> str:
    """Plan against issue for those who do not see the chart."""
    plans = [
        f"{whole(row['target'])} promised on {day(row['made_on'])} for {as_known(row['due'])}"
        for row in versions
    ]
    found = [f"{whole(row['count'])} reported on {day(row['day'])}" for row in counts]
    return f"{unit.capitalize()}: {'; '.join([*plans, *found])}."


def rollout(known: int, areas: int) -> str:
    """For how many areas the day of their first cameras is known."""
    return f"The day is known of {known} of {areas} areas"


def rollout_alt(rows: Sequence[Row]) -> str:
    """Days and bounds of areas for those who do not see the chart."""
    said = [
        f"{row['area']}: {day(row['latest'])}"
        if row["is_known"]
        else f"{row['area']}: {day(row['earliest'])} to {day(row['latest'])}"
        for row in rows
    ]
    return f"When the cameras of each area came. {'; '.join(said)}."


def unbounded(rows: Sequence[Row]) -> str:
    """Areas whose cameras can be bounded on one side at most, in a sentence; empty for none."""
    if not rows:
        return ""
    said = [f"{escape(row['area'])}{_one_bound(row)}" for row in rows]
    return f"No start was reported for {number_of(len(rows), 'areas')}: {', '.join(said)}."


def _one_bound(row: Row) -> str:
    if row["earliest"] is not None:
        return f" (not before {day(row['earliest'])})"
    return f" (at the latest on {day(row['latest'])})" if row["latest"] is not None else ""


def spending(rows: Sequence[Row]) -> str:
    """What was paid of the budget in all, as a finding."""
    row = rows[0]
    return f"£{whole(row['spent'])} paid of £{whole(row['budget'])} by {month(row['by'])}"


def spent(row: Row) -> str:
    """What was paid of a budget, or of one funder's part of it."""
    return f"{row['of_what']}: £{whole(row['spent'])} paid of £{whole(row['budget'])}"


def against_plan_alt(rows: Sequence[Row]) -> str:
    """Cameras planned and issued for those who do not see the chart."""
    said = [
        f"{day(row['period_start'])}: {whole(row['numerator'])} of {whole(row['denominator'])}"
        for row in rows
    ]
    return f"Cameras issued of those planned. {'; '.join(said)}."


def citation(choice: Choice, producers: Sequence[str], what: str = "", address: str = "") -> str:
    """One sentence after another: who made the data, what is cited, of where and when, and where.

    `what` names the measure or table; `address` leads back to the figures. Plain text.
    """
    release = choice.release
    programme = str(choice.programme["programme_name"])
    invented = " Every figure is invented." if choice.programme["is_synthetic"] else ""
    published = moment(release.published)
    parts = [
        f"{_producers(producers) or programme} ({release.published[:4] or 'no date'}).",
        f"{', '.join(filter(None, (what, choice.where, chosen_period(choice))))}.",
        f"In: Bodyworn, {programme}, release {release.cited_as}, published {published}.",
        f"{LABEL}{invented}",
        f"Address: {address}" if address else "",
    ]
    return " ".join(filter(None, parts))


def _producers(producers: Sequence[str]) -> str:
    more = f" and {len(producers) - MOST_PRODUCERS} more" if producers[MOST_PRODUCERS:] else ""
    return f"{'; '.join(producers[:MOST_PRODUCERS])}{more}"


def chosen_period(choice: Choice) -> str:
    """The period of the choice: a calendar year, or all that the records cover."""
    if choice.period != ALL_YEARS:
        return choice.period
    first, last = choice.programme.get("data_from"), choice.programme.get("data_to")
    return span(first, last) if first and last else choice.period.lower()
