"""Writes the files of a synthetic programme into landing, the same bytes for the same seed."""

from pathlib import Path

import polars as pl

from orchestration.programme import Programme, read_programmes
from orchestration.synthesis import camera_team, complaints, courts
from orchestration.synthesis.faults import as_text, respell_areas, spoil_recordings
from orchestration.synthesis.world import World, make_world


def write_demonstration(landing: Path, seed: int | None = None) -> list[Path]:
    """Write every synthetic programme's files into its folder of `landing`; returns the files.

    The programme's own seed holds unless another is given. Existing files of the same names are
    replaced. Raises ValueError when no committed programme is synthetic.
    """
    synthetic = [programme for programme in read_programmes() if programme.is_synthetic]
    if not synthetic:
        raise ValueError("no programme in data/programmes says is_synthetic: true")
    return [
        file
        for programme in synthetic
        for file in write_files(
            landing / programme.landing[0], world_of(programme, seed or programme.seed or 0)
        )
    ]


def world_of(programme: Programme, seed: int) -> World:
    """The world of a programme: its places without parts, over the window its data cover."""
    parents = {area.parent for area in programme.areas}
    places = [area for area in programme.areas if area.kind != "remainder"]
    leaves = tuple(area.name for area in places if area.id not in parents)
    return make_world(leaves, programme.data_from, programme.data_to, seed)


def write_files(folder: Path, world: World) -> list[Path]:
    """One CSV per table, recordings and shifts one per year; returns the files in name order."""
    folder.mkdir(parents=True, exist_ok=True)
    return sorted(_write(folder / f"{name}.csv", rows) for name, rows in tables(world).items())


def tables(world: World) -> dict[str, pl.DataFrame]:
    """All rows by file name without its ending, every column as text."""
    people = camera_team.officers(world)
    worked = camera_team.shifts(world, people)
    filmed = camera_team.recordings(world, people, worked)
    complained = complaints.cases(world)
    return {
        "officers": as_text(people.drop("area", "last_day")),
        **_by_year("shifts", "starts_at", as_text(worked.drop("officer", "day", "begins", "ends"))),
        **_by_year("recordings", "triggered_from", spoil_recordings(world, filmed)),
        "complaints": respell_areas(as_text(complained)),
        "allegations": as_text(complaints.allegations(world, complained)),
        "force_reports": as_text(complaints.force_reports(world)),
        "cases": as_text(courts.criminal_cases(world)),
        "workforce": as_text(complaints.workforce(world)),
        "camera_starts": as_text(complaints.camera_starts(world)),
    }


def _by_year(name: str, column: str, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    dated = rows.with_columns(year=pl.col(column).str.slice(0, 4))
    parts = dated.partition_by("year", maintain_order=True, include_key=False, as_dict=True)
    return {f"{name}_{year}": part for (year,), part in parts.items()}


def _write(path: Path, rows: pl.DataFrame) -> Path:
    """Write one file; the workforce comes from a spreadsheet, with a byte-order mark and CRLF."""
    from_spreadsheet = path.stem == "workforce"
    rows.write_csv(
        path,
        include_bom=from_spreadsheet,
        line_terminator="\r\n" if from_spreadsheet else "\n",
    )
    return path
