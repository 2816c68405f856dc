"""Marks across a chart over time: start of cameras, target, breaks, and missing months.

Each is drawn and named in the picture. Labels are placed one below another, so that none covers
another, and on the side of their line that has room.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import altair as alt
import polars as pl

from dashboards.charts.style import ink, x_at, y_at
from dashboards.text.figures import PER_CENT
from dashboards.text.formats import day, measured
from dashboards.text.formats import month as month_in_words

WIDTH, LINE, LEAST_GAP = 27, 13, 5
# Of the width of the narrowest chart, what the words "not supplied" take.
WORDS_SHARE = 0.25
# Labels that would need more room than this are cut to their day.
MOST_ROOM = 190
NOT_SUPPLIED = "missing_months"
STEPS = {"month": "1mo", "quarter": "3mo", "year": "1y"}


@dataclass(frozen=True)
class Landmarks:
    """The first day with cameras, the target in the unit of the measure, and dated breaks."""

    cameras_from: date | None = None
    target: float | None = None
    breaks: tuple[tuple[date, str], ...] = ()


NONE = Landmarks()


def with_gaps(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows`, with an empty row for every period without one between two that have one.

    So a line breaks where there is no figure, whether the release says why or not.
    """
    grain = str(rows["period_grain"][0]) if rows.height else ""
    if grain not in STEPS:
        return rows
    found = []
    for _, part in rows.group_by("breakdown_value", maintain_order=True):
        first, last = part["period_start"].min(), part["period_start"].max()
        whole = pl.DataFrame(
            {"period_start": pl.date_range(first, last, STEPS[grain], eager=True)}  # type: ignore[arg-type]
        )
        found.append(_filled(whole.join(part, on="period_start", how="left"), part))
    return pl.concat(found).select(rows.columns)


