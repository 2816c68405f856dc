"""The text of Home: a sentence per card, its verdict, and what changed between releases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.data.headlines import Changes, HeadlineFigure
from dashboards.text import figures
from dashboards.text.formats import escape, in_unit, measured, period, whole
from dashboards.text.promises import STATUSES

Metric = Mapping[str, Any]
NOT_SUPPLIED = "not supplied"
CANNOT_TELL = "we cannot tell"
NO_ONE_ANSWER = "no single answer"
FIRST_RELEASE = "This is the first release that is kept here, so there is nothing to compare with."
NONE_BROKEN = "None, as far as the record says."
UNCHANGED = "Nothing: every figure of this area is as it was."
SHOWN = 3
COLOURS = {
    "better than a year before": "green",
    "worse than a year before": "orange",
    "higher than a year before": "blue",
    "lower than a year before": "blue",
    "not clearly different": "gray",
    "no year before": "gray",
}
KEPT = ("on_track", "delivered")
BROKEN = ("not_delivered", "late", "partly_delivered", "at_risk")
QUESTIONS = {
    "Delivered?": "cameras issued, planned or paid for",
    "Used?": "recordings or the encounters they should cover",
    "Looked after?": "uploads, categories, reviews or deletions",
}


def nothing(heading: str) -> str:
    """The text of a card where no figure answers its question."""
    return f"No records of {QUESTIONS[heading]} were supplied."


def verdict(one: HeadlineFigure, metric: Metric) -> str:
    """One of a closed list, against the same period a year before."""
    direction = str(metric["direction"])
    said = figures.against(one.before, one.row, metric)
    if not said:
        return "no year before"
    if not said.startswith(("up", "down")):
        return "not clearly different"
    is_up = said.startswith("up")
    if direction not in {"higher", "lower"}:
        return f"{'higher' if is_up else 'lower'} than a year before"
    return f"{'better' if is_up == (direction == 'higher') else 'worse'} than a year before"


def badge(one: HeadlineFigure, metric: Metric, promise: Mapping[str, Any] | None) -> str:
    """The verdict as a badge: where a promise is judged by the figure, that of its rule."""
    if promise is None:
        said = verdict(one, metric)
        return f":{COLOURS[said]}-badge[{said}]"
    status = str(promise["promise_status"])
    colour = "green" if status in KEPT else "orange" if status in BROKEN else "gray"
    return f":{colour}-badge[promise: {STATUSES[status][0].lower()}]"


def gravest(promises: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Of promises about one figure, the one with the worst status."""
    return by_gravity(promises)[0]


def by_gravity(promises: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Promises from the worst status to those kept; equals stay in the order given."""
    order = [*BROKEN, *(name for name in STATUSES if name not in {*BROKEN, *KEPT}), *KEPT]
    return sorted(promises, key=lambda each: order.index(str(each["promise_status"])))


def sentence(one: HeadlineFigure, metric: Metric, promise: Mapping[str, Any] | None) -> str:
    """A card's sentence: the period of its figure, and what that is compared with."""
    parts = [f"In {figures.when(one.row)}"]
    said = figures.against(one.before, one.row, metric)
    if said:
        parts.append(escape(said))
    if promise is not None:
        parts.append(f"promised: {in_unit(whole(promise['target']), promise['target_unit'])}")
    mark = " Provisional." if one.row["is_provisional"] else ""
    return f"{', '.join(parts)}.{mark}"


def verdicts(found: Sequence[str]) -> str:
    """The verdicts of studies as a badge, and how many reached each verdict."""
    if not found:
        return f":gray-badge[{CANNOT_TELL}]\n\nNo study compares with and without cameras."
    said = commonest(found)
    badge = f":{'gray' if said == NO_ONE_ANSWER else 'blue'}-badge[{said}]"
    if len(found) == 1:
        return f"{badge}\n\nSo says the one study."
    if len(set(found)) == 1:
        return f'{badge}\n\nAll {len(found)} studies say "{found[0].lower()}".'
    each = [
        f'{count} {"says" if count == 1 else "say"} "{name.lower()}"'
        for name, count in Counter(found).most_common()
    ]
    return f"{badge}\n\nOf {len(found)} studies {', '.join(each)}."


def commonest(found: Sequence[str]) -> str:
    """The verdict of more than half of the studies; that there is none, or that nobody can tell."""
    if not found:
        return CANNOT_TELL
    name, count = Counter(found).most_common(1)[0]
    return name.lower() if 2 * count > len(found) else NO_ONE_ANSWER


def changes(found: Changes, known: Mapping[str, Metric]) -> list[str]:
    """Figures beyond their earlier interval one by one; the others counted."""
    lines = [
        f"**Revised beyond its interval.** {_name(row, known)}: {_value(row, known, 'value')}, "
        f"was {_value(row, known, 'value_before')}."
        for row in found.beyond.head(SHOWN).to_dicts()
    ]
    more = found.beyond.height - len(lines)
    if more > 0:
        lines.append(f"{whole(more)} more figures were revised beyond their interval.")
    counts = (
        (found.fresh.height, "new"),
        (found.revised.height, "revised within their interval"),
        (found.gone.height, "gone"),
    )
    said = [f"{whole(count)} {what}" for count, what in counts if count]
    if said:
        lines.append(f"Figures of this area: {', '.join(said)}.")
    lines.append(f"Compared with release {escape(found.since)}.")
    return lines if len(lines) > 1 else [UNCHANGED, *lines]


def _name(row: Mapping[str, Any], known: Mapping[str, Metric]) -> str:
    label = str(known.get(str(row["metric_id"]), {}).get("label", row["metric_id"]))
    when = period(str(row["period_grain"]), row["period_start"], row["period_end"])
    return f"{escape(label)}, {when}"


def _value(row: Mapping[str, Any], known: Mapping[str, Metric], column: str) -> str:
    unit = str(known.get(str(row["metric_id"]), {}).get("unit", ""))
    return escape(measured(row[column], unit))
