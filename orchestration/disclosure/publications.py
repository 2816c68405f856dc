"""All releases together: what a reader of all of them can work out, and what must stay hidden.

The memory of a programme holds every cell that was ever published, hidden or linked by a sum. If a
count is repeated in any later release, readers are assumed to know that it is the same: if it was
hidden before, it stays hidden; if it was published before, hiding it would protect nobody, so
others are hidden instead. Counts that changed are cells of their own, and those of earlier releases
stay protected too. A release that was never published is not in the memory.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.disclosure.additive_table import AdditiveTable, Mask, as_table
from orchestration.disclosure.cells import LINK, SLACK, LinkedCells
from orchestration.disclosure.policy import Policy
from orchestration.disclosure.ranges import ranges
from orchestration.disclosure.secondary import Protection, protect

PLACE = ("area", "period", "breakdown", "part")
NAME = {"cell": pl.Int64, "own": pl.String}
SAME = "same"


@dataclass(frozen=True)
class Published:
    """What readers have had: cells, their sums, and which cells were never shown.

    `names` has a row (cell, own) for each name under which a printed cell's count was given: two
    metrics may rest on one count today and on two tomorrow.
    """

    found: LinkedCells
    hidden: Mask
    names: pl.DataFrame


@dataclass(frozen=True)
class Joint:
    """A release and the memory as one table; the first `width` cells are those of the release.

    `was_hidden` are cells that were published and never shown. `place` has the number that each
    cell of the memory has here, -1 for the rest of a sum that the release repeats.
    """

    found: LinkedCells
    names: pl.DataFrame
    table: AdditiveTable
    was_hidden: Mask
    width: int
    place: np.ndarray

    @property
    def fixed(self) -> Mask:
        """The cells of the memory alone, which stay as they were published."""
        return np.arange(len(self.was_hidden)) >= self.width


def named_by_quantity(found: LinkedCells) -> pl.DataFrame:
    """The names of cells whose quantities have no other name."""
    printed = found.cells.filter("is_printed")
    return printed.select("cell", own="quantity").cast(NAME)  # type: ignore[arg-type]


def _pairs(new: LinkedCells, names: pl.DataFrame, memory: Published) -> pl.DataFrame:
    """Cells of both (`new`, `old`) with one name, place and count, and whether of one class."""

    def placed(found: LinkedCells, named: pl.DataFrame) -> pl.DataFrame:
        return named.join(found.cells.filter("is_printed"), on="cell")

    old = placed(memory.found, memory.names)
    return (
        placed(new, names)
        .join(old, on=["own", *PLACE], suffix="_old")
        .filter((pl.col("count") - pl.col("count_old")).abs() <= SLACK)
        .select(new="cell", old="cell_old", is_one=pl.col("klass") == pl.col("klass_old"))
        .unique()
        .sort("old", "new")
    )


def _signatures(links: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """Each relation with a text that is equal for sums of the same cells."""
    return (
        links.join(printed, on="part", how="left")
        .group_by("relation")
        .agg(
            pl.col("kind").first(),
            pl.col("whole").first(),
            parts=pl.col("part").filter(pl.col("is_printed")).sort(),
        )
        .select(
            "relation",
            said=pl.concat_str(
                "kind", pl.lit(":"), "whole", pl.lit(":"),
                pl.col("parts").cast(pl.List(pl.String)).list.join(","),
            ),
        )
    )  # fmt: skip


def _known_to_be_equal(pairs: pl.DataFrame, place: np.ndarray) -> set[tuple[int, int]]:
    """Pairs of cells in the joint numbering whose counts a reader knows to be the same."""
    found = {(int(new), int(place[old])) for new, old in pairs.select("new", "old").iter_rows()}
    return {(min(pair), max(pair)) for pair in found if pair[0] != pair[1]}


def _place(new: LinkedCells, memory: Published, pairs: pl.DataFrame) -> np.ndarray:
    """The joint number of each cell of the memory: a new cell's, else one behind them."""
    merged = pairs.filter("is_one").unique("old", keep="first")
    place = np.full(len(memory.found.cells), -1)
    place[merged["old"].to_numpy()] = merged["new"].to_numpy()
    alone = place < 0
    place[alone] = len(new.cells) + np.arange(int(alone.sum()))
    return place


