"""Chicago's 22 districts by month, 2013 to 2018, as a table for a study of the staged roll-out."""

from datetime import date
from pathlib import Path

import polars as pl

FIRST, LAST = date(2013, 1, 1), date(2018, 12, 1)
LOGS = "chi_complaints_clear_2010_2020.csv.gz"
CATEGORIES = "chi_complaint_categories_clear_2010_2019.csv.gz"
OLD_FORM = "chi_use_of_force_trr_2010_2018.csv.gz"
NEW_FORM = "chi_use_of_force_trr_2017_2021.csv.gz"
#: From this day on reports of the old form repeat those of the new one.
NEW_FORM_FROM = date(2017, 10, 16)
AS_IN_THE_MART = {
    "month": "month_start",
    "bwc_date": "cameras_from",
    "officers_assigned": "officer_headcount",
    "civilian_complaints": "civilian_complaint_count",
    "force_complaints": "force_complaint_count",
    "force_reports": "reported_force_count",
}
FORCE = r"^(05[ABCDEFGHMNPQZ]|S(0\d\d|10[0-8]|11[7-9]|12[0-6]))$"


def panel(folder: Path) -> pl.DataFrame:
    """One row per district and month, zeros written out.

    Columns: civilian complaints, force complaints (each by month of the incident, where the log
    kept a beat), force reports of both forms, officers, the day cameras came, and whether each of
    the two rival reforms stood through the month.
    """
    dates = pl.read_csv(folder / "chi_bwc_rollout_by_district.csv", try_parse_dates=True)
    months = pl.DataFrame({"month": pl.date_range(FIRST, LAST, "1mo", eager=True)})
    grid = dates.join(months, how="cross")
    for name, events in _events(folder).items():
        grid = grid.join(_by_month(events, name), on=["district", "month"], how="left")
        grid = grid.with_columns(pl.col(name).fill_null(0))
    officers = pl.read_csv(folder / "chi_officers_by_district_month.csv", try_parse_dates=True)
    officers = officers.rename({"month_start": "month"})
    grid = grid.join(officers, on=["district", "month"], how="left")
    return (
        grid.with_columns(
            shotspotter=_stands("shotspotter_date"),
            support_centre=_stands("sdsc_date"),
        )
        .with_columns(
            other_reform=pl.max_horizontal("shotspotter", "support_centre"),
            area_id=pl.format("district_{}", "district"),
        )
        .rename(AS_IN_THE_MART)
    )


def _stands(column: str) -> pl.Expr:
    return (pl.col("month") >= pl.col(column)).fill_null(value=False).cast(pl.Int64)


def _events(folder: Path) -> dict[str, pl.DataFrame]:
    every_log = pl.read_csv(folder / LOGS, infer_schema=False)
    logs = every_log.filter(pl.col("complainant_type") == "CIVILIAN")
    alleged = pl.read_csv(folder / CATEGORIES, infer_schema=False).filter(
        pl.col("category_code").str.contains(FORCE)
    )
    # The day and place of a complaint are those of its log, as in every other figure.
    force = every_log.join(alleged, on="cr_id", how="semi")
    old, new = (pl.read_csv(folder / name, infer_schema=False) for name in (OLD_FORM, NEW_FORM))
    old = old.filter(pl.col("trr_date").str.to_date() < NEW_FORM_FROM)
    key = {"trr_id": "id", "trr_date": "day"}
    log_key = {"cr_id": "id", "incident_date": "day"}
    both = pl.concat([frame.rename(key).select("id", "day", "beat") for frame in (old, new)])
    return {
        "civilian_complaints": logs.rename(log_key).select("id", "day", "beat"),
        "force_complaints": force.rename(log_key).select("id", "day", "beat"),
        "force_reports": both,
    }


def _by_month(events: pl.DataFrame, name: str) -> pl.DataFrame:
    """Distinct ids by district (beat over 100) and month."""
    return (
        events.with_columns(
            district=(pl.col("beat").cast(pl.Float64) / 100).floor().cast(pl.Int64),
            month=pl.col("day").str.to_date().dt.truncate("1mo"),
        )
        .drop_nulls(["district", "month"])
        .group_by("district", "month")
        .agg(pl.col("id").n_unique().cast(pl.Int64).alias(name))
    )
