"""Random additive tables: an area tree by periods by two breakdowns that overlap, from a seed."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from orchestration.disclosure.cells import LinkedCells, arrange

PERIODS = ("2019", "2020", "2021")


@dataclass(frozen=True)
class Draw:
    """Joint counts: area x period x part of the first x part of the second breakdown."""

    joint: np.ndarray
    areas: pl.DataFrame
    klass: str
    is_whole: bool


def _tree(rng: np.random.Generator) -> pl.DataFrame:
    """A force, two to four units, and under the first up to three boroughs."""
    units = [f"u{n}" for n in range(rng.integers(2, 5))]
    boroughs = [f"b{n}" for n in range(rng.integers(0, 4))]
    children = [*units, *(boroughs if len(boroughs) > 1 else [])]
    parents = ["force"] * len(units) + ["u0"] * (len(children) - len(units))
    return pl.DataFrame({"child": children, "parent": parents})


def draw(seed: int) -> Draw:
    """Skewed counts with many zeros and small numbers: what has to be hidden in real tables."""
    rng = np.random.default_rng(seed)
    areas = _tree(rng)
    leaves = len(set(areas["child"]) - set(areas["parent"]))
    shape = (leaves, rng.integers(1, 4), rng.integers(1, 4), rng.integers(1, 3))
    mean = rng.choice([0.3, 1.0, 3.0, 10.0, 40.0], size=shape)
    joint = rng.poisson(rng.gamma(0.7, mean / 0.7)) * (rng.random(shape) > 0.15)
    return Draw(joint, areas, str(rng.choice(["P", "A"])), bool(rng.random() < 0.7))


def revised(before: Draw, seed: int) -> Draw:
    """The same table some time later: some counts have grown by late records, few have shrunk."""
    rng = np.random.default_rng(seed)
    moved = rng.random(before.joint.shape) < rng.choice([0.05, 0.2, 0.6])
    steps = rng.integers(-2, 6, size=before.joint.shape)
    later = np.maximum(before.joint + moved * steps, 0)
    return Draw(later, before.areas, before.klass, before.is_whole)


def chain(seed: int, length: int) -> list[Draw | None]:
    """Releases one after another; None for a night without one.

    Counts grow by late records, or by a single one; records are corrected; a mistake is released
    and corrected in the next release; a batch for an area's period comes late.
    """
    rng = np.random.default_rng(seed)
    true = draw(seed)
    late = tuple(int(rng.integers(0, size)) for size in true.joint.shape[:2])
    comes = int(rng.integers(0, length)) if rng.random() < 0.5 else 0
    releases: list[Draw | None] = []
    for night in range(length):
        event = rng.choice(["grows", "one more", "gap", "mistake", "corrected"])
        shown = true
        if event == "mistake":
            shown = _mistaken(true, rng)
        elif event in ("grows", "corrected"):
            shown = true = revised(true, int(rng.integers(2**31)))
        elif event == "one more":
            shown = true = _one_more(true, rng)
        if night < comes:
            shown = _without(shown, late)
        releases.append(None if event == "gap" and night else shown)
    return releases


def _mistaken(it: Draw, rng: np.random.Generator) -> Draw:
    """The table with some counts wrong, or lost."""
    wrong = rng.random(it.joint.shape) < rng.choice([0.05, 0.2])
    other = it.joint * rng.integers(0, 2, size=it.joint.shape) + rng.poisson(2, it.joint.shape)
    return replace(it, joint=np.where(wrong, other, it.joint))


def _one_more(it: Draw, rng: np.random.Generator) -> Draw:
    """The table with one more record."""
    joint = it.joint.copy()
    joint[tuple(rng.integers(0, size) for size in joint.shape)] += 1
    return replace(it, joint=joint)


def _without(it: Draw, late: tuple[int, ...]) -> Draw:
    """The table before a batch came: one area has nothing in one period."""
    joint = it.joint.copy()
    joint[late] = 0
    return replace(it, joint=joint)


def _rows(by_leaf: np.ndarray, leaves: list[str], breakdown: str) -> pl.DataFrame:
    """Counts by leaf, period and part, with the sum over the periods."""
    each = np.concatenate([by_leaf, by_leaf.sum(axis=1, keepdims=True)], axis=1)
    names = [*PERIODS[: by_leaf.shape[1]], "window"]
    parts = [breakdown if breakdown == "all" else f"{breakdown}{n}" for n in range(each.shape[2])]
    keys = [(a, p, breakdown, part) for a in leaves for p in names for part in parts]
    columns = ["area", "period", "breakdown", "part"]
    return pl.DataFrame(keys, schema=columns, orient="row").with_columns(count=each.ravel())


def counts(it: Draw) -> pl.DataFrame:
    """Every cell that would be printed: all areas and periods, in total and by each breakdown."""
    leaves = sorted(set(it.areas["child"]) - set(it.areas["parent"]))
    at_leaves = pl.concat(
        [
            _rows(it.joint.sum(axis=(2, 3))[:, :, None], leaves, "all"),
            _rows(it.joint.sum(axis=3), leaves, "one"),
            _rows(it.joint.sum(axis=2), leaves, "two"),
        ]
    )
    sums, level = [at_leaves], at_leaves
    while len(level := _up(level, it.areas)):
        sums.append(level)
    everything = (
        pl.concat(sums).group_by("area", "period", "breakdown", "part").agg(pl.col("count").sum())
    )
    if not it.is_whole:
        # One part of a breakdown is not printed, so that the others leave a rest.
        everything = everything.filter(pl.col("part") != "one0")
    return everything.with_columns(
        quantity=pl.lit("complaints"), klass=pl.lit(it.klass), at_risk=None, is_structural=False,
        count=pl.col("count").cast(pl.Float64),
    )  # fmt: skip


def _up(level: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    return (
        level.join(areas, left_on="area", right_on="child")
        .group_by(area="parent", period="period", breakdown="breakdown", part="part")
        .agg(pl.col("count").sum())
        .select("area", "period", "breakdown", "part", "count")
    )


def arranged(it: Draw) -> LinkedCells:
    """The table as cells and sums."""
    years = [name for name in PERIODS if name != "window"]
    periods = pl.DataFrame({"child": years, "parent": ["window"] * len(years)})
    subsets = pl.DataFrame(schema={"quantity": pl.String, "of": pl.String})
    return arrange(counts(it), it.areas, periods, subsets)
