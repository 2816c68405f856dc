"""The public extract as it was written: what it hides stays hidden, and it holds nothing else."""

from collections.abc import Iterator

import polars as pl

from orchestration.disclosure.cells import CELL, KEY, LINK, LinkedCells
from orchestration.disclosure.policy import read_policy
from orchestration.disclosure.primary import rounded, with_rules
from orchestration.disclosure.ranges import Inconsistent, ranges
from orchestration.disclosure.releases import Before, joint
from orchestration.disclosure.table import Mask, as_table
from orchestration.release import tiers
from orchestration.release.audit.tables import Finding, OpenCandidate
from orchestration.release.public import cube, previous_release
from orchestration.release.public.extract import FOLDER, hashes
from orchestration.release.public.figures import COLUMNS, NUMBERS
from orchestration.release.public.origin import SYNTHETIC
from orchestration.release.public.package import TABLE
from orchestration.release.public.quantities import PLACE, SIDES, sides, united
from orchestration.storage.spreadsheet_safety import restore

CHECK = "disclosure"


def _read(candidate: OpenCandidate) -> pl.DataFrame | None:
    """The extract as its readers get it, or None when it was not written."""
    path = candidate.folder / FOLDER / TABLE
    if not path.is_file():
        return None
    dates = dict.fromkeys(("period_start", "period_end"), pl.Date)
    numbers = dict.fromkeys(NUMBERS, pl.Float64)
    types = dict.fromkeys(COLUMNS, pl.String) | numbers | dates
    return restore(pl.read_csv(path, schema=types))


def extract_is_whole(candidate: OpenCandidate) -> Iterator[Finding]:
    """The extract is there, with the bytes the manifest says."""
    if _read(candidate) is None:
        yield Finding(CHECK, "error", "The public extract was not written.")
    elif hashes(candidate.folder) != candidate.manifest["public"]:
        yield Finding(CHECK, "error", "The public extract is not the one in the manifest.")


def hidden_rows_hold_nothing(candidate: OpenCandidate) -> Iterator[Finding]:
    """Where a count is hidden no value and no interval stands, and the row says why."""
    rows = _read(candidate)
    if rows is None:
        return
    hidden = pl.col("marker").fill_null("").str.contains("[c]", literal=True)
    resting = pl.any_horizontal(pl.col(*NUMBERS[2:]).is_not_null())
    complete = pl.all_horizontal(pl.col(*SIDES).is_not_null())
    wrong = rows.filter(hidden & (resting | complete | pl.col("note").is_null()))
    for row in wrong.iter_rows(named=True):
        what = f"{row['metric_id']} of {row['area_id']}, {row['period_start']}"
        yield Finding(CHECK, "error", f"{what}: a figure stands where one is hidden.")


def synthetic_rows_say_so(candidate: OpenCandidate) -> Iterator[Finding]:
    """Every row of a synthetic programme says that its figure is invented, and no other row."""
    rows = _read(candidate)
    if rows is None:
        return
    query = "select programme_id from dim_programme where is_synthetic"
    invented = [programme for (programme,) in candidate.rows(query)]
    is_invented = pl.col("programme_id").is_in(invented)
    wrong = rows.filter(is_invented != (pl.col("origin") == SYNTHETIC))
    for programme in wrong["programme_id"].unique().sort():
        yield Finding(CHECK, "error", f"{programme}: rows of the extract are labelled wrongly.")


def _shown(rows: pl.DataFrame, counts: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with the number a reader finds printed for them in any row, null where in none."""
    kinds = counts.select("own", "kind", "klass").unique(["own"])
    placed = rows.with_columns(
        area=pl.col("area_id"), part=pl.col("breakdown_value"),
        period=pl.when(pl.col("period_grain") == "window").then(pl.lit("window"))
        .otherwise(pl.col("period_start").dt.to_string()),
    )  # fmt: skip
    each = [
        placed.select(*PLACE, own=pl.concat_str("metric_id", pl.lit(f".{side}")), seen=pl.col(side))
        for side in SIDES
    ]
    named = counts.select("own", "quantity").unique()
    seen = pl.concat(each).join(kinds, on="own", how="semi").join(named, on="own")
    largest = seen.group_by(KEY).agg(pl.col("seen").max(), pl.col("seen").min().alias("least"))
    return cells.join(largest, on=KEY, how="left", maintain_order="left")


def _narrow(found: LinkedCells, hidden: Mask, before: Before | None) -> list[int]:
    policy = read_policy()
    if before is None:
        return list(map(int, ranges(as_table(found, policy), hidden).failing))
    pair = joint(found, before, policy)
    both = pair.start.copy()
    both[: pair.width] = hidden
    return list(map(int, ranges(pair.table, both).failing))


def _programme(
    candidate: OpenCandidate, rows: pl.DataFrame, mine: pl.DataFrame, now: previous_release.Memory
) -> Iterator[str]:
    """What is wrong with the rows of one programme, worked out from what is printed."""
    programme = mine["programme_id"][0]
    own = pl.col("programme_id") == programme
    found = LinkedCells(now.cells.filter(own).select(*CELL), now.links.filter(own).select(*LINK))
    shown = _shown(rows.filter(own), united(sides(mine)), with_rules(found.cells, read_policy()))
    as_printed = rounded(pl.col("count"), pl.col("round_to"))
    unlike = (pl.col("seen") != as_printed) | (pl.col("least") != as_printed)
    if wrong := len(shown.filter(unlike)):
        yield f"{programme}: {wrong} printed counts are not what their class prints."
    hidden = (shown["seen"].is_null() & shown["is_printed"]).to_numpy()
    folder = tiers.restricted(candidate.folder) / previous_release.FOLDER / previous_release.BEFORE
    old = previous_release.read(folder) if folder.is_dir() else None
    before = previous_release.before(old, programme)
    exposed = set(now.cells.filter(own & pl.col("is_exposed"))["cell"])
    try:
        narrow = [cell for cell in _narrow(found, hidden, before) if cell not in exposed]
    except Inconsistent:
        yield f"{programme}: the printed figures contradict each other."
        return
    if narrow:
        yield f"{programme}: {len(narrow)} hidden figures can be worked out from the extract."


def hidden_figures_stay_hidden(candidate: OpenCandidate) -> Iterator[Finding]:
    """No hidden count can be worked out from the extract, nor with that of the release before.

    What an earlier release already gave away is noted.
    """
    rows = _read(candidate)
    released = cube.read_released(candidate.folder, candidate.artifacts)
    if rows is None or released is None:
        return
    policy = read_policy()
    now = previous_release.read(tiers.restricted(candidate.folder) / previous_release.FOLDER)
    closed = cube.cut(released, policy).filter(pl.col("klass") != policy.open_data)
    for _, mine in closed.group_by("programme_id", maintain_order=True):
        for sentence in _programme(candidate, rows, mine, now):
            yield Finding(CHECK, "error", sentence)
    if exposed := int(now.cells["is_exposed"].sum()):
        words = f"{exposed} figures that are hidden now were given away by the release before."
        yield Finding(CHECK, "warning", words)
