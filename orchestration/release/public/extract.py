"""The public extract of a candidate: `public/figures.csv`, its `datapackage.json` and README.

A reader who has every night's figures sees single complaints come, and with them who is new in a
small count. A programme that is neither open data nor synthetic is therefore published by month.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from orchestration.disclosure.cells import KEY, LINK, LinkedCells, arrange
from orchestration.disclosure.policy import Policy, read_policy
from orchestration.disclosure.publications import NAME, Decided, protect_after
from orchestration.release import tiers
from orchestration.release.dbt_artifacts import Artifacts
from orchestration.release.manifest import Input
from orchestration.release.public import cube, memory, package, printed_figures
from orchestration.release.public.memory import STATE, Memory
from orchestration.release.public.printed_figures import sides, subsets, united
from orchestration.storage import durable
from orchestration.storage.hashes import of_file
from orchestration.storage.spreadsheet_safety import escape

Rhythm = Literal["month", "release"]


@dataclass(frozen=True)
class Publication:
    """Whether a release publishes figures of a programme, and why.

    `next_on` is the day (ISO 8601) from which it does if this release does not, else None.
    """

    is_published: bool
    why: str
    next_on: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def decide(rhythm: Rhythm, last: date | None, as_of: date, correction: str | None) -> Publication:
    """Whether a release as of a day publishes, when `last` is the as-of day of the last one."""
    if last is None:
        return Publication(is_published=True, why="first publication")
    if rhythm == "release":
        return Publication(is_published=True, why="published with every release")
    due = a_month_after(last)
    if as_of >= due:
        return Publication(is_published=True, why="due")
    if correction:
        return Publication(is_published=True, why=f"correction: {correction}")
    return Publication(is_published=False, why=f"last published as of {last}", next_on=f"{due}")


FOLDER = tiers.PUBLIC
README = """For everyone: figures in which small counts are hidden, and all that would reveal them.

