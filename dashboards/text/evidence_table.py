"""The first table of Evidence: outcomes by kind of comparison, in words and as interval bars."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp

from dashboards.text.evidence import CLASSES, OUTCOMES, Row, kind_of, measure, size, verdict
from dashboards.text.figures import first_part, sentence
from dashboards.text.formats import escape, is_missing, measured
from orchestration.evaluation.core import Scale

#: The unit of changes and of ratios as they are drawn.
PER_CENT = "per cent"
CHANGE_ENDS = ("change_percent", "interval_low_percent", "interval_high_percent")
BARS = "What was found, with 95% intervals"
BELOW = "below 0: fewer or less"
# How many entries of a cell are given in full.
CELL_SHOWS = 2
TWO_QUESTIONS = (
    "A change over time says what happened, not why. What cameras did needs others to compare "
    "with, at best randomised."
)


def matrix(found: Mapping[str, tuple[Sequence[Row], Sequence[Row]]]) -> str:
    """Outcomes by kind of comparison as a table: a verdict and its interval, or that there is none.

    `found` holds, by outcome, the changes over time and the studies.
    """
    lines = [
        "| Outcome | Before and after: what happened | Compared, not randomised | Randomised |",
        "| --- | --- | --- | --- |",
    ]
    for outcome, (changes, studies) in found.items():
        cells = [
            _cell([_change(row) for row in changes] + _over_time(studies) or _described(studies)),
            *(
                _cell([_cell_of(row) for row in studies if kind_of(row) == kind])
                for kind in ("compared", "randomised")
            ),
        ]
        lines.append(f"| **{OUTCOMES[outcome]}** | {' | '.join(cells)} |")
    return "\n".join(lines)


def _over_time(studies: Sequence[Row]) -> list[str]:
    return [_cell_of(row) for row in studies if row["design_class"] == "before_after"]


def _described(studies: Sequence[Row]) -> list[str]:
    """Changes over time as the studies describe them, where no change of a figure is released.

    Only their first sentence: the warning that follows is printed below the table.
    """
    said = [str(row["before_after_words"]) for row in studies if row["before_after_words"]]
    return [sentence(words.split(". ")[0]).rstrip(".") for words in said]


def _cell(said: Sequence[str]) -> str:
    """The entries of a cell: the first two in full; equal ones are given once."""
    if not said:
        return "none"
    each = [
        entry if count == 1 else f"{entry} ({count} studies)"
        for entry, count in Counter(said).items()
    ]
    more = [f"and {len(each) - CELL_SHOWS} more"] if each[CELL_SHOWS:] else []
    return "; ".join([*each[:CELL_SHOWS], *more])


def _cell_of(row: Row) -> str:
    found = verdict(row)
    if found == "Held back" or is_missing(row["interval_low"]):
        return f"**{found}**"
    ends = size(row, row["interval_low"]), size(row, row["interval_high"])
    unit = "" if ends[0].endswith("%") else f" ({_rate(measure(row))})"
    return f"**{found}**: {ends[0]} to {ends[1]}{unit}"


def bars(found: Mapping[str, tuple[Sequence[Row], Sequence[Row]]]) -> dict[str, list[Row]]:
    """Interval bars of the table's entries by their unit, per cent first.

    A bar is `name`, `value`, `low`, `high`, `said` (the interval) and `kind` (the class of design).
    What has no interval, or is held back, has no bar.
    """
    units: dict[str, list[Row]] = {PER_CENT: []}
    for outcome, (changes, studies) in found.items():
        for row in changes:
            ends = [row[name] for name in CHANGE_ENDS]
            if not any(map(is_missing, ends)):
                what = f"{row['label']}, {first_part(row['comparison_label'])}"
                units[PER_CENT].append(_bar(what, ends, "before_after", ends))
        for row in studies:
            ends = [row[name] for name in ("estimate", "interval_low", "interval_high")]
            if row["refusal_reason"] or any(map(is_missing, ends)):
                continue
            unit, shown = _on_its_scale(row, ends)
            what = f"{OUTCOMES[outcome]}: {row['study_title']}"
            units.setdefault(unit, []).append(_bar(what, shown, kind_of(row), shown))
    return {unit: rows for unit, rows in units.items() if rows}


def bars_alt(unit: str, rows: Sequence[Row]) -> str:
    """The text of the interval bars, for readers who do not see them."""
    said = [f"{row['name']}, {row['kind']}: {row['said']}" for row in rows]
    return f"Intervals in {unit}. {'; '.join(said)}."


def _bar(what: str, ends: Sequence[float], kind: str, said: Sequence[float]) -> Row:
    value, low, high = ends
    interval = f"{measured(said[1], '', 0)} to {measured(said[2], '', 0)}"
    return {"name": what, "value": value, "low": low, "high": high, "said": interval,
            "kind": CLASSES[kind]}  # fmt: skip


def _on_its_scale(row: Row, ends: Sequence[float]) -> tuple[str, list[float]]:
    """The unit in which an estimate and its interval are drawn, and the three in it."""
    scale = Scale(row["effect_scale"])
    if scale.is_logarithm or scale is Scale.RATIO:
        ratios = [exp(each) if scale.is_logarithm else each for each in ends]
        return PER_CENT, [100 * (each - 1) for each in ratios]
    if scale is Scale.PERCENT_CHANGE:
        return PER_CENT, list(ends)
    if scale in {Scale.PROPORTION, Scale.PROPORTION_DIFFERENCE}:
        return measure(row), [100 * each for each in ends]
    return _rate(measure(row)), list(ends)


def _rate(measure: str) -> str:
    """The denominator of a difference, without how it was measured: a cell has no room for more."""
    at = measure.find("per ")
    # A comma without a space parts the digits of a number.
    return measure[max(at, 0) :].split(", ", maxsplit=1)[0]


def _change(row: Row) -> str:
    low, high = row["interval_low_percent"], row["interval_high_percent"]
    name = f"{escape(row['label'])}, {escape(first_part(row['comparison_label']))}"
    if is_missing(low) or is_missing(high):
        return f"{name}: no interval"
    said = "We could not tell" if low <= 0 <= high else "Lower" if high < 0 else "Higher"
    return f"**{said}**: {measured(low, '', 0)}% to {measured(high, '', 0)}% ({name})"
