"""What stands around a chart in words: its caption, its marks, and what it shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.data.choice import Choice
from dashboards.text.figures import UNRATED, is_said, sentence, when, with_unit
from dashboards.text.formats import day

Row = Mapping[str, Any]


def caption(producers: str) -> str:
    """Who made the data behind a chart."""
    return f"Source: {sentence(producers)}" if producers else "Source: see Data and methods."


def title(label: object, choice: Choice, *where: object) -> str:
    """A chart's title, its lines parted by line ends: what, where and when, whose figures.

    The last line goes wherever the chart is saved, and says so when the figures are invented.
    """
    programme = str(choice.programme["programme_name"])
    second = ", ".join(str(each) for each in where if each != programme)
    return "\n".join(filter(None, (str(label), second, origin(choice) or programme)))


def origin(choice: Choice) -> str:
    """What a picture of invented figures says of itself; empty for figures of a real programme."""
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


def marks(metric: Row, rows: Sequence[Row], breaks: Sequence[Row] = ()) -> str:
    """What the marks of a chart mean, where it has them; `breaks` are rows of dim_break."""
    said = ""
    if metric["unit"] == "%":
        said += " The axis need not start at zero."
    if any(row["status"] == "low" for row in rows) and metric["kind"] not in UNRATED:
        said += " Where fewer than 20 were counted no rate is plotted: a cross or the count is."
    if any(row["is_provisional"] for row in rows):
        said += " Hollow points and pale bars are provisional: late entries can still change them."
    if any(row["is_break"] for row in rows):
        named = broken(breaks) or (sentence(metric["breaks"]) if is_said(metric["breaks"]) else "")
        said += f" Dashed lines: do not compare figures across them. {named}".rstrip()
    return said


def two_populations(unplaced_percent: float | None, choice: Choice) -> str:
    """That the whole counts what its areas do not, where it does so by a per cent or more."""
    if unplaced_percent is None or unplaced_percent < 1:
        return ""
    whole = str(choice.programme["programme_name"])
    return (
        f" Two populations: {unplaced_percent:.0f}% of what {whole} counts as a whole lies in none "
        "of its areas, so read areas against one another and not against the whole."
    )


def broken(breaks: Sequence[Row]) -> str:
    """What changed on which day, a sentence each."""
    return " ".join(f"{day(row['break_date'])}: {sentence(row['what'])}" for row in breaks)