`figures.csv` are the figures, `datapackage.json` says what each column means and where they come
from. Only this folder of a release is for publication; `bodyworn publish --to FOLDER` copies it.
What is published stays as it is: a record that is erased later goes from the next publication on.
"""
NOTHING = """For everyone: nothing is published in this release.
"""


@dataclass(frozen=True)
class ExtractRequest:
    """What an extract is made for.

    `states` are the folders with the memory of each programme that has one. A programme without a
    rhythm publishes with every release. `repeated` are the publications of a release that is
    reproduced: whether they were due is not decided again.
    """

    as_of: date
    inputs: Sequence[Input]
    states: Mapping[str, Path]
    rhythms: Mapping[str, Rhythm] = field(default_factory=dict)
    correction: str | None = None
    repeated: Mapping[str, Publication] | None = None


@dataclass(frozen=True)
class Extract:
    """What was written: the hash of each public file, and what was published of each programme."""

    public: dict[str, str]
    disclosure: dict[str, dict[str, Any]]


def hashes(release: Path) -> dict[str, str]:
    """SHA-256 of every file of the extract, by its path within the release."""
    files = sorted((release / FOLDER).glob("*"))
    return {f"{FOLDER}/{path.name}": of_file(path) for path in files}


def write(
    folder: Path, artifacts: Artifacts, request: ExtractRequest, policy: Policy | None = None
) -> Extract:
    """Write the extract of the candidate in `folder`, and what is remembered of it.

    Nothing is written when a table it is cut from is missing, which the audit reports. Raises
    BuildProblem when a metric declares a disclosure class that does not exist, and DamagedRelease
    when a memory is not whole.
    """
    released = cube.read_released(folder, artifacts)
    if released is None:
        return Extract({}, {})
    rules = policy or read_policy()
    rows = cube.cut(released, rules)
    each = [
        _programme(folder, mine, request, rules)
        for _, mine in rows.group_by("programme_id", maintain_order=True)
    ]
    target = folder / FOLDER
    target.mkdir()
    printed = [one.printed for one in each if one.printed is not None]
    if printed:
        escape(pl.concat(printed).sort(cube.FIGURE)).write_csv(target / package.TABLE)
        about = package.describe(
            target, request.as_of.isoformat(), request.inputs, artifacts, rules
        )
        durable.write_json(target / package.NAME, about | package.withdrawn_before(folder))
    said = {one.programme: one.publication for one in each}
    (target / tiers.README).write_text(_readme(said, is_there=bool(printed)), encoding="utf-8")
    return Extract(hashes(folder), {one.programme: one.said for one in each})


def _readme(said: Mapping[str, Publication], *, is_there: bool) -> str:
    """What is in the folder, and when missing figures will be published."""
    waits = [
        f"- {name}: {one.why}" + (f"; next from {one.next_on}" if one.next_on else "")
        for name, one in sorted(said.items())
        if not one.is_published
    ]
    text = README if is_there else NOTHING
    return text + ("\n".join(["\nNot in this release:\n", *waits, ""]) if waits else "")


@dataclass(frozen=True)
class _Made:
    """What a release does with one programme; `printed` are its rows, None where it has none."""

    programme: str
    publication: Publication
    printed: pl.DataFrame | None
    chain: tuple[memory.Entry, ...]

    @property
    def said(self) -> dict[str, Any]:
        """For the manifest: the publication and the end of the chain."""
        last = self.chain[-1] if self.chain else None
        words = self.publication
        return {
            "published": words.is_published,
            "why": words.why,
            "next_on": words.next_on,
            "number": last.number if last else 0,
            "hash": last.hash if last else "",
        }


def _programme(folder: Path, rows: pl.DataFrame, request: ExtractRequest, policy: Policy) -> _Made:
    """Publish the figures of one programme, if it is due and reveals no hidden figure."""
    programme = str(rows["programme_id"][0])
    there = tiers.restricted(folder) / memory.FOLDER
    before = None
    if programme in request.states:
        memory.copy(request.states[programme], there / memory.BEFORE / programme)
        before = memory.read(there / memory.BEFORE / programme)
    chain = before.chain if before else ()
    wanted = _wanted(programme, chain, request)
    if not wanted.is_published:
        return _Made(programme, wanted, None, chain)
    done = protected(rows, policy, before)
    if done.given_away:
        why = (
            f"publishing would give away {done.given_away} hidden figures of this release or of"
            " earlier ones"
        )
        return _Made(programme, Publication(is_published=False, why=why), None, chain)
    printed, first = printed_figures.printed(
        rows, done.counts, policy, before.first if before else None
    )
    after = memory.with_entry(
        Memory(done.cells, done.links, done.names, first, chain),
        programme, request.as_of.isoformat(), wanted.why,
    )  # fmt: skip
    memory.write(there / memory.AFTER / programme, after)
    return _Made(programme, wanted, printed, after.chain)


def _wanted(programme: str, chain: Sequence[memory.Entry], request: ExtractRequest) -> Publication:
    if request.repeated is not None and programme in request.repeated:
        return request.repeated[programme]
    last = date.fromisoformat(chain[-1].as_of) if chain else None
    rhythm = request.rhythms.get(programme, "release")
    return decide(rhythm, last, request.as_of, request.correction)


@dataclass(frozen=True)
class Hiding:
    """What is hidden of a programme's rows, and what is remembered once they are published.

    `counts` carry `own`, KEY, and whether and in which class their cell is hidden; open data are in
    none of the frames. `given_away` counts figures that nothing can hide any more.
    """

    counts: pl.DataFrame
    cells: pl.DataFrame
    links: pl.DataFrame
    names: pl.DataFrame
    given_away: int


def _cells(counts: pl.DataFrame, areas: pl.DataFrame, policy: Policy) -> LinkedCells:
    strictness = {name: rule.threshold for name, rule in policy.classes.items()}
    unique = (
        counts.with_columns(strict=pl.col("klass").replace_strict(strictness))
        .sort("quantity", "strict", descending=[False, True])
        .with_columns(pl.col("klass").first().over("quantity"))
        .group_by(KEY)
        .agg(pl.col("count", "klass").first(), pl.col("at_risk").min())
        .with_columns(is_structural=pl.lit(value=False))
    )
    years = counts.select(child="period").unique().filter(pl.col("child") != "window")
    tree = areas.select(child="area_id", parent="parent_area_id").drop_nulls().unique()
    periods = years.with_columns(parent=pl.lit("window"))
    return arrange(unique, tree, periods, subsets(counts))


def protected(rows: pl.DataFrame, policy: Policy, before: Memory | None) -> Hiding:
    """What to hide of the rows of one programme, given what readers already have of it."""
    closed = rows.filter(pl.col("klass") != policy.open_data)
    if not len(closed):
        empty = (_empty(COUNTS), _empty(STATE), _empty(LINK), _empty(NAME))
        return Hiding(*empty, given_away=0)
    counts = united(sides(closed))
    found = _cells(counts, closed, policy)
    names = (
        counts.join(found.cells.select("cell", *KEY), on=KEY)
        .select(*NAME)
        .cast(NAME)  # type: ignore[arg-type]
        .unique()
        .sort("cell", "own")
    )
    had = before.published if before else None
    done = protect_after(found, names, had, policy)
    width = len(found.cells)
    here = found.cells.with_columns(
        is_hidden=_column(done.protection.hidden), programme_id=pl.lit(closed["programme_id"][0])
    ).select("programme_id", *KEY, "is_hidden", own_class="klass")
    return Hiding(
        counts.join(here, on=KEY).select(*COUNTS),
        _state(done, width),
        done.after.found.links,
        done.after.names,
        done.given_away,
    )


def _state(done: Decided, width: int) -> pl.DataFrame:
    """The cells of the memory, the first `width` of them those of the release just published."""
    hidden = done.after.hidden
    shown_before = np.zeros(len(hidden), dtype=bool)
    shown_before[:width] = done.protection.hidden & ~hidden[:width]
    return done.after.found.cells.with_columns(
        is_hidden=_column(hidden),
        is_new=pl.int_range(pl.len()) < width,
        is_known=_column(shown_before),
        is_exposed=_column(done.exposed),
    ).select(*STATE)


COUNTS = {
    "own": pl.String, **dict.fromkeys(KEY, pl.String), "is_hidden": pl.Boolean,
    "own_class": pl.String, "programme_id": pl.String,
}  # fmt: skip


def _column(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pl.Series:
    return pl.Series(mask, dtype=pl.Boolean)


def _empty(schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema))