def _filled(rows: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """Rows without a figure get that status, and the names of their line."""
    same = [name for name in ("breakdown", "breakdown_value", "label") if name in part.columns]
    return rows.with_columns(
        pl.col("status").fill_null("no_figure"),
        pl.col("is_provisional", "is_break").fill_null(value=False),
        *(pl.col(name).fill_null(part[name][0]) for name in same),
    )


def layers(
    rows: pl.DataFrame, marks: Landmarks, unit: str, target_at: int | None = None
) -> list[alt.Chart]:
    """The layers for everything between the first and the last period of `rows`.

    The label of the target is at its line, or `target_at` pixels from the top.
    """
    starts = rows["period_start"].drop_nulls()
    if starts.is_empty():
        return []
    first: date = starts.min()  # type: ignore[assignment]
    last: date = starts.max()  # type: ignore[assignment]
    across = _across(rows, marks, first, last)
    return [*_absent(rows, last), *across, *_target(rows, marks, unit, target_at)]


def room(rows: pl.DataFrame, marks: Landmarks) -> int:
    """The pixels that the labels of upright lines take at the top of a chart of `rows`."""
    placed = _upright(rows, marks)
    return placed[-1][2] + LINE * len(placed[-1][1]) + LEAST_GAP if placed else 0


def above(top: float, bottom: float, pixels: int, height: int) -> float:
    """The end of an axis whose marks end at `top`, if this many pixels above them stay free."""
    return top + (top - bottom) * pixels / height


def _upright(rows: pl.DataFrame, marks: Landmarks) -> list[tuple[date, list[str], int]]:
    """Dated lines within the periods of `rows`, in order, with their label's lines and position.

    Each label is below the one before.
    """
    starts = rows["period_start"].drop_nulls()
    if starts.is_empty():
        return []
    began = marks.cameras_from
    cameras = [(began, f"cameras from {month_in_words(began)}")] if began else []
    dated = sorted([*cameras, *((at, f"{day(at)}: {what}") for at, what in marks.breaks)])
    placed, height = [], LEAST_GAP
    for at, said in dated:
        if not starts.min() < at <= starts.max():  # type: ignore[operator]
            continue
        lines = textwrap.wrap(said, WIDTH)
        if height + LINE * len(lines) > MOST_ROOM:
            lines = textwrap.wrap(day(at), WIDTH)
        placed.append((at, lines, height))
        height += LINE * len(lines) + LEAST_GAP
    return placed


def _across(rows: pl.DataFrame, marks: Landmarks, first: date, last: date) -> list[alt.Chart]:
    """An upright line for each, its label at a height and on a side of its own."""
    middle, drawn = first + (last - first) / 2, []
    for at, lines, height in _upright(rows, marks):
        base = alt.Chart(pl.DataFrame({"at": [at], "said": ["\n".join(lines)]}))
        x = alt.X("at:T", title=None)
        words = base.mark_text(
            align="right" if at > middle else "left", dx=-4 if at > middle else 4,
            baseline="top", fontSize=11, lineBreak="\n", color=ink().text,
        )  # fmt: skip
        line = base.mark_rule(strokeDash=[4, 3], color=ink().quiet, strokeWidth=1)
        drawn += [line.encode(x), words.encode(x, y=y_at(height), text=alt.Text("said:N"))]
    return drawn


def _target(rows: pl.DataFrame, marks: Landmarks, unit: str, at: int | None) -> list[alt.Chart]:
    """The line of the target; its words lie on the side of it where the last figure is not."""
    if marks.target is None:
        return []
    last = rows.sort("period_start")["value"].drop_nulls().tail(1)
    is_below = at is None and last.len() > 0 and float(last[0]) >= marks.target
    said = f"promised: {measured(marks.target, '%' if unit == PER_CENT else '')}"
    base = alt.Chart(pl.DataFrame({"target": [marks.target], "said": [said]}))
    y = alt.Y("target:Q", title=unit)
    words = base.mark_text(
        align="right", baseline="top" if is_below else "bottom", dy=4 if is_below else -3,
        fontSize=11, color=ink().text,
    )  # fmt: skip
    return [
        base.mark_rule(strokeDash=[8, 3], color=ink().quiet).encode(y),
        words.encode(y=y if at is None else y_at(at), x=x_at("width"), text=alt.Text("said:N")),
    ]


def _absent(rows: pl.DataFrame, last: date) -> list[alt.Chart]:
    """A grey band over every run of periods that were not supplied, named where there is room.

    Of runs so close that their words would meet, the first is named.
    """
    absent = rows.filter(pl.col("status") == NOT_SUPPLIED).sort("period_start")
    if absent.is_empty():
        return []
    begins = pl.col("period_start") > pl.col("period_end").shift(1).dt.offset_by("5d")
    runs = (
        absent.unique("period_start", maintain_order=True)
        .with_columns(run=begins.fill_null(value=True).cum_sum())
        .group_by("run", maintain_order=True)
        .agg(pl.col("period_start").min(), pl.col("period_end").max())
        .with_columns(until=pl.col("period_end").dt.offset_by("1d"))
    )
    first: date = rows["period_start"].min()  # type: ignore[assignment]
    said = _named_where_apart(runs["period_start"].to_list(), (last - first) * WORDS_SHARE)
    runs = runs.with_columns(said=pl.Series(said))
    colours = ink()
    base = alt.Chart(runs).encode(alt.X("period_start:T", title=None))
    band = base.mark_rect(color=colours.quiet, opacity=0.18).encode(alt.X2("until:T"))
    near_the_end = runs["period_start"][-1] >= last
    words = base.mark_text(
        align="right" if near_the_end else "left", baseline="bottom", dy=-4, dx=3, fontSize=11,
        color=colours.text,
    )  # fmt: skip
    return [band, words.encode(y=y_at("height"), text=alt.Text("said:N"))]


def _named_where_apart(starts: Sequence[date], least: timedelta) -> list[str]:
    """The words of each run in order: blank where those of an earlier one would reach into it."""
    said: list[str] = []
    before: date | None = None
    for start in starts:
        is_apart = before is None or start - before >= least
        said.append("not supplied" if is_apart else "")
        before = start if is_apart else before
    return said


def apart(values: Sequence[float], least: float) -> list[float]:
    """Positions of labels, in the order given, pushed up so that any two are `least` apart."""
    order = sorted(range(len(values)), key=values.__getitem__)
    placed = list(values)
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + least)
    return placed
