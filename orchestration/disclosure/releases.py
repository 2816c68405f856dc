"""Two releases at once: what a reader of both can work out, and what must stay hidden for it.

A count that is the same in both is taken to be known to be the same: hidden before, it stays
hidden; published before, hiding it now would protect nobody, so others are hidden instead. Counts
that changed are cells of their own, and those of the earlier release stay protected too.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.disclosure.cells import CELL, KEY, LINK, SLACK, LinkedCells
from orchestration.disclosure.policy import Policy
from orchestration.disclosure.secondary import Protection, protect
from orchestration.disclosure.table import AdditiveTable, Mask, as_table


@dataclass(frozen=True)
class Before:
    """An earlier release: its cells, their sums, and which it did not show."""

    found: LinkedCells
    hidden: Mask


@dataclass(frozen=True)
class Joint:
    """Both releases as one table; the first `width` cells are those of the later one."""

    table: AdditiveTable
    start: Mask
    fixed: Mask
    width: int


def _numbers(new: pl.DataFrame, before: Before) -> pl.DataFrame:
    """Old cells with the number they have among all: a new cell's where the count is the same."""
    same = new.filter("is_printed").select(*KEY, "klass", now="cell", now_count="count")
    old = (
        before.found.cells.with_columns(was_hidden=pl.Series(before.hidden))
        .join(same, on=[*KEY, "klass"], how="left", maintain_order="left")
        .with_columns(
            is_same=pl.col("is_printed")
            & ((pl.col("count") - pl.col("now_count")).abs() <= SLACK).fill_null(value=False)
        )
    )
    fresh = len(new) + (~pl.col("is_same")).cum_sum() - 1
    number = pl.when("is_same").then("now").otherwise(fresh)
    return old.with_columns(number=number.cast(pl.Int64))


def joint(new: LinkedCells, before: Before, policy: Policy) -> Joint:
    """The two releases as one table, its cells those of `new` and the old ones that differ."""
    old = _numbers(new.cells, before)
    added = old.filter(~pl.col("is_same")).with_columns(cell="number")
    cells = pl.concat([new.cells, added.select(*CELL)])
    numbers = old.select("cell", "number")
    offset = new.links["relation"].n_unique()
    links = (
        before.found.links.join(numbers.rename({"cell": "whole", "number": "w"}), on="whole")
        .join(numbers.rename({"cell": "part", "number": "p"}), on="part")
        .select(pl.col("relation") + offset, "kind", whole="w", part="p")
    )
    width = len(new.cells)
    known, start = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    place, hidden = old["number"].to_numpy(), old["was_hidden"].to_numpy()
    start[place] = hidden
    known[place] = ~hidden & old["is_same"].to_numpy()
    fixed = np.arange(len(cells)) >= width
    both = LinkedCells(cells, pl.concat([new.links, links.select(*LINK).cast(LINK)]))  # type: ignore[arg-type]
    return Joint(as_table(both, policy, known), start, fixed, width)


def protect_after(new: LinkedCells, before: Before | None, policy: Policy) -> Protection:
    """Which cells of a release to hide, given the release that readers have had before it."""
    if before is None:
        return protect(as_table(new, policy))
    pair = joint(new, before, policy)
    done = protect(pair.table, pair.start, pair.fixed)
    return Protection(done.hidden[: pair.width], done.exposed[: pair.width])