def joint(new: LinkedCells, names: pl.DataFrame, memory: Published, policy: Policy) -> Joint:
    """A release and all before it as one table."""
    pairs = _pairs(new, names, memory)
    place = _place(new, memory, pairs)
    equal = _known_to_be_equal(pairs, place)
    found, place = _united(new, memory.found, place)
    ties = [(-1 - at, SAME, one, other) for at, (one, other) in enumerate(sorted(equal))]
    links = pl.concat([found.links, pl.DataFrame(ties, schema=LINK, orient="row")])
    dense = pl.col("relation").rank("dense").cast(pl.Int64) - 1
    both = LinkedCells(found.cells, links.with_columns(dense).sort("relation", "part"))
    was_hidden, was_shown = np.zeros((2, len(both.cells)), dtype=bool)
    printed = memory.found.cells["is_printed"].to_numpy()
    was_hidden[place[memory.hidden]] = True
    was_shown[place[printed & ~memory.hidden]] = True
    known = was_shown & (np.arange(len(was_shown)) < len(new.cells))
    renamed = memory.names.with_columns(cell=pl.Series(place[memory.names["cell"].to_numpy()]))
    every = pl.concat([names, renamed.cast(NAME)]).unique().sort("cell", "own")  # type: ignore[arg-type]
    table = as_table(both, policy, known)
    return Joint(both, every, table, was_hidden & ~was_shown, len(new.cells), place)


def _united(
    new: LinkedCells, old: LinkedCells, place: np.ndarray
) -> tuple[LinkedCells, np.ndarray]:
    """Cells and sums of both, and the new positions of the old cells.

    A sum of the same cells is kept once, so the rest of the old one is left out: its place is -1.
    """
    width = len(new.cells)
    there = old.cells.with_columns(cell=pl.Series(place))
    printed = pl.concat([new.cells, there.filter(pl.col("cell") >= width)]).select(
        "is_printed", part="cell"
    )
    links = old.links.with_columns(
        whole=pl.Series(place[old.links["whole"].to_numpy()]),
        part=pl.Series(place[old.links["part"].to_numpy()]),
    )
    known = _signatures(new.links, printed)["said"].implode()
    repeated = _signatures(links, printed).filter(pl.col("said").is_in(known))
    gone = links.join(repeated, on="relation", how="semi").join(printed, on="part")
    rests = gone.filter(~pl.col("is_printed"))["part"].implode()
    added = there.filter((pl.col("cell") >= width) & ~pl.col("cell").is_in(rests)).sort("cell")
    dense = np.full(width + len(place), -1)
    dense[:width] = np.arange(width)
    dense[added["cell"].to_numpy()] = width + np.arange(len(added))
    cells = pl.concat([new.cells, added]).with_columns(cell=pl.int_range(pl.len(), dtype=pl.Int64))
    kept = links.join(repeated, on="relation", how="anti", maintain_order="left")
    kept = kept.with_columns(
        pl.col("relation") + new.links["relation"].n_unique(),
        whole=pl.Series(dense[kept["whole"].to_numpy()]),
        part=pl.Series(dense[kept["part"].to_numpy()]),
    )
    return LinkedCells(cells, pl.concat([new.links, kept])), dense[place]


@dataclass(frozen=True)
class Decided:
    """What of a release is hidden, and the memory once it is published.

    `protection` is of the cells of the release, `exposed` of those of `after`. `given_away` counts
    cells that publishing would give away, of this release or of an earlier one, whatever else is
    hidden: then nothing of the release may be published. What earlier releases gave away by
    themselves is not among them.
    """

    protection: Protection
    after: Published
    exposed: Mask
    given_away: int


def protect_after(
    new: LinkedCells, names: pl.DataFrame, memory: Published | None, policy: Policy
) -> Decided:
    """Which cells of a release to hide, given everything that readers have had before it."""
    if memory is None:
        done = protect(as_table(new, policy))
        alone = int(np.count_nonzero(done.exposed))
        return Decided(done, Published(new, done.hidden, names), done.exposed, alone)
    both = joint(new, names, memory, policy)
    done = protect(both.table, both.was_hidden, both.fixed)
    lost = done.exposed & ~_lost_before(memory, both, policy)
    width = both.width
    mine = Protection(done.hidden[:width], done.exposed[:width])
    hidden = (done.hidden | both.was_hidden) & ~both.table.known
    after = Published(both.found, hidden, both.names)
    return Decided(mine, after, done.exposed, int(np.count_nonzero(lost)))


def _lost_before(memory: Published, both: Joint, policy: Policy) -> Mask:
    """Cells that earlier publications reveal by themselves, in the joint numbering.

    Cells that were shown and that today's policy would hide are among them; a cell that only the
    new release makes sensitive, as the whole of its group, is not.
    """
    alone = as_table(memory.found, policy)
    gone = alone.sensitive & alone.printed & ~memory.hidden
    gone[ranges(alone, memory.hidden).failing] = True
    place = both.place[gone]
    lost = np.zeros(len(both.was_hidden), dtype=bool)
    lost[place[place >= 0]] = True
    return lost
