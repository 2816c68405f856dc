"""A part of the same job in plain pandas, for the reader's sense of scale.

It reads the recordings, shifts, encounters and who attended them, replaces officers by pseudonyms,
drops duplicates and faulty rows, links encounters to recordings by reference and by officer and
time, and gives use, upload and deletion by borough and month. The other feeds and metrics are left
out, so a whole job in pandas would take longer than this.
"""

import sys
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]

from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms

TOLERANCE = pd.Timedelta(seconds=120)
DATES = {
    "recordings": ["recorded_from", "recorded_to", "uploaded_at", "deleted_at"],
    "shifts": ["starts_at", "ends_at"],
    "encounters": ["started_at", "ended_at"],
    "encounter_officers": [],
}
KEYS = {
    "recordings": ["recording_id"],
    "shifts": ["shift_id"],
    "encounters": ["encounter_id"],
    "encounter_officers": ["encounter_id", "officer_number"],
}


def read(folder: Path, name: str) -> pd.DataFrame:
    """All files of a table as one frame, without repeats and rows that have no time."""
    files = sorted(folder.glob(f"{name}_[0-9]*.csv"))
    rows = pd.concat([pd.read_csv(f, dtype=str, encoding="utf-8-sig") for f in files])
    for column in DATES[name]:
        rows[column] = pd.to_datetime(rows[column], errors="coerce")
    rows = rows.drop_duplicates().drop_duplicates(KEYS[name], keep=False)
    return rows.dropna(subset=DATES[name][:1])


def with_pseudonyms(rows: pd.DataFrame, people: Pseudonyms) -> pd.DataFrame:
    """The officers' numbers replaced."""
    import polars as pl

    numbers = pl.Series(rows["officer_number"].tolist(), dtype=pl.String)
    return rows.assign(officer_number=people.of(numbers, "officer").to_list())


def linked(encounters: pd.DataFrame, recordings: pd.DataFrame) -> pd.DataFrame:
    """Encounters of each officer with the last recording that began before their end."""
    by_time = pd.merge_asof(
        encounters.dropna(subset=["officer_number"]).sort_values("ended_at"),
        recordings.dropna(subset=["officer_number"]).sort_values("recorded_from"),
        left_on="ended_at",
        right_on="recorded_from",
        by="officer_number",
        suffixes=("", "_filmed"),
    )
    within = by_time["recorded_to"] + TOLERANCE >= by_time["started_at"]
    referred = by_time["encounter_id"].isin(recordings["incident_reference"].dropna())
    return by_time.assign(is_filmed=within | referred)


def main() -> None:
    """Read, link and count; the tables are not written."""
    folder = Path(sys.argv[1])
    people = Pseudonyms(demonstration_key("london_synthetic", 1))
    recordings = with_pseudonyms(read(folder, "recordings"), people)
    shifts = with_pseudonyms(read(folder, "shifts"), people)
    attended = with_pseudonyms(read(folder, "encounter_officers"), people)
    encounters = read(folder, "encounters").merge(attended, on="encounter_id")
    filmed = linked(encounters, recordings)
    month = filmed["started_at"].dt.to_period("M")
    use = filmed.groupby(["borough", month, "encounter_kind"])["is_filmed"].agg(["sum", "count"])
    waited = (recordings["uploaded_at"] - recordings["recorded_from"]).dt.total_seconds()
    by_month = recordings["recorded_from"].dt.to_period("M")
    upload = waited.groupby(by_month).quantile([0.5, 0.95])
    deleted = recordings["deleted_at"].notna().groupby(by_month).mean()
    length = (shifts["ends_at"] - shifts["starts_at"]).dt.total_seconds()
    worked = length.groupby([shifts["borough"], shifts["starts_at"].dt.to_period("M")]).sum()
    sys.stdout.write(f"{len(use) + len(upload) + len(deleted) + len(worked)} figures\n")


if __name__ == "__main__":
    main()
