"""How to cite figures: producer, measure, area, period, release and address."""

from collections.abc import Sequence

from dashboards.data.choice import ALL_YEARS, Choice
from dashboards.text.formats import moment, span
from dashboards.text.notices import LABEL

MANY = 3


def citation(choice: Choice, producers: Sequence[str], what: str = "", address: str = "") -> str:
    """One sentence after another: who made the data, what is cited, of where and when, and where.

    `what` names the measure or table; `address` leads back to the figures. Plain text.
    """
    release = choice.release
    programme = str(choice.programme["programme_name"])
    invented = " Every figure is invented." if choice.programme["is_synthetic"] else ""
    published = moment(release.published)
    parts = [
        f"{_names(producers) or programme} ({release.published[:4] or 'no date'}).",
        f"{', '.join(filter(None, (what, choice.where, period(choice))))}.",
        f"In: Bodyworn, {programme}, release {release.cited_as}, published {published}.",
        f"{LABEL}{invented}",
        f"Address: {address}" if address else "",
    ]
    return " ".join(filter(None, parts))


def _names(producers: Sequence[str]) -> str:
    more = f" and {len(producers) - MANY} more" if producers[MANY:] else ""
    return f"{'; '.join(producers[:MANY])}{more}"


def period(choice: Choice) -> str:
    """The period of the choice: a calendar year, or all that the records cover."""
    if choice.period != ALL_YEARS:
        return choice.period
    first, last = choice.programme.get("data_from"), choice.programme.get("data_to")
    return span(first, last) if first and last else choice.period.lower()
