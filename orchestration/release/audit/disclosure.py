"""The public extract as written: hidden figures stay hidden, and it holds nothing else."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from orchestration.disclosure.additive_table import as_table
from orchestration.disclosure.cells import CELL, KEY, LINK, LinkedCells
from orchestration.disclosure.policy import read_policy, rounded, with_rules
from orchestration.disclosure.ranges import Inconsistent, ranges
from orchestration.release import tiers
from orchestration.release.audit.table_checks import Finding, OpenCandidate
from orchestration.release.public import cube, memory
from orchestration.release.public.cube import SYNTHETIC
from orchestration.release.public.extract import FOLDER, hashes
from orchestration.release.public.package import TABLE
from orchestration.release.public.printed_figures import (
    COLUMNS,
    NUMBERS,
    PLACE,
    SIDES,
    sides,
    united,
)
from orchestration.storage.spreadsheet_safety import restore

CHECK = "disclosure"


def _read(candidate: OpenCandidate) -> pl.DataFrame | None:
    """The extract as readers get it, or None when it was not written."""
    path = candidate.folder / FOLDER / TABLE
    if not path.is_file():
        return None
    dates = dict.fromkeys(("period_start", "period_end"), pl.Date)
    numbers = dict.fromkeys(NUMBERS, pl.Float64)
    types = dict.fromkeys(COLUMNS, pl.String) | numbers | dates
    return restore(pl.read_csv(path, schema=types))


def extract_is_whole(candidate: OpenCandidate) -> Iterator[Finding]:
    """The extract exists where anything is published, with the bytes that the manifest states."""
    published = [one["published"] for one in candidate.manifest["disclosure"].values()]
    if _read(candidate) is None and any(published):
        yield Finding(CHECK, "error", "The public extract was not written.")
    elif hashes(candidate.folder) != candidate.manifest["public"]:
        yield Finding(CHECK, "error", "The public extract is not the one in the manifest.")


def hidden_rows_hold_nothing(candidate: OpenCandidate) -> Iterator[Finding]:
    """Where a count is hidden, the row has no value and no interval, and says why."""
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
    """Cells with the number that a reader finds printed for them in any row, null if in none."""
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


def _programme(candidate: OpenCandidate, rows: pl.DataFrame, mine: pl.DataFrame) -> Iterator[str]:
    """What is wrong with the rows of one programme, worked out from the printed figures.

    What earlier releases printed is taken from the memory as it is once this one is published.
    """
    programme, policy = mine["programme_id"][0], read_policy()
    now = memory.read(_after(candidate) / programme)
    cells = with_rules(now.cells, policy)
    printed = rows.filter(pl.col("programme_id") == programme)
    shown = _shown(printed, united(sides(mine)), cells.filter("is_new"))
    as_printed = rounded(pl.col("count"), pl.col("round_to"))
    unlike = (pl.col("seen") != as_printed) | (pl.col("least") != as_printed)
    if wrong := len(shown.filter(unlike)):
        yield f"{programme}: {wrong} printed counts are not what their class prints."
    unseen = pl.col("seen").is_null() & pl.col("is_printed") & ~pl.col("is_known")
    earlier = cells.filter(~pl.col("is_new"))["is_hidden"]
    hidden = pl.concat([shown.select(unseen.alias("is_hidden"))["is_hidden"], earlier]).to_numpy()
    found = LinkedCells(now.cells.select(*CELL), now.links.select(*LINK))
    exposed = now.cells["is_exposed"].to_numpy()
    try:
        failing = ranges(as_table(found, policy), hidden).failing
    except Inconsistent:
        yield f"{programme}: the printed figures contradict each other."
        return
    if narrow := int((~exposed[failing]).sum()):
        yield f"{programme}: {narrow} hidden figures can be worked out from the extract."


def _after(candidate: OpenCandidate) -> Path:
    """The folder with what is remembered of each programme that is published."""
    return tiers.restricted(candidate.folder) / memory.FOLDER / memory.AFTER


def hidden_figures_stay_hidden(candidate: OpenCandidate) -> Iterator[Finding]:
    """No hidden count can be worked out from the extract together with all earlier ones.

    What earlier releases revealed by themselves is noted, and so is a programme that had to be left
    out.
    """
    said = candidate.manifest["disclosure"]
    for programme, one in sorted(said.items()):
        if not one["published"] and one["next_on"] is None:
            words = f"{programme} is not published: {one['why']}."
            yield Finding(CHECK, "warning", words)
    rows = _read(candidate)
    released = cube.read_released(candidate.folder, candidate.artifacts)
    if rows is None or released is None:
        return
    published = {programme for programme, one in said.items() if one["published"]}
    for programme in sorted({*rows["programme_id"].unique()} - published):
        words = f"{programme}: figures are in the extract before their date."
        yield Finding(CHECK, "error", words)
    policy = read_policy()
    closed = cube.cut(released, policy).filter(
        (pl.col("klass") != policy.open_data) & pl.col("programme_id").is_in(published)
    )
    for (programme,), mine in closed.group_by("programme_id", maintain_order=True):
        for sentence in _programme(candidate, rows, mine):
            yield Finding(CHECK, "error", sentence)
        now = memory.read(_after(candidate) / str(programme))
        if exposed := int(now.cells["is_exposed"].sum()):
            words = f"{programme}: {exposed} figures that are hidden were given away before."
            yield Finding(CHECK, "warning", words)
